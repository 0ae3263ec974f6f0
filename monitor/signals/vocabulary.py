"""The words that name a regulator, a lawyer, a danger: whole words, however they are written."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# Kept short on purpose: a word that is often meant otherwise ("court", "press", "dot") stands here only in company.
VOCABULARY: dict[str, tuple[str, ...]] = {
    "regulator": (
        "ombudsman", "ombudsmen", "ombudsperson", "regulator", "trading standards", "consumer protection",
        "better business bureau", "attorney general", "information commissioner",
        "fca", "financial conduct authority", "ofcom", "ofgem", "ofwat", "civil aviation authority",
        "cfpb", "ftc", "federal trade commission", "department of transportation", "public utilities commission",
        "finra", "ofsted", "care quality commission", "health and safety executive",
    ),
    "legal": (
        "solicitor", "lawyer", "attorney", "barrister", "legal action", "legal advice", "legal proceedings",
        "small claims", "take you to court", "taking you to court", "see you in court", "going to court", "court case",
        "county court", "lawsuit", "class action", "letter before action", "sue you", "suing you", "suing them",
        "i will sue", "i'll sue", "i'm suing", "we will sue", "going to sue", "threaten to sue",
    ),
    "police": (
        "action fraud", "crime number", "crime reference", "police report", "call the police", "calling the police",
        "called the police", "calling the cops", "called the cops", "contacted the police", "contact the police",
        "go to the police", "going to the police", "gone to the police", "report to the police",
        "reported to the police", "reported it to the police", "reporting this to the police",
    ),
    "chargeback": (
        "chargeback", "charge back", "disputing the charge", "disputed the charge", "dispute the charge",
        "dispute the payment", "section 75", "reversed the payment", "reverse the charge",
    ),
    "press": (
        "bbc watchdog", "bbcwatchdog", "rip off britain", "ripoffbritain", "journalist",
        "go to the press", "going to the press", "gone to the press", "tell the press", "telling the press",
        "contact the press", "contacting the press", "contacted the press", "talk to the press", "speak to the press",
        "go to the media", "going to the media", "contact the media", "contacting the media", "contacted the media",
        "go to the papers", "going to the papers", "going to the newspapers", "local news station",
    ),
    "safety": (
        "carbon monoxide", "gas leak", "smell gas", "smell of gas", "smells of gas", "smelling gas",
        "burning smell", "smell of burning", "smells of burning", "smell burning", "smelled of burning",
        "caught fire", "catch fire", "catching fire", "burst into flames", "electric shock", "electrocuted",
        "allergic reaction", "anaphylaxis", "anaphylactic", "asthma attack", "food poisoning", "salmonella",
        "called an ambulance", "call an ambulance", "in an ambulance", "taken to hospital", "rushed to hospital",
        "choking hazard", "death threat", "threatened to kill", "domestic abuse", "domestic violence",
        "restraining order", "stalking me", "my stalker",
    ),
    "self_harm": (
        "kill myself", "end my life", "ending my life", "take my own life", "taking my own life", "suicidal",
        "self harm", "self-harm", "harm myself", "hurt myself", "no reason to live", "don't want to live",
        "dont want to live", "don't want to be alive", "dont want to be alive", "better off dead",
    ),
}  # fmt: skip

TITLES = {
    "regulator": "names a regulator",
    "legal": "names a lawyer or a court",
    "police": "names the police",
    "chargeback": "names a chargeback",
    "press": "names the press",
    "safety": "words of danger",
    "self_harm": "words of self-harm",
}

_LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "–": "-", "—": "-"})


def find_words(text: str, words: Sequence[str]) -> list[str]:
    """Those of the words that a text holds, as its author wrote them, each once. Addresses of links do not count."""
    pattern = _compile(tuple(words))
    if pattern is None:
        return []
    found: dict[str, str] = {}
    # Compatibility forms are folded before anything is searched, so what is shown is what was matched.
    for match in pattern.finditer(fold(_LINK.sub(" ", text))):
        found.setdefault(match[0].casefold(), " ".join(match[0].split()))
    return list(found.values())


def fold(text: str) -> str:
    """Without accents, ligatures and typographers' marks; case stays, for showing."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_STRAIGHT))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=256)
def _compile(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for all; the longest first, so that "small claims court" is not cut short. None: no words."""
    ordered = sorted({fold(word).strip() for word in words} - {""}, key=lambda word: (-len(word), word))
    if not ordered:
        return None
    alternatives = "|".join(r"\s+".join(map(re.escape, word.split())) for word in ordered)
    return re.compile(rf"(?<![\w'-])(?:{alternatives})(?:'?s)?(?![\w-])", re.IGNORECASE)
