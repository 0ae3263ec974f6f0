"""The configuration: what it takes, and how it says what is wrong."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from monitor.configuration import ConfigError, credentials, load_settings
from monitor.settings import Settings

GOOD = """
public_url = "https://desk.aurora.example"

[[brand]]
name = "Aurora Air"
terms = ["aurora air", "@auroraair"]
not = ["aurora borealis"]
handles = { x = "auroraair", reddit = "u/AuroraAir" }
timezone = "Europe/London"
hours = { mon-fri = ["08:00-20:00"], sat = ["09:00-13:00"] }
answer_within = { urgent = "5m" }

[[brand.feed]]
name = "x-search"
source = "x"
query = '"aurora air" OR @auroraair'
every = "90s"
budget = "20 USD/month"

[[brand.feed]]
name = "reddit-comments"
source = "reddit"
subreddits = ["flights", "travel"]

[[channel]]
name = "duty"
kind = "slack"
when = { urgency = ["urgent", "high"] }

[digest]
day = "mon"
at = "09:00"
to = ["care@aurora.example"]

[classifier]
model = "hub:somebody/sentiment"
labels = { LABEL_0 = "negative" }
threads = 2
"""


def load(tmp_path: Path, text: str, **environment: str) -> Settings:
    file = tmp_path / "mentiondesk.toml"
    file.write_text(text, encoding="utf-8")
    settings = load_settings(file, environment)
    assert settings is not None
    return settings


def test_the_documented_configuration_is_read(tmp_path: Path) -> None:
    settings = load(tmp_path, GOOD)
    brand = settings.brand("Aurora Air")
    x, reddit = brand.feeds
    assert (x.every, x.budget and x.budget.usd) == (timedelta(seconds=90), Decimal(20))
    assert x.options == {"query": '"aurora air" OR @auroraair'}
    assert reddit.options == {"subreddits": ["flights", "travel"]}
    assert brand.not_ == ("aurora borealis",)
    assert brand.answer_time("urgent") == timedelta(minutes=5)
    assert brand.answer_time("high") == timedelta(hours=1)
    assert brand.answer_time("low") is None
    assert settings.channels[0].when.urgency == ("high", "urgent")
    assert settings.store_url == f"sqlite:///{tmp_path}/var/mentiondesk.db"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("https://desk", "desk", "public_url: 'desk.aurora.example' is not an address of a board"),
        ("aurora.example", "aurora.example/care", "is more than the name of a server; the board needs one of its own"),
        ("terms =", "trems =", "'trems' is not a setting here; did you mean 'terms'?"),
        ("query = '\"aurora", "qeury = '\"aurora", "'qeury' is not a setting here; did you mean 'query'?"),
        ('source = "x"', 'source = "twitter"', "There is no source 'twitter'"),
        ('"90s"', '"90"', "'90' is not a duration; write 90s, 15m, 8h or 2d."),
        ('"20 USD/month"', '"20 EUR"', "'20 EUR' is not a budget; write 20 USD/month."),
        ("Europe/London", "Europe/Londn", "'Europe/Londn' is not a time zone"),
        ("timezone =", 'language = "dk"\ntimezone =', "brand.1.language: 'dk' is not a language that the desk writes"),
        ('kind = "slack"', 'kind = "slack"\nlanguage = ""', "channel.1.language: '' is not a language"),
        ('["urgent", "high"]', '["asap"]', "channel.1.when.urgency"),
        ('name = "reddit-comments"', 'name = "x-search"', "there are two of the feed of Aurora Air named 'x-search'"),
        ('kind = "slack"', 'kind = "email"', "an email channel needs `to`"),
        ("[digest]", "[digest", "not readable as TOML"),
        ('name = "duty"', 'name = "digest"', "the channel name 'digest' is taken"),
        ("[classifier]", "[clasifier]", "'clasifier' is not a setting here; did you mean 'classifier'?"),
        ("threads = 2", "threads = 0", "classifier.threads: Input should be greater than or equal to 1."),
        ('"negative"', '"bad"', "classifier.labels.LABEL_0: Input should be 'negative', 'neutral' or 'positive'."),
    ],
)
def test_a_mistake_is_named_in_one_sentence(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    assert before in GOOD
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, GOOD.replace(before, after, 1))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_slash_at_the_end_of_the_boards_address_does_no_harm(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD, MENTIONDESK_PUBLIC_URL="https://care.example:8443/").public_url.endswith(":8443")
    assert load(tmp_path, "").public_url == ""


def test_the_environment_goes_over_the_file_and_may_name_a_file_itself(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://desk@/desk\n")
    settings = load(
        tmp_path, GOOD, MENTIONDESK_DATABASE_URL_FILE=str(tmp_path / "url"), MENTIONDESK_PUBLIC_URL="https://b"
    )
    assert settings.store_url == "postgresql://desk@/desk"
    assert settings.public_url == "https://b"


def test_the_environment_changes_one_name_of_a_table_and_leaves_the_others(tmp_path: Path) -> None:
    settings = load(tmp_path, GOOD, MENTIONDESK_CLASSIFIER_MODEL="accurate").classifier
    assert (settings.model, settings.threads) == ("accurate", 2)
    assert load(tmp_path, "", MENTIONDESK_CLASSIFIER_THREADS="3").classifier.threads == 3


def test_credentials_come_by_the_names_of_their_prefix(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from a file\n")
    environment = {
        "MENTIONDESK_X_BEARER_TOKEN": "one",
        "MENTIONDESK_X_TEAM2_BEARER_TOKEN_FILE": str(tmp_path / "token"),
    }
    assert credentials("x", ("bearer_token", "consumer_key"), environment) == {"bearer_token": "one"}
    assert credentials("X_TEAM2", ("bearer_token",), environment) == {"bearer_token": "from a file"}


def test_no_file_is_no_configuration_but_a_named_one_must_be_there(tmp_path: Path) -> None:
    assert load_settings(environment={"MENTIONDESK_HOME": str(tmp_path)}) is None
    with pytest.raises(ConfigError, match="There is no configuration at"):
        load_settings(environment={"MENTIONDESK_CONFIG": str(tmp_path / "none.toml")})
