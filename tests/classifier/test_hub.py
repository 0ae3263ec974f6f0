"""The sentiment of a model from elsewhere: a small real one, built here, through the transformers pipeline."""

import json
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier import hub
from classifier.bundle import MODEL_DIR
from classifier.engine import OnnxClassifier
from classifier.judgement import ModelError
from classifier.labels import SENTIMENTS
from classifier.learned import Learned, Shift, Teachable
from monitor.judging.loading import load_classifier
from monitor.settings import ClassifierSettings, Settings

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
LABELS = {"LABEL_0": "negative", "LABEL_1": "neutral", "LABEL_2": "positive"}
POSTS = [
    "My parcel is two weeks late and nobody answers. Where is it @parcelco?",
    "ok",
    "Thank you @auroraair, the crew on my flight this morning was wonderful! ❤️",
    "Somebody took over my account @bank and moves money out RIGHT NOW",
    "https://example.com/a",
]


def build_model(folder: Path, labels: Sequence[str] = tuple(LABELS), scale: float = 1.0) -> Path:
    """A BERT of one narrow layer with random weights, saved as any model of the hub is."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(1)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(**sizes, max_position_embeddings=64, id2label=dict(enumerate(labels)))
    model = BertForSequenceClassification(config).eval()
    with torch.no_grad():
        model.classifier.weight.normal_().mul_(scale)
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(MODEL_DIR / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_model(tmp_path_factory.mktemp("hub") / "tiny")


@pytest.fixture
def mixed(folder: Path, classifier: OnnxClassifier) -> hub.HubClassifier:
    return hub.load_hub(str(folder), LABELS, classifier)


def score_directly(folder: Path, text: str) -> list[float]:
    """What the model says of a text without any pipeline."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    encoded = AutoTokenizer.from_pretrained(folder)(text, truncation=True, max_length=62, return_tensors="pt")
    with torch.no_grad():
        logits = AutoModelForSequenceClassification.from_pretrained(folder).eval()(**encoded).logits
    return [float(p) for p in logits.softmax(-1)[0]]


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")
def test_without_torch_it_says_what_to_install(classifier: OnnxClassifier) -> None:
    with pytest.raises(ModelError, match=r"needs torch, which is not installed; docs/classifier\.md says how"):
        hub.load_hub("somebody/sentiment", LABELS, classifier)


@needs_torch
def test_the_sentiment_is_the_other_model_s_and_the_rest_is_ours(
    mixed: hub.HubClassifier, folder: Path, classifier: OnnxClassifier
) -> None:
    for text, judgement, ours in zip(POSTS, mixed.judge(POSTS), classifier.judge(POSTS), strict=True):
        theirs = score_directly(folder, text)
        assert list(judgement.scores["sentiment"].values()) == pytest.approx(theirs, abs=1e-5)
        assert judgement.sentiment == SENTIMENTS[int(np.argmax(theirs))]
        for head in ("urgency", "need", "abuse"):
            assert judgement.scores[head] == ours.scores[head]
            assert getattr(judgement, head) == getattr(ours, head)
        assert (judgement.lang, judgement.words, judgement.doubts) == (ours.lang, ours.words, ours.doubts)
        assert set(judgement.scores) == set(ours.scores)
        assert judgement.model == mixed.version


@needs_torch
def test_both_models_are_named_and_the_name_fits_its_column(
    mixed: hub.HubClassifier, folder: Path, classifier: OnnxClassifier, tmp_path: Path
) -> None:
    assert mixed.version.startswith(f"{classifier.encoder}+tiny@")
    retrained = hub.load_hub(str(build_model(tmp_path / "tiny", scale=2.0)), LABELS, classifier)
    assert retrained.version != mixed.version
    long = hub.load_hub(str(shutil.copytree(folder, tmp_path / ("long" * 20))), LABELS, classifier)
    assert len(f"{long.version}+learned 1234") <= 80


@needs_torch
def test_neighbours_and_order_change_nothing(mixed: hub.HubClassifier) -> None:
    together = mixed.judge(POSTS[::-1])[::-1]
    for text, judgement in zip(POSTS, together, strict=True):
        (alone,) = mixed.judge([text])
        assert alone.scores["sentiment"] == pytest.approx(judgement.scores["sentiment"], abs=1e-5)


@needs_torch
@pytest.mark.parametrize(
    "text", ["a\ud800b\x00c great", "word " * 20_000, "😡😡😡", "תודה, the crew was lovely and kind", "\u202egreat"]
)
def test_hostile_texts_are_judged(mixed: hub.HubClassifier, text: str) -> None:
    (judgement,) = mixed.judge([text])
    assert sum(judgement.scores["sentiment"].values()) == pytest.approx(1)


@needs_torch
def test_where_there_is_nothing_to_read_ours_stays(mixed: hub.HubClassifier, classifier: OnnxClassifier) -> None:
    for text in ("", " \n", "\x00\ud800"):
        assert mixed.judge([text])[0].scores == classifier.judge([text])[0].scores
    assert mixed.judge([]) == []


@needs_torch
def test_labels_that_are_ours_by_another_case_need_no_mapping(classifier: OnnxClassifier, tmp_path: Path) -> None:
    folder = build_model(tmp_path / "named", ("Positive", "NEGATIVE", "neutral"))
    (judgement,) = hub.load_hub(str(folder), {}, classifier).judge(POSTS[:1])
    positive, negative, neutral = score_directly(folder, POSTS[0])
    assert list(judgement.scores["sentiment"].values()) == pytest.approx([negative, neutral, positive], abs=1e-5)


@needs_torch
def test_several_labels_may_be_one_of_ours_and_one_of_ours_none(classifier: OnnxClassifier, tmp_path: Path) -> None:
    folder = build_model(tmp_path / "stars", ("1 star", "2 stars", "5 stars"))
    mapping = {"1 star": "negative", "2 stars": "negative", "5 stars": "positive"}
    (judgement,) = hub.load_hub(str(folder), mapping, classifier).judge(POSTS[:1])
    one, two, five = score_directly(folder, POSTS[0])
    assert list(judgement.scores["sentiment"].values()) == pytest.approx([one + two, 0, five], abs=1e-5)


@needs_torch
@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ({}, r"What the model .*tiny means by LABEL_0, LABEL_1, LABEL_2 is not said; add labels = \{ LABEL_0 = "),
        ({**LABELS, "LABLE_2": "positive"}, "has no label 'LABLE_2'; did you mean 'LABEL_2'?"),
        ({**LABELS, "bad": "negative"}, "has no label 'bad'; it has LABEL_0, LABEL_1, LABEL_2."),
        (dict.fromkeys(LABELS, "neutral"), "tells no two sentiments apart"),
    ],
)
def test_labels_that_do_not_fit_are_named(
    classifier: OnnxClassifier, folder: Path, labels: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ModelError, match=sentence):
        hub.load_hub(str(folder), labels, classifier)


@needs_torch
def test_weights_that_are_no_numbers_judge_nothing(classifier: OnnxClassifier, tmp_path: Path) -> None:
    broken = hub.load_hub(str(build_model(tmp_path / "broken", scale=float("nan"))), LABELS, classifier)
    with pytest.raises(ModelError, match="answers with numbers that are no probabilities"):
        broken.judge(POSTS)


@needs_torch
def test_a_folder_without_a_model_is_told_in_one_line(classifier: OnnxClassifier, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"cannot be loaded \(.+\)\.$") as caught:
        hub.load_hub(str(tmp_path), LABELS, classifier)
    assert "\n" not in str(caught.value)


@needs_torch
def test_weights_that_are_missing_are_told(folder: Path, classifier: OnnxClassifier, tmp_path: Path) -> None:
    bare = Path(shutil.copytree(folder, tmp_path / "bare"))
    (bare / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="cannot be loaded"):
        hub.load_hub(str(bare), LABELS, classifier)


@needs_torch
def test_a_language_that_ours_does_not_read_is_left_to_a_model_that_does(
    folder: Path, classifier: OnnxClassifier
) -> None:
    german = "Mein Paket ist seit zwei Wochen nicht angekommen und niemand antwortet mir"
    reads = hub.load_hub(str(folder), LABELS, classifier, languages=("de",))
    assert reads.judge([german])[0].sentiment in SENTIMENTS


@needs_torch
def test_what_the_team_taught_shifts_the_other_model_s_sentiment_too(folder: Path) -> None:
    mixed = hub.load_hub(str(folder), LABELS, load_classifier_of_ours())
    assert isinstance(mixed, Teachable)
    plain = mixed.judge(POSTS)
    width = len(np.asarray(plain[0].embedding))
    bias = np.array([5.0, 0.0, 0.0])
    shifts = {"sentiment": Shift(np.zeros((3, width)), bias), "abuse": Shift(np.zeros((2, width)), bias[:2])}
    mixed.learned = Learned(7, mixed.encoder, shifts)
    for before, after in zip(plain, mixed.judge(POSTS), strict=True):
        for head in shifts:
            first = next(iter(before.scores[head]))
            assert after.scores[head][first] > before.scores[head][first]
        assert after.scores["urgency"] == before.scores["urgency"]
        assert after.unlearned == before.scores
        assert after.model == mixed.version == f"{mixed.encoder}+learned 7"
    mixed.learned = None
    assert mixed.judge(POSTS) == plain


def load_classifier_of_ours() -> OnnxClassifier:
    """One that this test may teach without the others knowing."""
    from classifier.engine import load

    return load()


def settings_of(home: Path, **classifier: Any) -> Settings:
    return Settings(home=home, classifier=ClassifierSettings(**classifier))


@needs_torch
def test_the_configuration_names_the_folder_from_where_it_lies(folder: Path) -> None:
    settings = settings_of(folder.parent, model="hub:tiny", labels=LABELS, threads=1)
    assert "+tiny@" in load_classifier(settings).version


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("accurate", r"no accurate model at .*var/models/accurate; .*docs/training\.md"),
        ("accurat", r"no model at .*accurat; did you mean 'accurate'\?"),
        ("models/mine", r"no model at .*models/mine; a model of ours is a folder with model\.json in it\."),
        ("hub:./mine", r"no model at .*mine; write hub:ORGANISATION/NAME or hub:FOLDER\."),
        ("hub:", "write hub:ORGANISATION/NAME"),
    ],
)
def test_a_model_that_is_not_there_is_named_with_what_to_do(tmp_path: Path, model: str, sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence):
        load_classifier(settings_of(tmp_path, model=model))


@pytest.mark.parametrize("model", ["accurate", "models/mine"])
def test_a_folder_of_ours_judges_under_its_own_name(tmp_path: Path, model: str) -> None:
    place = tmp_path / ("var/models/accurate" if model == "accurate" else model)
    shutil.copytree(MODEL_DIR, place)
    card = json.loads((place / "model.json").read_text(encoding="utf-8"))
    (place / "model.json").write_text(json.dumps({**card, "name": "another"}), encoding="utf-8")
    assert load_classifier(settings_of(tmp_path, model=model)).version.startswith("another ")
