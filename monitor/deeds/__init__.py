"""What people do to mentions, one by one or many at once, and taking it back."""

from monitor.deeds.keeping import Command, keep
from monitor.deeds.many import MOST, Asked, Result, carry_out, check
from monitor.deeds.undoing import UNDO_FOR, Last, Left, Undone, last_deed, undo

__all__ = [
    "MOST",
    "UNDO_FOR",
    "Asked",
    "Command",
    "Last",
    "Left",
    "Result",
    "Undone",
    "carry_out",
    "check",
    "keep",
    "last_deed",
    "undo",
]
