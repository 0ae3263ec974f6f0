"""Runs the migrations on the connection that `monitor.store` hands over."""

from typing import Any, Literal

from alembic import context

from monitor.models import Base, UtcDateTime
from monitor.search.schema import leave_out


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write our own types as plain ones, so that an old migration never depends on today's models."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    render_item=render_item,
    include_object=leave_out,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
