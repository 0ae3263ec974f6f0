"""Keep escalations, guidance and the abusive lane."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cap_lift",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_cap_lift_by_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_cap_lift_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_cap_lift")),
    )
    op.create_table(
        "guidance_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_guidance_edition_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidance_edition")),
    )
    with op.batch_alter_table("guidance_edition", schema=None) as batch_op:
        batch_op.create_index("ix_guidance_edition_kind", ["kind", "id"], unique=False)

    op.create_table(
        "abuse_turn",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name=op.f("fk_abuse_turn_mention_id_mention")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_abuse_turn_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "mention_id", name=op.f("pk_abuse_turn")),
    )
    with op.batch_alter_table("abuse_turn", schema=None) as batch_op:
        batch_op.create_index("ix_abuse_turn_at", ["user_id", "at"], unique=False)

    op.create_table(
        "escalation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("group", sa.String(length=100), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("further_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user.id"], name=op.f("fk_escalation_closed_by_id_user")),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name=op.f("fk_escalation_mention_id_mention")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["user.id"], name=op.f("fk_escalation_taken_by_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_escalation_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
    )
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_escalation_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_escalation_further", ["further_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_escalation_mention_id"), ["mention_id"], unique=False)
        batch_op.create_index(
            "ix_escalation_open",
            ["mention_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "second_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["user.id"], name=op.f("fk_second_person_accepted_by_id_user")),
        sa.ForeignKeyConstraint(["asked_id"], ["user.id"], name=op.f("fk_second_person_asked_id_user")),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name=op.f("fk_second_person_mention_id_mention")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_second_person_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_person")),
    )
    with op.batch_alter_table("second_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_second_person_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_second_person_mention_id"), ["mention_id"], unique=False)
        batch_op.create_index(
            "ix_second_person_open",
            ["mention_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("second_person", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_second_person_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_second_person_mention_id"))
        batch_op.drop_index(batch_op.f("ix_second_person_closed_at"))

    op.drop_table("second_person")
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_escalation_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_escalation_mention_id"))
        batch_op.drop_index("ix_escalation_further")
        batch_op.drop_index(batch_op.f("ix_escalation_created_at"))

    op.drop_table("escalation")
    with op.batch_alter_table("abuse_turn", schema=None) as batch_op:
        batch_op.drop_index("ix_abuse_turn_at")

    op.drop_table("abuse_turn")
    with op.batch_alter_table("guidance_edition", schema=None) as batch_op:
        batch_op.drop_index("ix_guidance_edition_kind")

    op.drop_table("guidance_edition")
    op.drop_table("cap_lift")
