"""Mail, through one SMTP server."""

import hashlib
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from monitor.channels.base import SEND_SECONDS, ChannelError, Message
from monitor.clock import utcnow
from monitor.mail_page import render
from monitor.settings import ChannelSettings
from monitor.wording import excerpt, one_line

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
EXAMPLE = "smtp://user:password@mail.example:587?starttls=1"


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in."""

    host: str
    port: int
    user: str
    password: str
    tls: bool  # from the first byte
    starttls: bool

    @property
    def encrypted(self) -> bool:
        return self.tls or self.starttls


class Email:
    """One list of addresses. They all see each other: it is a team's alert, not a newsletter."""

    prefix: ClassVar[str] = "SMTP"
    credentials: ClassVar[tuple[str, ...]] = ("url", "sender")

    def __init__(self, settings: ChannelSettings, credentials: Mapping[str, str]) -> None:
        self.name = settings.name
        self.to = settings.to
        self.server = read_url(credentials.get("url", ""), settings.credentials or self.prefix)
        self.sender = settings.sender or credentials.get("sender") or default_sender(self.server)

    def send(self, message: Message, key: str) -> None:
        letter = compose(message, key, self.sender, self.to)
        try:
            with session(self.server) as smtp:
                refused = smtp.send_message(letter)
        except (smtplib.SMTPException, OSError) as error:
            raise refusal(error) from None
        if refused:  # the others have it: sending again would only double theirs
            raise ChannelError(
                f"The mail server refused {', '.join(sorted(refused))}; the others have it.", permanent=True
            )


def read_url(url: str, prefix: str) -> Server:
    """`smtp://…` or `smtps://…`. Raises a permanent `ChannelError` that names the variable."""
    variable = f"MENTIONDESK_{prefix}_URL"
    if not url:
        raise ChannelError(f"Mail needs {variable}, for example {EXAMPLE}.", permanent=True)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ChannelError(f"{variable} is unreadable; it looks like {EXAMPLE}.", permanent=True)
    tls = parts.scheme == "smtps"
    starttls = not tls and parse_qs(parts.query).get("starttls", ["0"])[-1] not in ("0", "false", "no")
    return Server(
        host=parts.hostname,
        port=port or (465 if tls else 587 if starttls else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        starttls=starttls,
    )


def default_sender(server: Server) -> str:
    return server.user if "@" in server.user else "mentiondesk@localhost"


def compose(message: Message, key: str, sender: str, to: Sequence[str]) -> EmailMessage:
    """The mail, as text and as HTML. Sent again with the same key it has the same Message-ID."""
    letter = EmailMessage()
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    headers = {
        "From": sender,
        "To": ", ".join(to),
        "Subject": excerpt(message.title, 150),  # one line: a post cannot add headers of its own
        "Date": format_datetime(utcnow()),
        "Message-ID": f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
    try:
        for name, value in headers.items():
            letter[name] = value
    except (ValueError, MessageError) as error:
        raise ChannelError(f"The mail could not be addressed: {one_line(str(error))}.", permanent=True) from None
    letter.set_content(message.letter.text if message.letter else message.as_text())
    letter.add_alternative(
        message.letter.html if message.letter else render("alert.html.j2", message=message), subtype="html"
    )
    letter["Content-Language"] = message.language  # not before: setting the content drops what says of it
    return letter


@contextmanager
def session(server: Server) -> Iterator[smtplib.SMTP]:
    """A conversation with the server, encrypted and signed in as its address says."""
    if server.user and not server.encrypted and server.host not in LOCAL:
        raise ChannelError(
            f"The password for {server.host} would travel unencrypted; use smtps:// or add ?starttls=1.", permanent=True
        )
    context = ssl.create_default_context()
    if server.tls:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SEND_SECONDS, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=SEND_SECONDS)
    try:
        if server.starttls:
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
        yield smtp
    finally:
        with suppress(smtplib.SMTPException, OSError):  # the mail is in or it is not; a rude goodbye changes nothing
            smtp.quit()
        smtp.close()


def refusal(error: smtplib.SMTPException | OSError) -> ChannelError:
    """A 4xx may pass, a 5xx stays (RFC 5321, 4.2.1); so does a certificate that does not fit."""
    said = one_line(str(error))
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return ChannelError(
            f"The mail server refused every address ({codes[0]}).", permanent=all(code >= 500 for code in codes)
        )
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return ChannelError(
            f"The mail server refused: {error.smtp_code} {excerpt(answer, 200)}.", permanent=error.smtp_code >= 500
        )
    if isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLCertVerificationError):
        return ChannelError(f"The mail server does not do what its address asks for: {said}.", permanent=True)
    return ChannelError(f"The mail server could not be reached: {said}.")
