"""Write `golden.json` anew, when model or normaliser were meant to change: `python -m tests.classifier.golden`."""

import json
from pathlib import Path

from classifier import engine

GOLDEN = Path(__file__).with_name("golden.json")
POSTS = (
    "@united stranded at the airport with two kids, flight cancelled, nobody helps 😡😡 http://t.co/x",
    "Thank you @auroraair, the crew on my flight this morning was wonderful! ❤️",
    "@parcelco how much is delivery to Norway?",
    "My parcel is two weeks late &amp; nobody answers. Where is it @parcelco?",
    "Somebody took over my account @bank and moves money out RIGHT NOW",
    "Would be lovely if @notesapp had a dark mode on the web",
    "your rep is a stupid worthless bitch @telco",
    "great, third day without internet… #NotHappy",
    "Mon colis n’est toujours pas arrivé @colis",
    "ok",
)


def main() -> None:
    """Judge the posts and keep their scores."""
    judgements = engine.load().judge(POSTS)
    rows = [{"text": text, "scores": j.as_json()["scores"]} for text, j in zip(POSTS, judgements, strict=True)]
    GOLDEN.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
