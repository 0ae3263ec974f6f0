"""The keys of the board, once: the sheet behind `?` shows them, and the scripts do what they say here."""

from collections.abc import Sequence
from dataclasses import dataclass

from web.translations import N_


@dataclass(frozen=True)
class Key:
    """`key` as the browser names it; `does` names what a script does, and empty presses what carries the key.

    `command` puts it into the list of commands, too.
    """

    key: str
    words: str
    does: str = ""
    command: bool = True

    @property
    def shown(self) -> str:
        """`J` is written as it is pressed: `Shift J`."""
        return f"Shift {self.key}" if len(self.key) == 1 and self.key.isupper() else self.key.replace("+", " ")


KEYS: Sequence[tuple[str, Sequence[Key]]] = (
    (
        N_("Move"),
        (
            Key("j", N_("next mention"), "next", command=False),
            Key("k", N_("previous mention"), "previous", command=False),
            Key("Enter", N_("open it"), "open", command=False),
            Key("v", N_("go to a view"), "views"),
            Key("/", N_("search")),
            Key("Ctrl+k", N_("every command, view and page"), "commands", command=False),
            Key("?", N_("this sheet"), "sheet"),
        ),
    ),
    (
        N_("Select"),
        (
            Key("x", N_("select it, or not"), "select"),
            Key("J", N_("select on downwards"), "select next", command=False),
            Key("K", N_("select on upwards"), "select previous", command=False),
            Key("X", N_("select all that is shown"), "select all"),
            Key("Escape", N_("select nothing"), "clear", command=False),
        ),
    ),
    (
        N_("Do, with what is selected or open"),
        (
            Key("c", N_("claim")),
            Key("e", N_("resolve")),
            Key("E", N_("resolve with an outcome"), "menu"),
            Key("g", N_("give to a colleague"), "menu"),
            Key("b", N_("snooze"), "menu"),
            Key("m", N_("mute the author or the conversation"), "menu"),
            Key("z", N_("take back what you did last"), "undo"),
            Key("n", N_("claim the next one that nobody holds")),
        ),
    ),
    (
        N_("Correct, with what is selected or open"),
        (
            Key("1", N_("urgent"), "label urgency=urgent"),
            Key("2", N_("high"), "label urgency=high"),
            Key("3", N_("normal"), "label urgency=normal"),
            Key("4", N_("low"), "label urgency=low"),
            Key("d", N_("the need"), "choose need"),
            Key("s", N_("the sentiment"), "choose sentiment"),
            Key("a", N_("abusive, or not"), "choose abuse"),
            Key("l", N_("all labels"), "menu"),
        ),
    ),
    (
        N_("Write"),
        (
            Key("r", N_("write the reply")),
            Key("w", N_("write a note")),
            Key("p", N_("confirm or keep a promise")),
        ),
    ),
)
