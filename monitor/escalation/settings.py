"""`[[group]]`: who is called when somebody escalates, where they are told, and who comes after them."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from pydantic import Field

from monitor.section import Duration, Section

LEAD = "lead"  # the group that every desk has: its leads and admins
NOBODY = "nobody"


class GroupSettings(Section):
    """One group. That named `lead` is there without being named; without members it is every lead and admin."""

    name: str = Field(min_length=1, max_length=100)
    members: tuple[str, ...] = ()  # names of users
    channel: str = ""  # a `[[channel]]`; none: wherever alerts go
    within: Duration = timedelta(minutes=15)  # round the clock; who has not taken it by then is passed over
    then: str = LEAD  # the group after this one; "nobody"

    @property
    def next(self) -> str | None:
        """The group that comes after this one, if one does."""
        return None if self.then in (NOBODY, self.name) else self.then


def all_groups(groups: Sequence[GroupSettings]) -> tuple[GroupSettings, ...]:
    """Those of the configuration, with the leads before them where it does not name them."""
    if any(group.name == LEAD for group in groups):
        return tuple(groups)
    return (GroupSettings(name=LEAD), *groups)


def group_named(groups: Sequence[GroupSettings], name: str) -> GroupSettings | None:
    return next((group for group in all_groups(groups) if group.name == name), None)


def find_trouble(groups: Sequence[GroupSettings], channels: Collection[str]) -> str:
    """The first thing that is wrong, in a sentence's end; empty where nothing is."""
    named = {group.name: group for group in all_groups(groups)}
    for group in groups:
        if group.name == NOBODY:
            return "a group cannot be named 'nobody'; it says that no group comes after one"
        if group.name != LEAD and not group.members:
            return f"the group '{group.name}' needs `members`, a list of names of users"
        if group.channel and group.channel not in channels:
            return f"the group '{group.name}' names a channel '{group.channel}' that is not there"
        if group.next and group.next not in named:
            return f"after the group '{group.name}' comes '{group.then}', which is no group"
        if comes_back(group, named):
            return f"the group '{group.name}' comes after itself; let `then` of one of them be \"nobody\""
    return ""


def comes_back(group: GroupSettings, named: dict[str, GroupSettings]) -> bool:
    """Whether going further from a group, again and again, leads back to it."""
    passed = {group.name}
    step = group.next
    while step and step not in passed:
        passed.add(step)
        step = named[step].next if step in named else None
    return step == group.name
