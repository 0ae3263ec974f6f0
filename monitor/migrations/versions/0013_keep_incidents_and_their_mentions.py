"""Keep incidents and their mentions."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("status_text", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_incident_brand_id_brand")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user.id"], name=op.f("fk_incident_ended_by_id_user")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user.id"], name=op.f("fk_incident_opened_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index("ix_incident_brand_id", ["brand_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_created_at"), ["created_at"], unique=False)

    op.create_table(
        "incident_mention",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_mention_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name=op.f("fk_incident_mention_mention_id_mention")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_incident_mention_user_id_user")),
        sa.PrimaryKeyConstraint("incident_id", "mention_id", name=op.f("pk_incident_mention")),
    )
    with op.batch_alter_table("incident_mention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_mention_mention_id"), ["mention_id"], unique=False)
        batch_op.create_index(
            "uq_incident_mention_joined",
            ["mention_id"],
            unique=True,
            sqlite_where=sa.text("state = 'joined'"),
            postgresql_where=sa.text("state = 'joined'"),
        )

    op.create_table(
        "incident_line",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_incident_line_activity_id_activity")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_line_incident_id_incident")),
        sa.PrimaryKeyConstraint("incident_id", "activity_id", name=op.f("pk_incident_line")),
    )
    with op.batch_alter_table("incident_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_line_activity_id"), ["activity_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("incident_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_line_activity_id"))

    op.drop_table("incident_line")
    with op.batch_alter_table("incident_mention", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_incident_mention_joined",
            sqlite_where=sa.text("state = 'joined'"),
            postgresql_where=sa.text("state = 'joined'"),
        )
        batch_op.drop_index(batch_op.f("ix_incident_mention_mention_id"))

    op.drop_table("incident_mention")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_created_at"))
        batch_op.drop_index("ix_incident_brand_id")

    op.drop_table("incident")
