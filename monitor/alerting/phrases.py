"""What the messages of several kinds say alike, in the language that is spoken."""

from monitor.translating import ngettext


def say_rest(number: int) -> tuple[str, ...]:
    """How many more there are than a message names; nothing where it names all."""
    return (ngettext("And %(num)s more on the board.", "And %(num)s more on the board.", number),) if number > 0 else ()
