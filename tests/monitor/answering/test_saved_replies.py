"""Saved replies: filled in for whom they are sent to, kept by leads, written to files and read back."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from monitor.desk import Invalid, Refused
from monitor.models import Activity, SavedReply
from monitor.saved_replies.commands import Draft, add, archive, as_draft, change, editions
from monitor.saved_replies.files import export_folder, from_markdown, import_folder, to_markdown
from monitor.saved_replies.variables import fill, first_name, initials, variables
from monitor.store import Store
from tests.factories import make_user

LINKS = {"returns": "https://aurora.example/returns"}
BAG = Draft("Lost bag", "Hi {author_name},\n\nwe look for it.", needs=("delivery",), brand="Aurora Air", lang="en")


@pytest.mark.parametrize(
    ("text", "name", "filled"),
    [
        ("Hi {author_name}, welcome.", "Dana R.", "Hi Dana, welcome."),
        ("Hi {author_name}, welcome.", "xX_99", "Hi, welcome."),
        ("Hi {author_name}!", "", "Hi!"),
        ("{author_name}, thank you.", "", "Thank you."),
        ("{author_name}, thank you.", "Jo", "Jo, thank you."),
        ("Thanks. {author_name}, we look.", "", "Thanks. We look."),
        ("See {link:returns} ^{my_initials}", "", "See https://aurora.example/returns ^AL"),
        ("See {link:nowhere}", "", "See {link:nowhere}"),
        ("{brand} {other} {{x}}", "", "Aurora Air {other} {{x}}"),
    ],
)
def test_variables_are_filled_in(text: str, name: str, filled: str) -> None:
    assert fill(text, variables(name, "Ana Lind", "Aurora Air", LINKS)) == filled


def test_a_name_is_no_variable() -> None:
    """What an author calls themselves is never filled in again."""
    known = variables("{my_initials}", "Ana", "Aurora Air", {"{brand}": "x"})
    assert fill("Hi {author_name}", known) == "Hi"
    assert fill("Hi {author_name}", known | {"author_name": "{brand}"}) == "Hi {brand}"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Dana R. 🌻", "Dana"),
        ("José", "José"),
        ("O'Neill", "O'Neill"),
        ("🌻", ""),
        ("The Team", ""),
        ("x1", ""),
        ("", ""),
    ],
)
def test_people_are_greeted_by_their_first_name(name: str, first: str) -> None:
    assert first_name(name) == first


def test_initials() -> None:
    assert (initials("Ana Lind"), initials("ben"), initials("7 of 9")) == ("AL", "B", "O")


def test_leads_keep_them_with_their_history(any_store: Store, now: datetime) -> None:
    with any_store.write() as session:
        lead, agent = make_user(session, "Lena", "lead"), make_user(session, "Ana")
        with pytest.raises(Refused, match="Leads"):
            add(session, BAG, agent, now)
        saved = add(session, BAG, lead, now)
        change(session, saved.id, BAG, lead, now + timedelta(hours=1))  # the same changes nothing
        assert (saved.changed_at, list(editions(session, saved.id))) == (now, [])
        change(session, saved.id, Draft("Bag", "Hello", knowledge=True), lead, now)
        archive(session, saved.id, lead, now)
        archive(session, saved.id, lead, now)
        session.flush()
        (edition,) = editions(session, saved.id)
        assert (edition.was["title"], edition.was["needs"], edition.was["brand"]) == (
            "Lost bag",
            ["delivery"],
            "Aurora Air",
        )
        assert as_draft(saved) == Draft("Bag", "Hello", knowledge=True)
        happened = session.scalars(select(Activity.happened).order_by(Activity.id)).all()
        assert happened[-3:] == ["saved_reply_added", "saved_reply_changed", "saved_reply_archived"]


@pytest.mark.parametrize(
    "draft",
    [
        Draft("", "x"),
        Draft("x" * 121, "x"),
        Draft("x", " "),
        Draft("x", "x", needs=("hunger",)),
        Draft("x", "x", brand="Borealis"),
        Draft("x", "x", lang="English"),
        Draft("LOST  bag", "x"),
    ],
)
def test_what_cannot_be_kept_is_said(store: Store, now: datetime, draft: Draft) -> None:
    with store.write() as session:
        add(session, BAG, None, now)
        with pytest.raises(Invalid):
            add(session, draft, None, now)


printable = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \n#-:"), min_size=1, max_size=60)


@given(title=printable.filter(str.strip), text=printable.filter(str.strip))
def test_every_text_comes_back_from_its_file(title: str, text: str) -> None:
    draft = Draft(" ".join(title.split()), text.strip(), knowledge=True, needs=("billing", "none"), lang="no")
    assert from_markdown(to_markdown(draft)) == draft


def test_a_folder_round_trip(any_store: Store, now: datetime, tmp_path: Path) -> None:
    with any_store.write() as session:
        for draft in (BAG, Draft("Lost  bag?", "another", knowledge=True), Draft("失物", "中文"), Draft("!!!", "odd")):
            add(session, draft, None, now)
        kept = [as_draft(saved) for saved in session.scalars(select(SavedReply).order_by(SavedReply.id))]
        assert export_folder(session, tmp_path / "new") == 4
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == ["lost-bag-2.md", "lost-bag.md", "saved-reply.md", "失物.md"]
    assert [from_markdown((tmp_path / "new" / name).read_text(encoding="utf-8")) for name in names] == [
        kept[1],
        kept[0],
        kept[3],
        kept[2],
    ]
    bag = tmp_path / "new" / "lost-bag.md"
    bag.write_text(bag.read_text().replace("we look for it", "we search for it"))
    with any_store.write() as session:
        counts = import_folder(session, tmp_path / "new", now + timedelta(hours=1))
        assert (counts.read, counts.added, counts.changed, counts.rejected) == (4, 0, 1, [])
        saved = session.scalars(select(SavedReply).where(SavedReply.title == "Lost bag")).one()
        assert saved.text.endswith("we search for it.")
        assert [edition.was["text"] for edition in editions(session, saved.id)] == [BAG.text]


def test_a_bad_file_is_reported_and_the_rest_is_read(store: Store, now: datetime, tmp_path: Path) -> None:
    for name, text in {
        "a": "no front matter",
        "b": "---\ntitle: [\n---\nx",
        "c": "---\nkind: reply\n---\nx",
        "d": "---\ntitle: D\nkind: poem\n---\nx",
        "e": "---\ntitle: E\nneed: [billing]\n---\nx",
        "f": "---\ntitle: F\nneeds: billing\n---\nx",
        "g": "---\ntitle: G\n---\n",
        "h": "---\ntitle: H\nbrand: Borealis\n---\nx",
        "z": "\ufeff---\r\ntitle: Z\r\n---\r\nfine",
    }.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8", newline="")
    (tmp_path / "i.md").write_bytes(b"---\ntitle: \xff\n---\nx")
    (tmp_path / "j.md").write_text("---\ntitle: J\n---\n" + "x" * 100_001)
    with store.write() as session:
        counts = import_folder(session, tmp_path, now)
    assert [name for name, _ in counts.rejected] == [f"{letter}.md" for letter in "abcdefghij"]
    assert all(reason.endswith(".") for _, reason in counts.rejected)
    assert (counts.read, counts.added) == (11, 1)
