"""Know how common words are."""

from alembic import op

from monitor.search.schema import know_commonness

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    know_commonness(op.get_bind())


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE mention_search ALTER COLUMN words SET STATISTICS -1")
