"""Find conversations and authors' pasts in their order."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mention_author_id"))
        batch_op.create_index("ix_mention_author_id", ["author_id", "posted_at", "brand_id"], unique=False)
        batch_op.drop_index(batch_op.f("ix_mention_parent"))
        batch_op.create_index("ix_mention_parent", ["source", "in_reply_to", "posted_at"], unique=False)
        batch_op.drop_index(batch_op.f("ix_mention_thread"))
        batch_op.create_index("ix_mention_thread", ["source", "thread_id", "posted_at"], unique=False)

    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reply_post_id"), ["post_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reply_post_id"))

    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.drop_index("ix_mention_thread")
        batch_op.create_index(batch_op.f("ix_mention_thread"), ["source", "thread_id"], unique=False)
        batch_op.drop_index("ix_mention_parent")
        batch_op.create_index(batch_op.f("ix_mention_parent"), ["source", "in_reply_to"], unique=False)
        batch_op.drop_index("ix_mention_author_id")
        batch_op.create_index(batch_op.f("ix_mention_author_id"), ["author_id", "posted_at"], unique=False)
