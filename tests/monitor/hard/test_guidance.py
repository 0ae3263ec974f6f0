"""Guidance: where it applies, and that what a lead wrote is never lost."""

from datetime import datetime

import pytest

from monitor import desk
from monitor.guidance.kinds import Kind, applying
from monitor.guidance.pages import history, our_own, read_page, read_pages, write_page
from monitor.models import Activity
from monitor.signals.rules import SignalSettings
from monitor.store import Store
from monitor.translating import Language, speaking
from tests.factories import make_user

RULES = SignalSettings()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("I want to kill myself", [Kind.SELF_HARM]),
        ("press the button, my order is late", []),
        ("my solicitor says press charges", [Kind.LAWYER]),
        ("I will call the police", [Kind.LAWYER]),
        (
            "going to the press and the ombudsman, chargeback is under way",
            [Kind.REGULATOR, Kind.CHARGEBACK, Kind.PRESS],
        ),
        ("smells of gas and I feel SUICIDAL", [Kind.SELF_HARM, Kind.SAFETY]),
        ("", []),
    ],
)
def test_the_words_of_the_post_say_which_pages_apply_the_gravest_first(text: str, kinds: list[Kind]) -> None:
    assert [one.kind for one in applying(text, None, None, RULES)] == kinds


def test_a_label_is_enough_and_shows_no_words() -> None:
    found = applying("you useless lot", "safety", True, RULES)
    assert [(one.kind, one.words) for one in found] == [(Kind.SAFETY, ()), (Kind.ABUSIVE, ())]


def test_a_brand_may_do_without_a_signal_but_not_without_what_to_do_first() -> None:
    rules = SignalSettings.model_validate({"legal": False, "police": False, "self_harm": False})
    assert [one.kind for one in applying("my lawyer, I am suicidal", None, None, rules)] == [Kind.SELF_HARM]
    other = SignalSettings.model_validate({"self_harm": {"also": ["quiero morir"]}})
    assert applying("¡Quiero morir!", None, None, other)[0].words == ("Quiero morir",)


def test_words_are_shown_as_they_were_written_each_once() -> None:
    (found,) = applying("Solicitor! my solicitor, a lawyer", None, None, RULES)
    assert found.words == ("Solicitor", "lawyer")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_comes_with_a_page_of_our_own_in_the_readers_language(kind: Kind) -> None:
    english = our_own(kind)
    with speaking(Language("de")):
        german = our_own(kind)
    assert min(len(english.split()), len(german.split())) > 60
    assert english != german
    assert german.count("\n1. ") == english.count("\n1. ")


def test_what_a_lead_wrote_holds_in_every_language(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        lea = make_user(session, "Lea", "lead")
        with speaking(Language("de")):
            shown = read_page(session, "press")
            assert write_page(session, "press", lea, shown.text, 0, now).version == 0
        write_page(session, "press", lea, "Call Ada.", 0, now)
        with speaking(Language("de")):
            assert read_page(session, "press").text == "Call Ada."
            assert read_page(session, "safety").text.startswith("Jemand")


def test_what_a_lead_writes_holds_and_every_version_is_kept(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        lea, ana = make_user(session, "Lea", "lead"), make_user(session)
        with pytest.raises(desk.Refused, match="Leads keep"):
            write_page(session, "press", ana, "x", 0, now)
        with pytest.raises(desk.Invalid, match="the text of the guidance"):
            write_page(session, "press", lea, " \r\n", 0, now)
        first = write_page(session, "press", lea, "Call Ada.\r\n", 0, now)
        assert write_page(session, "press", lea, "Call Ada.", first.version, now).version == first.version
        with pytest.raises(desk.Refused, match="Lea changed this page meanwhile"):
            write_page(session, "press", lea, "Call Bo.", 0, now)
        second = write_page(session, "press", lea, "Call Cy.", first.version, now)
    with any_store.read() as session:
        assert [one.text for one in history(session, Kind.PRESS)] == ["Call Cy.", "Call Ada."]
        assert read_page(session, "press").version == second.version
        pages = {page.kind: page for page in read_pages(session)}
        assert (pages[Kind.PRESS].text, pages[Kind.SAFETY].version) == ("Call Cy.", 0)
        assert session.query(Activity).filter_by(happened="guidance_changed").count() == 2
        with pytest.raises(desk.NotFound, match="no guidance called dragons"):
            read_page(session, "dragons")
