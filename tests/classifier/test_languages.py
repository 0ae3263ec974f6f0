"""Which language a post is in, and when not to say."""

import pytest

from classifier.languages import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My parcel still has not arrived, where is it?", "en"),
        ("Mon colis n'est toujours pas arrivé, c'est inadmissible", "fr"),
        ("Mein Paket ist noch immer nicht da, wo bleibt es?", "de"),
        ("¿Dónde está mi paquete? Llevo dos semanas esperando", "es"),
        ("私の荷物はまだ届いていません", "ja"),
        ("मेरा पार्सल अभी तक नहीं आया है", "hi"),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "ok", "@user @user http", "lol !!!", "12345 67890 12345", "@user http email #"])
def test_too_little_text_is_no_language(text: str) -> None:
    assert detect_language(text) is None


def test_masks_are_not_taken_for_english() -> None:
    assert detect_language("@user http @user http @user http où est mon colis, toujours rien reçu depuis lundi") == "fr"
