"""The commands that judge and score: classify and evaluate, on good lines and bad, and with the model that is named."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from classifier.bundle import MODEL_DIR
from classifier.judgement import Judgement
from monitor.cli import main, mentiondesk
from monitor.cli.classify import CHUNK, answer_lines

Command = Callable[..., tuple[int, str, str]]
KEYS = {"sentiment", "urgency", "need", "abuse", "lang", "scores", "reasons", "model"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to run commands in, as in a terminal that has just been opened."""
    for name in [name for name in os.environ if name.startswith("MENTIONDESK_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def command(home: Path, capfd: pytest.CaptureFixture[str]) -> Command:
    """Run a command to its end: status, output, complaints."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def write(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def rename_model(folder: Path, name: str) -> Path:
    """A copy of the model under another name."""
    shutil.copytree(MODEL_DIR, folder)
    card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps({**card, "name": name}), encoding="utf-8")
    return folder


LINES = (
    '{"id": 1, "text": "My parcel is two weeks late and nobody answers."}',
    "{not JSON",
    '{"id": {"deep": ["kept"]}, "text": "Thank you, lovely crew today!", "likes": 3}',
    "",
    '{"id": null, "text": 3}',
    '{"text": "a lone \\ud800 surrogate in my lost parcel", "id": "\\udfff"}',
    "[1]",
    '{"text": ""}',
    '{"id": "last", "text": "ok"}',
)


def test_every_line_is_answered_in_its_order(command: Command, home: Path) -> None:
    status, out, err = command("classify", "--file", write(home / "posts.jsonl", *LINES))
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [answer.get("id", "none") for answer in answers] == [
        1, "none", {"deep": ["kept"]}, None, "\udfff", "none", "none", "last",
    ]  # fmt: skip
    assert ["error" in answer for answer in answers] == [False, True, False, True, False, True, False, False]
    assert all(answer.keys() >= KEYS for answer in answers)
    assert all(answer[key] is None for answer in answers if "error" in answer for key in KEYS)
    assert "text" not in answers[0]
    assert "likes" not in answers[2]
    assert err.splitlines() == [
        "line 2: This line is not valid JSON.",
        "line 5: This line has no text.",
        "line 7: This line is not a JSON object.",
    ]


def test_the_words_of_a_text_are_weighed_and_those_of_a_file_if_asked(command: Command, home: Path) -> None:
    post = "My parcel is two weeks late and nobody answers."
    path = write(home / "posts.jsonl", json.dumps({"text": post}))
    asked = [("classify", post), ("classify", "--file", path, "--explain"), ("classify", "--file", path)]
    weighed, explained, estimated = (json.loads(command(*words)[1])["reasons"] for words in asked)
    assert weighed == explained
    assert (weighed["measured"], estimated["measured"]) == (True, False)
    assert weighed["words"]


@pytest.mark.usefixtures("home")
def test_lines_come_from_a_pipe_too() -> None:
    lines = "\ufeff" + '{"id": 1, "text": "Где мой parcel?"}\n{"id": 2, "text": "ok"}'
    done = CliRunner().invoke(mentiondesk, ["classify", "--file", "-"], input=lines.encode())
    assert (done.exit_code, done.stderr) == (0, "")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 2]


class Counter:
    """Judges nothing, and knows how many texts it was given at a time."""

    version = "counter 1"

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        self.sizes.append(len(texts))
        return [Judgement(None, None, None, None, {}, self.version, lang=text) for text in texts]


def test_a_file_without_end_is_answered_as_it_is_read() -> None:
    read: list[int] = []

    def lines() -> Iterator[str]:
        for number in count():
            read.append(number)
            yield json.dumps({"id": number, "text": f"t{number}"})

    counter = Counter()
    answers: list[dict[str, Any]] = []
    for chunk in islice(answer_lines(counter.judge, lines(), print), 3):
        answers += chunk
        assert len(read) == len(answers)
    assert counter.sizes == [CHUNK] * 3
    assert [(answer["id"], answer["lang"]) for answer in answers] == [(n, f"t{n}") for n in range(3 * CHUNK)]


def test_the_command_line_names_another_model_from_where_it_is_run(command: Command, home: Path) -> None:
    rename_model(home / "mine", "mine")
    _, out, _ = command("classify", "ok", "--model", "mine")
    assert json.loads(out)["model"].startswith("mine ")


def test_the_configuration_and_the_environment_name_the_model(
    command: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename_model(home / "config" / "models" / "house", "house")
    config = write(home / "config" / "desk.toml", '[classifier]\nmodel = "models/house"\nthreads = 1')
    assert json.loads(command("classify", "ok", "--config", config)[1])["model"].startswith("house ")
    monkeypatch.setenv("MENTIONDESK_CLASSIFIER_MODEL", "default")
    assert json.loads(command("classify", "ok", "--config", config)[1])["model"].startswith("mentiondesk-")


def test_a_model_that_is_missing_is_told_in_one_line(command: Command) -> None:
    status, out, err = command("classify", "ok", "--model", "accurate")
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert "There is no accurate model at " in err


def test_doctor_names_the_model_once_it_has_judged(command: Command) -> None:
    _, out, _ = command("doctor")
    (line,) = (line for line in out.splitlines() if " model:" in line)
    assert line.startswith("ok      model: mentiondesk-")


LABELLED = (
    '{"id": 7, "text": "My parcel is two weeks late and nobody answers.", "urgency": "low", "sentiment": "negative"}',
    '{"text": "Thank you, the crew was wonderful!", "urgency": "low", "abuse": 0}',
    '{"text": "Thank you, the crew was wonderful!", "urgency": "lwo"}',
    '{"text": "nobody labelled this"}',
    '{"urgency": "low"}',
)


def test_a_file_is_scored_and_what_cannot_be_is_counted(command: Command, home: Path) -> None:
    status, out, err = command("evaluate", write(home / "labelled.jsonl", *LABELLED), "--json")
    report = json.loads(out)
    assert status == 0
    assert (report["rows"], report["skipped"]) == (2, {"bad": 1, "no_text": 1, "no_label": 1})
    assert set(report["heads"]) == {"sentiment", "urgency", "abuse"}
    assert report["posts_per_second"] > 0
    assert report["threads"] >= 1
    assert "line 3: urgency is 'lwo', which is none of low, normal, high, urgent." in err


def test_mistakes_are_written_line_by_line(command: Command, home: Path) -> None:
    command("evaluate", write(home / "labelled.jsonl", *LABELLED), "--errors", "wrong.jsonl")
    (mistake,) = map(json.loads, (home / "wrong.jsonl").read_text(encoding="utf-8").splitlines())
    assert (mistake["line"], mistake["id"], set(mistake["mistakes"])) == (1, 7, {"urgency"})
    assert mistake["mistakes"]["urgency"]["truth"] == "low"


def test_the_plot_is_an_svg_with_a_diagram_for_each_head(command: Command, home: Path) -> None:
    _, out, _ = command("evaluate", write(home / "labelled.jsonl", *LABELLED), "--plot", "plot.svg")
    drawn = ElementTree.parse(home / "plot.svg").getroot()  # noqa: S314 -- what we drew ourselves
    assert len(drawn.findall("{http://www.w3.org/2000/svg}g")) == 3
    assert "Lines passed over: 1 are wrong, 1 have no text, 1 have no label." in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("labelled.jsonl", "--plot", "nowhere/plot.svg"), "There is no folder nowhere to write plot.svg into."),
        (("labelled.jsonl", "--errors", "nowhere/wrong.jsonl"), "There is no folder nowhere to write wrong.jsonl"),
        (("empty.jsonl",), "empty.jsonl has no line with a text and a label for it."),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    command: Command, home: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    write(home / "labelled.jsonl", *LABELLED)
    write(home / "empty.jsonl", '{"text": "no label"}')
    status, out, err = command("evaluate", *arguments)
    assert (status, out) == (2, "")
    assert sentence in err
