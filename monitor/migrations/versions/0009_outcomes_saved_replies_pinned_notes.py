"""Keep outcomes, saved replies and pinned notes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("knowledge", sa.Boolean(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=True),
        sa.Column("lang", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_saved_reply_brand_id_brand")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_reply")),
        sa.UniqueConstraint("title", name=op.f("uq_saved_reply_title")),
    )
    op.create_table(
        "saved_reply_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("saved_reply_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("was", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_reply_id"], ["saved_reply.id"], name=op.f("fk_saved_reply_edition_saved_reply_id_saved_reply")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_reply_edition_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_reply_edition")),
    )
    with op.batch_alter_table("saved_reply_edition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_reply_edition_saved_reply_id"), ["saved_reply_id"], unique=False)

    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=True),
        sa.Column("sentiment", sa.String(length=10), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by_id", sa.Integer(), nullable=True),
        sa.Column("followed_by_id", sa.Integer(), nullable=True),
        sa.Column("next_sentiment", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["duplicate_of_id"], ["mention.id"], name=op.f("fk_outcome_duplicate_of_id_mention")),
        sa.ForeignKeyConstraint(["followed_by_id"], ["mention.id"], name=op.f("fk_outcome_followed_by_id_mention")),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name=op.f("fk_outcome_mention_id_mention")),
        sa.ForeignKeyConstraint(["reopened_by_id"], ["user.id"], name=op.f("fk_outcome_reopened_by_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_outcome_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcome_mention_id"), ["mention_id"], unique=False)

    op.create_table(
        "saved_reply_use",
        sa.Column("saved_reply_id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name=op.f("fk_saved_reply_use_mention_id_mention")),
        sa.ForeignKeyConstraint(
            ["saved_reply_id"], ["saved_reply.id"], name=op.f("fk_saved_reply_use_saved_reply_id_saved_reply")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_reply_use_user_id_user")),
        sa.PrimaryKeyConstraint("saved_reply_id", "mention_id", name=op.f("pk_saved_reply_use")),
    )
    with op.batch_alter_table("saved_reply_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_reply_use_mention_id"), ["mention_id"], unique=False)

    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.add_column(sa.Column("author_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_note_author_id"), ["author_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_note_author_id_author"), "author", ["author_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_note_author_id_author"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_note_author_id"))
        batch_op.drop_column("author_id")

    with op.batch_alter_table("saved_reply_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_reply_use_mention_id"))

    op.drop_table("saved_reply_use")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcome_mention_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_created_at"))

    op.drop_table("outcome")
    with op.batch_alter_table("saved_reply_edition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_reply_edition_saved_reply_id"))

    op.drop_table("saved_reply_edition")
    op.drop_table("saved_reply")
