"""Reliability diagrams as one SVG: of the texts of which the model was so sure, how many it judged rightly."""

from collections.abc import Iterator
from html import escape

from classifier.metrics import Reliability
from classifier.report import HeadReport, Report

SIZE = 330  # of a diagram's square, pixels
LEFT, TOP, RIGHT, BELOW = 62, 48, 20, 74
WIDTH, HEIGHT = LEFT + SIZE + RIGHT, TOP + SIZE + BELOW
TITLE = 60
ACROSS = 2  # diagrams side by side
TICKS = range(0, 101, 20)  # per cent

STYLE = """
svg { color-scheme: light dark; --ink: #1c2430; --quiet: #5a6675; --line: #d5dbe3; --paper: #ffffff;
  --bar: #2f6fb2; --mark: #b3261e; font: 13px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #e8ecf1; --quiet: #a3afbd; --line: #3a4452; --paper: #141a22; --bar: #5b9bdc; --mark: #ff8f85; }
}
text { fill: var(--ink); }
.quiet { fill: var(--quiet); font-size: 11px; } .count { fill: var(--quiet); font-size: 9px; }
.head { font-size: 15px; font-weight: 600; } .paper { fill: var(--paper); } .grid { stroke: var(--line); }
.bar { fill: var(--bar); fill-opacity: 0.6; } .mark { stroke: var(--mark); stroke-width: 2; }
.ideal { stroke: var(--quiet); stroke-dasharray: 5 4; }
"""


def draw_reliability(report: Report) -> str:
    """One diagram for each head: bars are the share that was right, marks the mean confidence, which should meet."""
    heads = list(report.heads.values())
    rows = -(-len(heads) // ACROSS)
    width, height = WIDTH * min(ACROSS, max(1, len(heads))), TITLE + HEIGHT * rows
    said = f"Reliability of {report.model} on {report.rows:,} posts"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(said)}">',
        f'<style>{STYLE}</style><rect class="paper" width="100%" height="100%"/>',
        _text(LEFT, 28, said, "head"),
        _text(
            LEFT, 46, "Bars: the share judged rightly. Red marks: how sure the model was. They should meet.", "quiet"
        ),
    ]
    for at, head in enumerate(heads):
        x, y = at % ACROSS * WIDTH, TITLE + at // ACROSS * HEIGHT
        parts += [f'<g transform="translate({x + LEFT} {y + TOP})">', *_draw_head(head), "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _draw_head(head: HeadReport) -> Iterator[str]:
    bins = head.reliability
    yield _text(0, -16, f"{head.head} · ECE {bins.error:.3f} · {bins.rows.sum():,} posts", "head")
    yield from _draw_axes()
    yield from _draw_bins(bins)
    yield f'<line class="ideal" x1="0" y1="{SIZE}" x2="{SIZE}" y2="0"/>'


def _draw_axes() -> Iterator[str]:
    for tick in TICKS:
        at = tick / 100 * SIZE
        yield f'<line class="grid" x1="0" y1="{at:g}" x2="{SIZE}" y2="{at:g}"/>'
        yield _text(-8, SIZE - at + 4, f"{tick} %", "quiet", "end")
        yield _text(at, SIZE + 34, f"{tick} %", "quiet", "middle")
    yield _text(SIZE / 2, SIZE + 54, "probability of the likeliest label (small: posts in the bin)", "quiet", "middle")
    upward = _text(0, 0, "share judged rightly", "quiet", "middle")
    yield f'<g transform="translate(-46 {SIZE / 2:g}) rotate(-90)">{upward}</g>'


def _draw_bins(bins: Reliability) -> Iterator[str]:
    """A bar, a mark and a count for each bin that holds any post."""
    step = SIZE / len(bins.rows)
    for at, (rows, confidence, right) in enumerate(zip(bins.rows, bins.confidence, bins.right, strict=True)):
        if not rows:
            continue
        left, top, mark = at * step + 1, (1 - right) * SIZE, (1 - confidence) * SIZE
        said = f"{rows:,} posts: {confidence:.1%} sure, {right:.1%} right"
        yield f'<g><title>{said}</title><rect class="bar" x="{left:.1f}" y="{top:.1f}" width="{step - 2:.1f}" '
        yield f'height="{SIZE - top:.1f}"/><line class="mark" x1="{left:.1f}" y1="{mark:.1f}" '
        yield f'x2="{left + step - 2:.1f}" y2="{mark:.1f}"/></g>'
        yield _text(left + step / 2 - 1, SIZE + 14, _shorten(int(rows)), "count", "middle")


def _shorten(count: int) -> str:
    """A count that fits under its bar."""
    return str(count) if count < 10_000 else f"{count / 1000:.0f}k"


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'
