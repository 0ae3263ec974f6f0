"""An index of words, saved views, and every view of the queue read in its order."""

import sqlalchemy as sa
from alembic import op

from monitor.search.schema import create_search, drop_search

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PRESS = ("status", "hidden", "press_rank", "press_at", "id")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("filters", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_view_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index(op.f("ix_saved_view_user_id"), "saved_view", ["user_id"])

    op.drop_index("ix_mention_queue", "mention")
    op.create_index("ix_mention_queue", "mention", [*PRESS, "due_at", "brand_id"])
    op.create_index("ix_mention_need", "mention", ["need", *PRESS])
    op.create_index("ix_mention_abuse", "mention", ["abuse", *PRESS])
    op.create_index("ix_mention_unjudged", "mention", ["urgency", *PRESS, "judged_at", "triage_error"])
    create_search(op.get_bind())


def downgrade() -> None:
    drop_search(op.get_bind())
    for name in ("unjudged", "abuse", "need", "queue"):
        op.drop_index(f"ix_mention_{name}", "mention")
    op.create_index("ix_mention_queue", "mention", [*PRESS])

    op.drop_index(op.f("ix_saved_view_user_id"), "saved_view")
    op.drop_table("saved_view")
