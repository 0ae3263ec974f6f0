"""Rechecks conversations and echoes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "echo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.String(length=200), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name=op.f("fk_echo_mention_id_mention")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_echo")),
        sa.UniqueConstraint("mention_id", "post_id", name=op.f("uq_echo_mention_id_post_id")),
    )
    op.create_table(
        "thread_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.String(length=200), nullable=False),
        sa.Column("in_reply_to", sa.String(length=200), nullable=True),
        sa.Column("handle", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name=op.f("fk_thread_post_mention_id_mention")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_post")),
        sa.UniqueConstraint("mention_id", "post_id", name=op.f("uq_thread_post_mention_id_post_id")),
    )
    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.add_column(sa.Column("silence_told_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("gap", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_gap_closed_by_id_user"), "user", ["closed_by_id"], ["id"])

    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recheck_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("thread_wanted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("thread_read_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("thread_error", sa.Text(), server_default="", nullable=False))
        batch_op.create_index("ix_mention_recheck", ["feed_id", "recheck_at"], unique=False)
        batch_op.create_index("ix_mention_thread_wanted", ["thread_wanted_at"], unique=False)

    with op.batch_alter_table("poll", schema=None) as batch_op:
        batch_op.add_column(sa.Column("echoes", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("rechecked", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.add_column(sa.Column("post_id", sa.String(length=200), nullable=True))
        batch_op.alter_column("user_id", existing_type=sa.INTEGER(), nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.alter_column("user_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("post_id")

    with op.batch_alter_table("poll", schema=None) as batch_op:
        batch_op.drop_column("rechecked")
        batch_op.drop_column("echoes")

    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.drop_index("ix_mention_thread_wanted")
        batch_op.drop_index("ix_mention_recheck")
        batch_op.drop_column("thread_error")
        batch_op.drop_column("thread_read_at")
        batch_op.drop_column("thread_wanted_at")
        batch_op.drop_column("recheck_at")

    with op.batch_alter_table("gap", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_gap_closed_by_id_user"), type_="foreignkey")
        batch_op.drop_column("closed_by_id")

    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.drop_column("silence_told_at")

    op.drop_table("thread_post")
    op.drop_table("echo")
