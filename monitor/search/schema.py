"""The index of words: FTS5 on SQLite, tsvector on PostgreSQL, kept by triggers in whatever transaction writes.

One row a mention: the post, its author's handle and name, and the desk's notes and replies. A post that its author
deleted has none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, inspect, text

TABLE = "mention_search"
DOCUMENTS = """
    SELECT mention.id, mention.text || ' | ' || coalesce(author.handle || ' | ' || author.name, '') || ' | '
        || coalesce((SELECT {join}(note.text, ' | ') FROM note WHERE note.mention_id = mention.id), '') || ' | '
        || coalesce((SELECT {join}(reply.text, ' | ') FROM reply WHERE reply.mention_id = mention.id), '') AS words
    FROM mention LEFT JOIN author ON author.id = mention.author_id
    WHERE mention.status <> 'gone'
"""
HANGING = ("note", "reply")  # tables whose rows belong to a mention

SQLITE_TABLE = f"""
CREATE VIRTUAL TABLE {TABLE} USING fts5(
    words, columnsize=0, tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
)
"""
SQLITE_ALL = f"INSERT INTO {TABLE}(rowid, words) {DOCUMENTS.format(join='group_concat')}"
SQLITE_KEEP = f"DELETE FROM {TABLE} WHERE rowid IN ({{ids}}); {SQLITE_ALL} AND mention.id IN ({{ids}});"  # noqa: S608

POSTGRESQL_TABLE = f"""
CREATE TABLE {TABLE} (mention_id integer PRIMARY KEY REFERENCES mention (id) ON DELETE CASCADE, words tsvector NOT NULL)
"""
POSTGRESQL_INDEX = f"CREATE INDEX ix_{TABLE}_words ON {TABLE} USING gin (words)"
# How common a word is decides the way to the newest mentions that hold it: by the index, or from the newest on until
# enough are found. The 1,000 words that PostgreSQL knows by itself are too few.
POSTGRESQL_STATISTICS = f"ALTER TABLE {TABLE} ALTER COLUMN words SET STATISTICS 1000"
# As the tokenizer above: without case or accents, and whatever is no word parts words.
POSTGRESQL_FOLD = r"""
CREATE OR REPLACE FUNCTION fold_words(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(regexp_replace(normalize(given, NFKD), '[\u0300-\u036f]', '', 'g'))
$$
"""
POSTGRESQL_VECTOR = r"""
CREATE OR REPLACE FUNCTION index_words(given text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT to_tsvector('simple', regexp_replace(fold_words(left(given, 200000)), '[!-/:-@\[-`{-~]', ' ', 'g'))
$$
"""
# Which stretch of ids a mention is in stands among its words, as a word that nobody can look for. PostgreSQL's index
# knows no order: it gathers all that hold two words before the newest are taken, unless it is told how far back to go.
STRETCH = 65_536  # ids
POSTGRESQL_STRETCH = f"array_to_tsvector(ARRAY['~' || mention_id / {STRETCH}])"
POSTGRESQL_ALL = f"""
INSERT INTO {TABLE} (mention_id, words)
SELECT mention_id, index_words(words) || {POSTGRESQL_STRETCH}
FROM ({DOCUMENTS.format(join="string_agg")}{{which}}) AS document (mention_id, words)
"""  # noqa: S608 - our own words, here and below
# Of two who write on one mention at once, the second must see what the first wrote: it waits, then reads.
POSTGRESQL_KEEP = f"""
CREATE OR REPLACE FUNCTION keep_words(ids integer[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM {TABLE} WHERE mention_id = ANY (ids) ORDER BY mention_id FOR UPDATE;
    DELETE FROM {TABLE} WHERE mention_id IN (SELECT id FROM mention WHERE id = ANY (ids) AND status = 'gone');
    {POSTGRESQL_ALL.format(which=" AND mention.id = ANY (ids)")} ORDER BY mention_id
    ON CONFLICT (mention_id) DO UPDATE SET words = excluded.words;
END $$
"""  # noqa: S608
POSTGRESQL_TELL = (
    f"CREATE TEMPORARY TABLE told ON COMMIT DROP AS SELECT mention_id, words || {POSTGRESQL_STRETCH} FROM {TABLE}",  # noqa: S608
    f"DROP INDEX ix_{TABLE}_words",
    f"TRUNCATE {TABLE}",
    f"INSERT INTO {TABLE} (mention_id, words) SELECT * FROM told ORDER BY mention_id",  # noqa: S608
)
CHANGED = {
    "mention": "new.text IS DISTINCT FROM old.text OR new.author_id IS DISTINCT FROM old.author_id"
    " OR (new.status = 'gone') <> (old.status = 'gone')",
    "author": "new.handle IS DISTINCT FROM old.handle OR new.name IS DISTINCT FROM old.name",
    **dict.fromkeys(HANGING, "new.text IS DISTINCT FROM old.text"),
}
OF_AUTHOR = "SELECT id FROM mention WHERE author_id = new.id"
KEPT = (  # table, event, which mentions
    ("mention", "insert", "new.id"),
    ("mention", "update", "new.id"),
    ("author", "update", OF_AUTHOR),
    *(
        (table, event, f"{row}.mention_id")
        for table in HANGING
        for event, row in zip(("insert", "update", "delete"), ("new", "new", "old"), strict=True)
    ),
)


def create_search(connection: Connection) -> None:
    """Make the index, and read everything that is stored into it."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(SQLITE_TABLE))
    else:
        for statement in (POSTGRESQL_TABLE, POSTGRESQL_INDEX, POSTGRESQL_FOLD, POSTGRESQL_VECTOR, POSTGRESQL_KEEP):
            connection.exec_driver_sql(statement)
    fill_search(connection)
    know_commonness(connection)


def know_commonness(connection: Connection) -> None:
    """Let PostgreSQL, which plans by it, know more words by how common they are; it keeps this up to date by itself."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(POSTGRESQL_STATISTICS)
        connection.exec_driver_sql(f"ANALYZE {TABLE}")


def tell_stretches(connection: Connection) -> None:
    """Put the stretch of each mention among its words, where PostgreSQL has an index from before.

    Its table is written anew, in order: to change each row takes several times as long and leaves it twice as large.
    """
    if connection.dialect.name == "postgresql":
        for statement in (*POSTGRESQL_TELL, POSTGRESQL_INDEX, POSTGRESQL_KEEP, f"ANALYZE {TABLE}"):
            connection.exec_driver_sql(statement)


def fill_search(connection: Connection) -> None:
    """Read everything that is stored into the empty index.

    In the order in which it is looked through, so that PostgreSQL finds the newest side by side.
    """
    every = SQLITE_ALL if connection.dialect.name == "sqlite" else POSTGRESQL_ALL.format(which=" ORDER BY mention.id")
    connection.exec_driver_sql(every)


def drop_search(connection: Connection) -> None:
    connection.exec_driver_sql(f"DROP TABLE {TABLE}")
    if connection.dialect.name == "postgresql":
        triggers = [f"{name_of(table, event)}()" for table, event, _ in KEPT]
        for function in (*triggers, "keep_words(integer[])", "index_words(text)", "fold_words(text)"):
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {function}")


@contextmanager
def triggers_off(connection: Connection) -> Iterator[None]:
    """Without the triggers while tables are made anew, which would lose those on them and trip over the others."""
    drop_triggers(connection)
    yield
    if inspect(connection).has_table(TABLE):
        create_triggers(connection)


def create_triggers(connection: Connection) -> None:
    write = sqlite_trigger if connection.dialect.name == "sqlite" else postgresql_trigger
    for kept in KEPT:
        for statement in write(*kept):
            connection.exec_driver_sql(statement)


def drop_triggers(connection: Connection) -> None:
    tables = set(inspect(connection).get_table_names())
    on_table = connection.dialect.name == "postgresql"
    for table, event, _ in KEPT:
        if table in tables:
            connection.exec_driver_sql(
                f"DROP TRIGGER IF EXISTS {name_of(table, event)}{f' ON {table}' if on_table else ''}"
            )


def sqlite_trigger(table: str, event: str, ids: str) -> list[str]:
    when = f"WHEN {CHANGED[table]} " if event == "update" else ""
    when = when.replace("IS DISTINCT FROM", "IS NOT")
    body = SQLITE_KEEP.format(ids=ids)
    return [f"CREATE TRIGGER {name_of(table, event)} AFTER {event} ON {table} {when}BEGIN {body} END"]


def postgresql_trigger(table: str, event: str, ids: str) -> list[str]:
    name = name_of(table, event)
    found = f"ARRAY({ids})" if ids.startswith("SELECT") else f"ARRAY[{ids}]"
    when = f"WHEN ({CHANGED[table]}) " if event == "update" else ""
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN PERFORM keep_words({found}); RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when}EXECUTE FUNCTION {name}()",
    ]


def name_of(table: str, event: str) -> str:
    return f"keep_words_of_{table}_{event}"


def leave_out(_object: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """Whether Alembic is to compare it with the models, which do not know the index."""
    return not (kind == "table" and (name or "").startswith(TABLE))
