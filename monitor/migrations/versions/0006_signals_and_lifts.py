"""Signals and lifts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lifted_to", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("signals", sa.JSON(none_as_null=True), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("weigh_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_mention_weigh_at", ["weigh_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.drop_index("ix_mention_weigh_at")
        batch_op.drop_column("weigh_at")
        batch_op.drop_column("signals")
        batch_op.drop_column("lifted_to")
