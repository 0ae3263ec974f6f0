"""Hidden mentions and muted authors."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PRESS = ("press_rank", "press_at", "id")


def upgrade() -> None:
    with op.batch_alter_table("author", schema=None) as batch_op:
        batch_op.add_column(sa.Column("muted_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("mute_reason", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("muted_by_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_author_muted_until"), ["muted_until"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_author_muted_by_id_user"), "user", ["muted_by_id"], ["id"])

    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hidden", sa.String(length=10), nullable=True))
        batch_op.drop_index("ix_mention_queue")
        batch_op.drop_index("ix_mention_assignee")

    # After the column is there: the queue's indexes leave out what is hidden.
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index("ix_mention_queue", ["status", "hidden", *PRESS])
        batch_op.create_index("ix_mention_assignee", ["assignee_id", "status", "hidden", *PRESS])


def downgrade() -> None:
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.drop_index("ix_mention_queue")
        batch_op.drop_index("ix_mention_assignee")
        batch_op.drop_column("hidden")

    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index("ix_mention_queue", ["status", *PRESS])
        batch_op.create_index("ix_mention_assignee", ["assignee_id", "status", *PRESS])

    with op.batch_alter_table("author", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_author_muted_by_id_user"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_author_muted_until"))
        batch_op.drop_column("muted_by_id")
        batch_op.drop_column("mute_reason")
        batch_op.drop_column("muted_until")
