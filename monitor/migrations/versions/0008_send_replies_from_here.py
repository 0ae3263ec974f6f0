"""Send replies from here, approve and verify them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("after_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("error", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("asked_why", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("decided_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_reply_next", ["state", "next_at"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_reply_key"), ["key"])
        batch_op.create_foreign_key(batch_op.f("fk_reply_after_id_reply"), "reply", ["after_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_reply_decided_by_id_user"), "user", ["decided_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_reply_decided_by_id_user"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_reply_after_id_reply"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_reply_key"), type_="unique")
        batch_op.drop_index("ix_reply_next")
        batch_op.drop_column("decided_at")
        batch_op.drop_column("decided_by_id")
        batch_op.drop_column("asked_why")
        batch_op.drop_column("error")
        batch_op.drop_column("next_at")
        batch_op.drop_column("lease_until")
        batch_op.drop_column("attempted_at")
        batch_op.drop_column("attempts")
        batch_op.drop_column("after_id")
        batch_op.drop_column("key")
