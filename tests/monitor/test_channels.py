"""The channels: real clients against servers on this machine, with strangers' text in every message."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from monitor.channels.base import Channel, ChannelError, Link, Message
from monitor.channels.registry import CHANNELS, build
from monitor.channels.slack import BLOCKS, HEADER, SECTION
from monitor.channels.webhook import SIGNATURE
from monitor.settings import ChannelSettings
from tests.platforms import Platforms

HOSTILE = "<!channel> <https://evil.example|your bank> & @here *bold*\n> Why urgent: all is well"
MESSAGE = Message(
    kind="urgent",
    title="Urgent: Dana <!here> R. (@dana) on X",
    quote=HOSTILE,
    lines=("Why urgent: 91% sure, because of “double | charge”.",),
    fields=(("Brand", "Aurora <Air>"), ("Posted", "2 min ago")),
    items=(Link("Sam: <@U1> lost | bag", "https://desk.example/mentions/8"),),
    links=(Link("Open in mentiondesk", "https://desk.example/mentions/7"), Link("See it", "https://x.example/a|b>c&d")),
    data={"mention": {"id": 7}},
)
KEY = "urgent:7:duty"


def channel(kind: str, environment: Mapping[str, str], **settings: Any) -> Channel:
    return build(ChannelSettings(name="duty", kind=kind, **settings), environment)


def refused(made: Channel) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        made.send(MESSAGE, KEY)
    return caught.value


class TestSlack:
    @pytest.fixture(params=["webhook", "bot"])
    def slack(self, request: pytest.FixtureRequest, platforms: Platforms) -> Channel:
        if request.param == "webhook":
            return channel("slack", {"MENTIONDESK_SLACK_WEBHOOK_URL": platforms.slack_webhook_url})
        environment = {"MENTIONDESK_SLACK_BOT_TOKEN": platforms.slack_token}
        return channel("slack", environment, channel="C1", base_url=platforms.slack_base_url)

    def test_it_carries_the_whole_message(self, slack: Channel, platforms: Platforms) -> None:
        slack.send(MESSAGE, KEY)
        (arrived,) = platforms.slack.messages
        assert arrived.body["metadata"]["event_payload"] == {"key": KEY}
        assert arrived.body["unfurl_links"] is arrived.body["unfurl_media"] is False
        said = "\n".join(block["text"]["text"] for block in arrived.blocks)
        for part in ("91% sure", "Posted *2 min ago*", "<https://desk.example/mentions/7|Open in mentiondesk>"):
            assert part in said

    def test_strangers_cannot_call_people_or_dress_up_links(self, slack: Channel, platforms: Platforms) -> None:
        slack.send(MESSAGE, KEY)
        (arrived,) = platforms.slack.messages
        said = [block["text"] for block in arrived.blocks]
        raw = [arrived.text, *(each["text"] for each in said)]
        assert not any("<!" in text or "<@" in text or "<https://evil" in text for text in raw)
        assert "&lt;!channel&gt; &lt;https://evil.example|your bank&gt; &amp; @here" in said[1]["text"]
        assert said[1]["text"].splitlines()[1] == ">&gt; Why urgent: all is well", "their line is marked as theirs"
        assert "<https://x.example/a%7Cb%3Ec&amp;d|See it>" in raw[-1]
        assert all(each["verbatim"] for each in said if each["type"] == "mrkdwn")

    @pytest.mark.parametrize("text", ["&" * 10_000, "é" * 10_000, "a\n" * 9_000, "<" * 2_997 + "\n" + "b" * 50])
    def test_it_keeps_to_slacks_limits(self, slack: Channel, platforms: Platforms, text: str) -> None:
        items = tuple(Link(text[:1_000], f"https://desk.example/{n}") for n in range(300))
        links = (Link("far too long", "https://x.example/" + "y" * 5_000), Link("fits", "https://x.example/"))
        slack.send(Message("fold", title=text, quote=text, lines=(text,) * 60, items=items, links=links), KEY)
        (arrived,) = platforms.slack.messages
        assert len(arrived.blocks) <= BLOCKS
        assert len(arrived.blocks[0]["text"]["text"]) <= HEADER
        sections = [block["text"]["text"] for block in arrived.blocks[1:]]
        assert all(0 < len(section) <= SECTION for section in sections)
        assert all("&" not in part for part in sections[0].replace("&amp;", "").replace("&lt;", "")), "no half entity"

    def test_429_says_how_long_to_wait(self, slack: Channel, platforms: Platforms) -> None:
        platforms.slack.fail("429", retry_after=7)
        error = refused(slack)
        assert (error.permanent, error.retry_after) == (False, timedelta(seconds=7))

    def test_429_without_a_number_waits_half_a_minute(self, slack: Channel, platforms: Platforms) -> None:
        platforms.slack.fail("429", retry_after="Fri, 20 Nov 2026 12:00:00 GMT")
        assert refused(slack).retry_after == timedelta(seconds=30)

    @pytest.mark.parametrize("fault", ["500", "502", "503", "html", "drop"])
    def test_trouble_that_passes(self, slack: Channel, platforms: Platforms, fault: str) -> None:
        platforms.slack.fail(fault)
        error = refused(slack)
        assert (error.permanent, error.retry_after) == (False, None)
        assert "<" not in str(error)
        slack.send(MESSAGE, KEY)

    @pytest.mark.parametrize("body", ["no_service", "channel_is_archived", "invalid_payload"])
    def test_trouble_that_stays(self, slack: Channel, platforms: Platforms, body: str) -> None:
        platforms.slack.fail("404", body=body)
        assert refused(slack).permanent

    def test_a_closed_port_may_open(self) -> None:
        error = refused(channel("slack", {"MENTIONDESK_SLACK_WEBHOOK_URL": "http://127.0.0.1:1/services/a/b/c"}))
        assert not error.permanent
        assert str(error).startswith("Slack could not be reached")

    def test_a_wrong_token_and_an_unknown_channel_stay_wrong(self, platforms: Platforms) -> None:
        made = channel("slack", {"MENTIONDESK_SLACK_BOT_TOKEN": "no"}, channel="C1", base_url=platforms.slack_base_url)
        error = refused(made)
        assert (error.permanent, str(error)) == (True, "Slack refused the message: invalid_auth.")

    def test_it_says_which_credential_is_missing(self) -> None:
        with pytest.raises(ChannelError, match="MENTIONDESK_SLACK_B_WEBHOOK_URL"):
            channel("slack", {}, credentials="SLACK_B")
        with pytest.raises(ChannelError, match="WEBHOOK_URL is not a web address") as caught:
            channel("slack", {"MENTIONDESK_SLACK_WEBHOOK_URL": "hooks.example/secret"})
        assert "secret" not in str(caught.value)
        with pytest.raises(ChannelError, match="no `channel` to post to"):
            channel("slack", {"MENTIONDESK_SLACK_BOT_TOKEN": "xoxb"})


class Mailbox:
    """Keeps what it is handed, and answers as a test has scripted."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.answers: list[str] = []
        self.refuse = ""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse and self.refuse in address:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        self.envelopes.append(envelope)
        content = envelope.original_content or b""
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def check_password(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"desk@aurora.example", b"p@ss/word")
    return AuthResult(success=right, handled=False)


class TestEmail:
    @pytest.fixture
    def mailbox(self) -> Mailbox:
        return Mailbox()

    @pytest.fixture
    def server(self, mailbox: Mailbox) -> Iterator[Controller]:
        options = {"authenticator": check_password, "auth_require_tls": False}
        controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **options)
        controller.start()
        yield controller
        controller.stop()

    @pytest.fixture
    def url(self, server: Controller) -> str:
        return f"smtp://127.0.0.1:{server.port}"

    def mail(self, url: str, **settings: Any) -> Channel:
        settings = {"to": ("care@aurora.example", "lead@aurora.example")} | settings
        return channel("email", {"MENTIONDESK_SMTP_URL": url}, **settings)

    def test_a_letter_arrives_as_text_and_as_a_page(self, mailbox: Mailbox, url: str) -> None:
        self.mail(url, sender="Desk <desk@aurora.example>").send(MESSAGE, KEY)
        (letter,) = mailbox.letters
        assert letter["Subject"] == MESSAGE.title
        assert (letter["From"], letter["To"]) == (
            "Desk <desk@aurora.example>",
            "care@aurora.example, lead@aurora.example",
        )
        assert letter["Auto-Submitted"] == "auto-generated"
        text, page = (letter.get_body([kind]).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
        assert "> <!channel> <https://evil.example|your bank>" in text
        assert "&lt;!channel&gt; &lt;https://evil.example|your bank&gt;" in page
        assert "https://desk.example/mentions/7" in page

    def test_the_same_key_makes_the_same_message_id(self, mailbox: Mailbox, url: str) -> None:
        made = self.mail(url)
        for key in (KEY, KEY, "urgent:8:duty"):
            made.send(MESSAGE, key)
        first, again, other = (letter["Message-ID"] for letter in mailbox.letters)
        assert first == again != other

    @pytest.mark.parametrize("name", ["Dana\r\nBcc: all@evil.example", "Dana\x00\x1b[31m", "a" * 5_000, "\u202eevil"])
    def test_a_strangers_name_adds_no_header(self, mailbox: Mailbox, url: str, name: str) -> None:
        self.mail(url).send(Message("urgent", title=f"Urgent: {name}", quote=name), KEY)
        (letter,) = mailbox.letters
        assert letter["Bcc"] is None
        assert mailbox.envelopes[0].rcpt_tos == ["care@aurora.example", "lead@aurora.example"]
        assert len(letter["Subject"]) <= 150
        assert not {"\x1b", "\u202e", "\n"} & set(letter["Subject"])

    def test_it_signs_in(self, mailbox: Mailbox, url: str) -> None:
        self.mail(url.replace("//", "//desk%40aurora.example:p%40ss%2Fword@")).send(MESSAGE, KEY)
        assert mailbox.letters[0]["From"] == "desk@aurora.example"

    def test_a_wrong_password_stays_wrong(self, url: str) -> None:
        error = refused(self.mail(url.replace("//", "//desk:wrong@")))
        assert error.permanent
        assert "535" in str(error)

    def test_a_password_does_not_travel_unencrypted(self) -> None:
        error = refused(self.mail("smtp://desk:secret@mail.invalid"))
        assert error.permanent
        assert "starttls=1" in str(error)

    @pytest.mark.parametrize(("answer", "permanent"), [("451 try later", False), ("554 no thanks", True)])
    def test_4xx_may_pass_and_5xx_stays(self, mailbox: Mailbox, url: str, answer: str, permanent: bool) -> None:
        mailbox.answers.append(answer)
        error = refused(self.mail(url))
        assert error.permanent is permanent
        assert answer in str(error)

    def test_one_refused_address_does_not_cost_the_others_theirs(self, mailbox: Mailbox, url: str) -> None:
        mailbox.refuse = "lead@"
        error = refused(self.mail(url))
        assert (error.permanent, len(mailbox.letters)) == (True, 1)
        assert "lead@aurora.example" in str(error)

    def test_when_all_addresses_are_refused_it_says_so(self, mailbox: Mailbox, url: str) -> None:
        mailbox.refuse = "@"
        assert refused(self.mail(url)).permanent

    def test_a_server_without_starttls_is_not_trusted(self, mailbox: Mailbox, url: str) -> None:
        assert refused(self.mail(url + "?starttls=1")).permanent
        assert mailbox.letters == []

    def test_a_closed_port_may_open(self) -> None:
        assert not refused(self.mail("smtp://127.0.0.1:1")).permanent

    @pytest.mark.parametrize(
        "url", ["", "mail.example", "http://mail.example", "smtp://", "smtp://host:port", "smtp://[x"]
    )
    def test_an_unusable_address_is_named(self, url: str) -> None:
        with pytest.raises(ChannelError, match="MENTIONDESK_SMTP_URL") as caught:
            self.mail(url)
        assert caught.value.permanent

    def test_an_unusable_recipient_is_refused_in_a_sentence(self, url: str) -> None:
        error = refused(self.mail(url, to=("care@aurora.example\nBcc: x@evil.example",)))
        assert error.permanent


class Receiver(BaseHTTPRequestHandler):
    """Keeps what is posted to it; the path says how to answer, e.g. `/503?retry-after=9`."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((dict(self.headers), body))  # type: ignore[attr-defined]
        path, _, wait = self.path.partition("?retry-after=")
        self.send_response(int(path[1:]))
        self.send_header("Location", "/200")
        if wait:
            self.send_header("Retry-After", wait)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing to the console."""


class TestWebhook:
    @pytest.fixture
    def receiver(self) -> Iterator[HTTPServer]:
        server = HTTPServer(("127.0.0.1", 0), Receiver)
        server.received = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()
        server.server_close()

    def hook(self, receiver: HTTPServer, path: str, **environment: str) -> Channel:
        return channel("webhook", environment, base_url=f"http://127.0.0.1:{receiver.server_port}{path}")

    def test_it_posts_signed_json_with_the_key(self, receiver: HTTPServer) -> None:
        self.hook(receiver, "/204", MENTIONDESK_WEBHOOK_SECRET="hush").send(MESSAGE, KEY)
        ((headers, body),) = receiver.received  # type: ignore[attr-defined]
        assert headers["Idempotency-Key"] == KEY
        assert headers[SIGNATURE] == "sha256=" + hmac.new(b"hush", body, hashlib.sha256).hexdigest()
        sent = json.loads(body)
        assert (sent["quote"], sent["mention"], sent["key"]) == (HOSTILE, {"id": 7}, KEY)

    def test_without_a_secret_there_is_no_signature(self, receiver: HTTPServer) -> None:
        self.hook(receiver, "/200").send(MESSAGE, KEY)
        assert SIGNATURE not in receiver.received[0][0]  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        ("path", "permanent", "wait"),
        [
            ("/400", True, None),
            ("/410", True, None),
            ("/302", True, None),
            ("/500", False, None),
            ("/503?retry-after=9", False, timedelta(seconds=9)),
            ("/429?retry-after=soon", False, None),
        ],
    )
    def test_what_an_answer_means(
        self, receiver: HTTPServer, path: str, permanent: bool, wait: timedelta | None
    ) -> None:
        error = refused(self.hook(receiver, path))
        assert (error.permanent, error.retry_after) == (permanent, wait)
        assert len(receiver.received) == 1  # type: ignore[attr-defined]

    def test_it_needs_an_address(self) -> None:
        with pytest.raises(ChannelError, match="MENTIONDESK_WEBHOOK_URL"):
            channel("webhook", {})


class TestConsole:
    def test_a_message_is_one_line_that_a_terminal_cannot_obey(self, capsys: pytest.CaptureFixture[str]) -> None:
        channel("console", {}).send(Message("urgent", title="Urgent: \x1b[2J\x9b2JDana\n", quote="one\ntwo\u202e"), KEY)
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err == "Urgent: [2J2JDana · one two\n"


def test_every_kind_that_the_configuration_allows_is_in_the_table() -> None:
    assert set(CHANNELS) == set(ChannelSettings.model_fields["kind"].annotation.__args__)  # type: ignore[union-attr]


def test_a_credential_in_an_unreadable_file_is_named() -> None:
    with pytest.raises(ChannelError, match="MENTIONDESK_SLACK_WEBHOOK_URL_FILE names /nowhere"):
        channel("slack", {"MENTIONDESK_SLACK_WEBHOOK_URL_FILE": "/nowhere"})
