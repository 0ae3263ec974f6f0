"""Look through the newest words first."""

from alembic import op

from monitor.search.schema import STRETCH, tell_stretches

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tell_stretches(op.get_bind())


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"UPDATE mention_search SET words = ts_delete(words, '~' || mention_id / {STRETCH})")  # noqa: S608
