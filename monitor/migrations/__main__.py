"""Writes the next migration from what the models say now: `python -m monitor.migrations "What it does"`."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from monitor.store import Store, migrations


def main() -> None:
    """Compare the models with a database that has every migration so far."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/now.db")
        store.upgrade()
        with store.engine.begin() as connection:
            config = migrations(connection)
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            command.revision(config, sys.argv[1], autogenerate=True, rev_id=f"{number:04}")
        store.close()
    print(f"Read it before you commit it: {Path(__file__).parent / 'versions'}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Say what it does: python -m monitor.migrations "Add promises"')
    main()
