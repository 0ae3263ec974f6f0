"""Markdown as colleagues write it: what it becomes, and what it never becomes."""

import pytest

from web.texts.markdown import as_html

LINK = '<a href="https://a.example" rel="noopener noreferrer nofollow">a</a>'


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("# Large\n\n###### Small", "<h3>Large</h3>\n<h6>Small</h6>\n"),
        ("1. one\n2. **two**", "<ol>\n<li>one</li>\n<li><strong>two</strong></li>\n</ol>\n"),
        ("[a](https://a.example)", f"<p>{LINK}</p>\n"),
        ("", ""),
    ],
)
def test_what_it_becomes(written: str, shown: str) -> None:
    assert as_html(written) == shown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt&colon;alert(1))",
        "[a](vbscript:x)",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![a](https://a.example/x.png)",
        "<javascript:alert(1)>",
        '[a](https://a.example "\\" onclick=\\"alert(1)")',
        "[a]: javascript:alert(1)\n\n[a]",
    ],
)
def test_what_it_never_becomes(hostile: str) -> None:
    html = as_html(hostile)
    assert not any(f"<{tag}" in html for tag in ("script", "img", "iframe"))
    assert not any(f'href="{scheme}' in html.lower() for scheme in ("javascript", "vbscript", "data"))
    assert '" onclick="' not in html
