"""What the rows that the desk holds about somebody are called on their page."""

from collections.abc import Iterator, Mapping

from web.translations import N_, _

TABLES = {
    "mention": N_("Mentions"),
    "edition": N_("Earlier texts of edited posts"),
    "reply": N_("Our answers"),
    "note": N_("Notes"),
    "promise": N_("Promises to them"),
    "thread_post": N_("Posts read around their mentions, and theirs around others'"),
    "activity": N_("Lines of the audit trail"),
    "notification": N_("Alerts"),
}


def say_held(held: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """What there is, with how many; what has no name of its own is summed up in the end."""
    yield from ((_(name), held[table]) for table, name in TABLES.items() if held.get(table))
    others = sum(number for table, number in held.items() if table not in TABLES)
    if others:
        yield _("Other rows: the account, drafts, outcomes, corrections, vectors …"), others
