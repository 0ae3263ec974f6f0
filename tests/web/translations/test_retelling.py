"""What the domain says in English, said again in another language."""

import re
from datetime import timedelta

import pytest

from classifier.judgement import leave_unread
from classifier.languages import Language
from monitor.collecting.hiding import spam_reason
from monitor.courtesy.check import Occasion, check_reply
from monitor.desk import Invalid, required
from monitor.promises.timing import due_of, find_when
from monitor.replies.rules import ApprovalSettings, why_ask
from monitor.settings import BrandSettings
from monitor.signals.weighing import Facts, weigh
from monitor.translating import speaking
from monitor.translations import language, read_catalogue
from monitor.translations.retelling import PLACE, SENSE, retell
from monitor.words import Did
from tests.factories import NOON
from web.words.deeds import DONE, say_done

BRAND = BrandSettings(name="A", timezone="Europe/London", hours={"mon-fri": ("08:00-20:00",)})
GERMAN = language("de")


def in_german(sentence: object) -> str:
    with speaking(GERMAN):
        return retell(sentence)


@pytest.mark.parametrize("did", Did)
def test_what_was_done_to_several_is_said(did: Did) -> None:
    with speaking(GERMAN):
        assert {say_done(did, number) for number in (1, 2)} & set(DONE[did]) == set()


def test_english_stays_as_it_is() -> None:
    assert retell("There is no mention 4.") == "There is no mention 4."


def test_values_keep_their_places_and_are_said_in_the_language_too() -> None:
    assert in_german("There is no mention 4.") == "Es gibt keine Erwähnung 4."
    assert in_german("the mention is urgent") == "die Dringlichkeit ist dringend"
    assert in_german("3 posts in 36 h, none answered") == "3 Beiträge in 36 Std., keiner beantwortet"


def test_a_refusal_names_what_is_asked_for() -> None:
    with pytest.raises(Invalid) as refused:
        required("  ", "a reason for muting")
    assert in_german(refused.value) == "Bitte geben Sie an: einen Grund für das Stummschalten."


def test_somebodys_own_words_stay_theirs() -> None:
    assert in_german("urgent: my bag is gone") == "urgent: my bag is gone"
    assert in_german("it says “use my code <b>”") == "es enthält „use my code <b>“"
    assert in_german("") == ""


@pytest.mark.parametrize("words", ["soon", "by Thursday", "within 24 hours", "in 3 business days", "right away"])
def test_how_a_promise_became_due_is_said(words: str) -> None:
    rule = due_of(find_when(words), NOON, BRAND.working_hours).rule
    told = in_german(rule)
    assert told != rule
    assert words in told


def test_signals_and_their_rules_are_said() -> None:
    text = "I will call the police and my lawyer, and the ombudsman"
    times = [NOON - timedelta(hours=30), NOON - timedelta(hours=2), NOON - timedelta(minutes=20)]
    signals = weigh(Facts(text, "normal", False, times[-1], times[-1], times, 500_000), BRAND, NOON).signals
    assert len(signals) >= 3
    for signal in signals:
        assert in_german(signal.evidence) != signal.evidence
        assert not signal.rule or in_german(signal.rule) != signal.rule


def test_the_courtesy_check_is_said() -> None:
    occasion = Occasion("Call me on 4111 1111 1111 1111", "my suitcase is broken", "Dana R.", "fault", "negative")
    remarks = check_reply(occasion)
    assert len(remarks) > 4
    for remark in remarks:
        assert in_german(remark.says) != remark.says
        assert in_german(remark.why) != remark.why


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "Just over the line to high; it would be normal without “still”.",
            "Knapp über der Grenze zu „hoch“; ohne “still” wäre es normal.",
        ),
        (
            "Over the line to high, and close to urgent; no few words decide that it is not normal.",
            "Über der Grenze zu „hoch“, nahe an „dringend“; dass es nicht normal ist, liegt nicht an wenigen Wörtern.",
        ),
    ],
)
def test_how_near_the_next_urgency_is_is_said(said: str, told: str) -> None:
    assert in_german(said) == told


def test_why_a_post_was_not_judged_is_said() -> None:
    (doubt,) = leave_unread(Language("ar"), "a model").doubts
    assert in_german(doubt) == "Nicht eingeschätzt: Das Modell liest diese Sprache nicht."


def test_why_something_is_hidden_or_asked_for_is_said() -> None:
    assert in_german(spam_reason("#a #b #c #d #e #f #g #h #i")) == "es hat 9 Hashtags"
    asked = why_ask(ApprovalSettings(), "agent", "high", False)
    assert in_german(asked) == "Antworten der Rolle „Teammitglied“ werden erst freigegeben"


@pytest.mark.parametrize("code", ["de"])
def test_every_sentence_of_the_domain_is_recognised(code: str) -> None:
    """With something in each place it is found again, and by its own entry."""
    with speaking(language(code)):
        for one in read_catalogue(code):
            if one.context == SENSE:
                filled = PLACE.sub(lambda place: f"‹{place[1]}›", str(one.id))
                expected = PLACE.sub(lambda place: f"‹{place[1]}›", str(one.string))
                assert retell(filled) == expected or len(re.findall(PLACE, str(one.id))) > 1, one.id
