"""The words of each language: what brings somebody in or cries for help, and the sayings that only sound like it."""

import json

import pytest

from monitor.guidance.kinds import Kind, applying
from monitor.signals.rules import SignalSettings
from monitor.signals.vocabulary import LANGUAGES, TITLES, VOCABULARY, find_words, read_words
from tests.benchmarks.signals import TWEETS, count_signals

SAID = {
    "de": [
        ("self_harm", "Ihr ruiniert mich, ich bringe mich um"),
        ("self_harm", "Ich MÖCHTE nicht mehr leben, seit dem Inkasso"),
        ("safety", "In der Küche ist Gasgeruch und niemand kommt"),
        ("safety", "Der Akku ist explodiert, das Sofa fing Feuer"),
        ("legal", "Mein Rechtsanwalt meldet sich"),
        ("regulator", "Ich melde das der Bundesnetzagentur"),
        ("press", "dann gehe ich eben an die Presse"),
    ],
    "fr": [
        ("self_harm", "j'ai envie de me tuer à cause de cette dette"),
        ("self_harm", "Je ne veux plus vivre comme ça"),
        ("safety", "Il y a une odeur de gaz dans la cave"),
        ("safety", "mon chargeur a pris feu cette nuit"),
        ("police", "Je vais porter plainte"),
        ("regulator", "Je saisis la DGCCRF demain"),
    ],
    "es": [
        ("self_harm", "ya no quiero vivir, me han quitado todo"),
        ("self_harm", "Estoy pensando en quitarme la vida"),
        ("safety", "huele a gas en toda la casa"),
        ("safety", "la batería explotó y mi hijo está en el suelo"),
        ("legal", "Mi abogado os escribirá"),
        ("regulator", "voy a Profeco"),
    ],
    "it": [
        ("self_harm", "non voglio più vivere, basta"),
        ("self_harm", "voglio togliermi la vita"),
        ("safety", "c'è puzza di gas da ieri"),
        ("safety", "il telefono ha preso fuoco"),
        ("legal", "Vi risponderà l'avvocato"),
        ("regulator", "segnalo tutto a AGCOM"),
    ],
    "pt": [
        ("self_harm", "não quero mais viver assim"),
        ("self_harm", "Estou pensando em me matar"),
        ("safety", "tem cheiro de gás no prédio"),
        ("safety", "o carregador pegou fogo na cama"),
        ("legal", "vou processar vocês"),
        ("regulator", "Já reclamei no PROCON"),
    ],
    "nl": [
        ("self_harm", "ik wil niet meer leven door jullie brieven"),
        ("self_harm", "Ik denk aan zelfmoord plegen"),
        ("safety", "het ruikt naar gas in de gang"),
        ("legal", "u hoort van mijn advocaat"),
        ("chargeback", "Ik laat het bedrag storneren"),
    ],
    "pl": [
        ("self_harm", "Chcę się zabić przez te długi"),
        ("self_harm", "mam mysli samobojcze"),
        ("safety", "czuć gaz na klatce"),
        ("safety", "trafiłam do szpitala po waszym obiedzie"),
        ("legal", "Skontaktuję się z prawnikiem"),
        ("regulator", "zgłaszam do UOKiK"),
    ],
    "tr": [
        ("self_harm", "Artık yaşamak istemiyorum"),
        ("self_harm", "kendimi oldurecegim"),
        ("safety", "Evde GAZ KOKUSU var"),
        ("safety", "şarj aleti patladı"),
        ("legal", "avukatımla görüşeceğim"),
        ("regulator", "Tüketici hakem heyetine gidiyorum"),
    ],
    "ar": [
        ("self_harm", "والله هقتل نفسي بسبب الديون"),
        ("self_harm", "أُرِيدُ أَنْ أَنْتَحِرَ"),
        ("safety", "في ريحه غاز بالشقة"),
        ("safety", "الشاحن انفجر وابني بجانبه"),
        ("legal", "سأرفع قضية عليكم"),
        ("regulator", "بكلم حماية المستهلك"),
    ],
    "hi": [
        ("self_harm", "मैं आत्महत्या कर लूँगा"),
        ("self_harm", "ab jeena nahi chahta main"),
        ("safety", "घर में गैस की बदबू आ रही है"),
        ("safety", "charger me aag lag gayi"),
        ("legal", "मेरा वकील बात करेगा"),
        ("regulator", "consumer court jaunga"),
    ],
    "en": [("self_harm", "I will k\u200bill my\u200bself"), ("safety", "ａ gas leak")],
}
SAYINGS = {
    "de": [
        "Die Torte war zum Sterben gut",
        "Ich lach mich tot",
        "für den Burger könnte ich morden",
        "Bild an die Wand",
    ],
    "fr": ["mort de rire", "je me tue à vous le répéter", "toast à l'avocat", "je meurs de faim", "ça tue ce jeu"],
    "es": ["me muero de risa", "Me mato a trabajar", "este calor me mata", "mataría por un café", "muero de amor"],
    "it": ["muoio dal ridere", "mi ammazzo di lavoro", "voglio farla finita con questo operatore", "da morire!"],
    "pt": ["morri de rir", "essa festa pegou fogo", "esse frio me mata", "matar a saudade", "cadê meu estorno"],
    "nl": ["ik lach me dood", "een moord voor koffie", "de kassa was dicht", "doodmoe van jullie app"],
    "pl": ["umieram ze śmiechu", "ale czad!", "zapaliła się kontrolka", "zabiłbym za kawę", "nie zabij się ze śmiechu"],
    "tr": ["gülmekten öldüm", "hakem heyeti penaltıyı vermedi", "açlıktan ölüyorum", "bu fiyata bayıldım"],
    "ar": ["أموت من الضحك", "انتحر البطل في آخر الفيلم", "الجو يقتل اليوم"],
    "hi": ["हंस हंस के मर गया", "देश के लिए जान दे दूंगा", "has has ke mar gaya", "jaan de dunga tere liye", "मरीज ठीक है"],
    "en": ["I could kill for a coffee", "to die for", "dying of laughter", "this queue kills me", "that kills it"],
}


@pytest.mark.parametrize(
    ("language", "name", "text"), [(language, *one) for language, said in SAID.items() for one in said]
)
def test_what_is_meant_is_found(language: str, name: str, text: str) -> None:
    assert find_words(text, read_words(language)[name])


@pytest.mark.parametrize(("language", "text"), [(language, text) for language in SAYINGS for text in SAYINGS[language]])
def test_a_saying_is_none(language: str, text: str) -> None:
    found = {name: find_words(text, words) for name, words in VOCABULARY.items()}
    assert not any(found.values()), found


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_whoever_may_harm_themselves_is_seen_in_their_language(language: str) -> None:
    """Whatever language the desk takes it for: the page that says what to do first stands there."""
    for name, text in SAID[language]:
        if name == "self_harm":
            assert applying(text, None, None, SignalSettings())[0].kind is Kind.SELF_HARM
        if name == "safety":
            assert applying(text, None, None, SignalSettings())[0].kind is Kind.SAFETY


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_words_for_every_signal_each_once(language: str) -> None:
    for name, words in read_words(language).items():
        folded = [word.casefold() for word in words]
        assert name in TITLES
        assert len(folded) == len(set(folded)) > 0
        assert all(sum(map(str.isalnum, word)) >= 3 for word in words), "shorter ones are too often something else"


def test_a_word_of_hindi_ends_where_its_vowel_signs_end() -> None:
    assert find_words("मरीज", ["मर"]) == []
    assert find_words("वह मर गया", ["मर"]) == ["मर"]


def test_a_star_takes_in_what_follows() -> None:
    assert find_words("z prawnikiem, bez prawników", ["prawnik*"]) == ["prawnikiem", "prawnikow"]
    assert find_words("prawo", ["prawnik*"]) == []


@pytest.mark.skipif(not TWEETS.exists(), reason=f"needs the tweets of {TWEETS}")
def test_false_alarms_stay_rare() -> None:
    """Everyday tweets in seven languages, hardly one of which cries for help: at most one in a thousand may seem to."""
    for file in sorted(TWEETS.glob("xlmt_*.jsonl")):
        texts = [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()[:1000]]
        counts = count_signals(texts)
        assert counts["self_harm"] + counts["safety"] <= 1, (file.name, counts)
