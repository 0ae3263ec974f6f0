"""The reliability diagrams: whole XML, a bar where the numbers say, nothing else where there is nothing."""

from xml.etree import ElementTree

import pytest

from classifier.reliability import SIZE, draw_reliability
from classifier.report import HeadReport, Report

SVG = "{http://www.w3.org/2000/svg}"


def report_of(*heads: str, model: str = "mine 1") -> Report:
    """Four posts of abuse or not: three judged at .95, of which two rightly, and one at .55, rightly."""
    probabilities = [[0.95, 0.05], [0.95, 0.05], [0.95, 0.05], [0.45, 0.55]]
    report = HeadReport("abuse", [0, 0, 1, 1], [0, 0, 0, 1], probabilities)
    return Report(model, 4, 0.1, dict.fromkeys(heads, report))


def parse(report: Report) -> ElementTree.Element:
    return ElementTree.fromstring(draw_reliability(report))  # noqa: S314 -- what we drew ourselves


def test_a_bar_is_as_high_as_the_share_that_was_right_and_its_mark_as_the_probability() -> None:
    drawn = parse(report_of("abuse"))
    unsure, sure = (group for group in drawn.iter(f"{SVG}g") if group.find(f"{SVG}title") is not None)
    assert sure.findtext(f"{SVG}title") == "3 posts: 95.0% sure, 66.7% right"
    assert unsure.findtext(f"{SVG}title") == "1 posts: 55.0% sure, 100.0% right"
    bar, mark = sure.find(f"{SVG}rect"), sure.find(f"{SVG}line")
    assert bar is not None
    assert mark is not None
    assert float(bar.attrib["height"]) == pytest.approx(SIZE * 2 / 3, abs=0.1)
    assert float(mark.attrib["y1"]) == pytest.approx(SIZE * 0.05, abs=0.1)


def test_titles_axes_and_counts_are_written() -> None:
    texts = ["".join(text.itertext()) for text in parse(report_of("abuse")).iter(f"{SVG}text")]
    # |2/3 - .95| for three of four posts, |1 - .55| for the fourth
    assert f"abuse · ECE {(3 * (0.95 - 2 / 3) + 0.45) / 4:.3f} · 4 posts" in texts
    assert {"share judged rightly", "80 %", "3"} <= set(texts)
    assert any(text.startswith("probability of the likeliest label") for text in texts)


@pytest.mark.parametrize("heads", [(), ("a",), ("a", "b", "c")])
def test_any_number_of_heads_has_room(heads: tuple[str, ...]) -> None:
    drawn = parse(report_of(*heads))
    places = [group.attrib["transform"] for group in drawn.findall(f"{SVG}g")]
    assert len(places) == len(set(places)) == len(heads)


def test_a_model_s_name_is_text_and_nothing_else() -> None:
    drawn = parse(report_of("abuse", model='<script>"&'))
    assert not list(drawn.iter(f"{SVG}script"))
    assert '<script>"&' in drawn.attrib["aria-label"]
