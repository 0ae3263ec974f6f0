"""Promises and calendars."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_link",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_calendar_link_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_link_token_hash")),
    )
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("promised", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=True),
        sa.Column("ends", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("kept_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["kept_by_id"], ["reply.id"], name=op.f("fk_promise_kept_by_id_reply")),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name=op.f("fk_promise_mention_id_mention")),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name=op.f("fk_promise_reply_id_reply")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["user.id"], name=op.f("fk_promise_settled_by_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_promise_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index("ix_promise_due", ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_promise_mention_id"), ["mention_id"], unique=False)
        batch_op.create_index("ix_promise_user_id", ["user_id", "state", "due_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_index("ix_promise_user_id")
        batch_op.drop_index(batch_op.f("ix_promise_mention_id"))
        batch_op.drop_index("ix_promise_due")

    op.drop_table("promise")
    op.drop_table("calendar_link")
