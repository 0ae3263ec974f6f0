"""Keep what was done lately so that it can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("did", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_deed_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
    )
    with op.batch_alter_table("deed", schema=None) as batch_op:
        batch_op.create_index("ix_deed_newest", ["user_id", "id"], unique=False)

    op.create_table(
        "muted_thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("thread_id", sa.String(length=200), nullable=False),
        sa.Column("muted_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_muted_thread_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_muted_thread")),
        sa.UniqueConstraint("source", "thread_id", name=op.f("uq_muted_thread_source_thread_id")),
    )
    with op.batch_alter_table("muted_thread", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_muted_thread_muted_until"), ["muted_until"], unique=False)

    op.create_table(
        "deed_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deed_id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("was", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deed_id"], ["deed.id"], name=op.f("fk_deed_part_deed_id_deed"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mention.id"], name=op.f("fk_deed_part_mention_id_mention"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed_part")),
    )
    with op.batch_alter_table("deed_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deed_part_deed_id"), ["deed_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deed_part_mention_id"), ["mention_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("deed_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deed_part_mention_id"))
        batch_op.drop_index(batch_op.f("ix_deed_part_deed_id"))

    op.drop_table("deed_part")
    with op.batch_alter_table("muted_thread", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_muted_thread_muted_until"))

    op.drop_table("muted_thread")
    with op.batch_alter_table("deed", schema=None) as batch_op:
        batch_op.drop_index("ix_deed_newest")

    op.drop_table("deed")
