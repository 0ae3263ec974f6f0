"""Finds personal data in a text that is to be public: addresses, numbers of phones, cards, accounts and bookings."""

import re
from collections.abc import Iterator

LINK = re.compile(r"https?://\S+")
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}\b", re.IGNORECASE)
DIGITS = re.compile(r"(?<![\w/.,-])\+?\(?\d(?:[ ()./-]{0,2}\d){7,18}(?![\w/-]|[.,]\d)")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
# A word that says what number follows, and a code with a digit in it; airlines' locators are six letters or digits.
KEPT = (
    "order|booking|reservation|confirmation|case|claim|reference|ref|tracking|ticket|account|customer|member(?:ship)?"
    "|policy|pnr|locator|baggage|file|invoice|loyalty|frequent flyer|record locator"
)
NUMBERED = re.compile(
    rf"(?<!@)\b({KEPT})(?:\s+(?:number|no\.?|num|id|code|ref(?:erence)?|locator))?\s*(?:is|:|#|-)*\s*#?\s*"
    r"((?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{4,24})\b",
    re.IGNORECASE,
)
# Nobody's own: free calls and service lines of North America and of Britain.
SERVICE_LINE = re.compile(
    r"\(?\+?1?[ .(-]*8(?:00|33|44|55|66|77|88)\b|\(?0(?:800|808|3\d\d|84\d|87\d)|\+44[ .(0)-]*[83]"
)
# Our own line or mailbox, which we want everybody to have.
OURS = re.compile(
    r"\b(?:call|calling|phone|ring|dial|contact|reach|e-?mail|mail|write|text|whatsapp|message|touch|speak|team|desk|us"
    r"|our|department|relations|support|services?|line|number|office|reservations|website)\b.{0,60}$",
    re.IGNORECASE | re.DOTALL,
)
THEIRS = re.compile(
    r"\b(?:your|(?:call|ring|reach|text) you|you (?:gave|sent|used|provided))\b[^.!?]{0,25}$", re.IGNORECASE
)


def find_personal(text: str) -> list[tuple[str, str]]:
    """What kind of data, and the words themselves, in their order: `("a card number", "4111 1111 1111 1111")`."""
    text = LINK.sub(lambda found: " " * len(found[0]), text)
    found: list[tuple[int, int, str]] = []
    for start, end, kind in candidates(text):
        if not any(start < other_end and other_start < end for other_start, other_end, _ in found):
            found.append((start, end, kind))
    return [(kind, text[start:end].strip()) for start, end, kind in sorted(found)]


def candidates(text: str) -> Iterator[tuple[int, int, str]]:
    """What is surest first: where two overlap, the first is taken."""
    for found in IBAN.finditer(text):
        if is_iban(found[0]):
            yield *found.span(), "a bank account"
    for found in DIGITS.finditer(text):
        if is_card(found[0]):
            yield *found.span(), "a card number"
    for found in NUMBERED.finditer(text):
        kept = found[1].lower()
        yield *found.span(2), f"{'an' if kept[0] in 'aio' else 'a'} {kept} number"
    for found in EMAIL.finditer(text):
        if not is_ours(text[: found.start()]):
            yield *found.span(), "an email address"
    for found in DIGITS.finditer(text):
        if is_phone(found[0]) and not SERVICE_LINE.match(found[0]) and not is_ours(text[: found.start()]):
            yield *found.span(), "a phone number"


def is_ours(before: str) -> bool:
    """Whether what follows is the brand's own, by the words before it: `call us on`; never `your number`."""
    return bool(OURS.search(before)) and not THEIRS.search(before)


def is_phone(written: str) -> bool:
    digits = re.sub(r"\D", "", written)
    return 9 <= len(digits) <= 15 and not re.match(r"(?:19|20)\d\d[./-]", written)


def is_card(written: str) -> bool:
    """Luhn's check over the 13 to 19 digits of a payment card (ISO/IEC 7812)."""
    digits = [int(digit) for digit in re.sub(r"\D", "", written)]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def is_iban(written: str) -> bool:
    """The check digits of ISO 13616: the number, its first four characters behind the rest, is 1 modulo 97."""
    compact = written.replace(" ", "")
    return 15 <= len(compact) <= 34 and int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1
