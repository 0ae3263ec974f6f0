"""atproto behind our edge: it signs in once, keeps its session, and asks."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
from atproto import Client as Atproto
from atproto import Request, Session, SessionEvent
from atproto.exceptions import AtProtocolError, InvokeTimeoutError

from sources.base import Options, SourceError, Transient
from sources.bluesky.edge import BlueskyEdge, TokenRefused
from sources.bluesky.seal import make_key, seal, unseal
from sources.http import Clock, check_base_url
from sources.values import mapping

HOST = "https://bsky.social"


class Client:
    """Raw JSON of Bluesky's API, because one odd post would cost the whole of a typed answer.

    Every failure is a `SourceError`. Bluesky rations signing in (30 times in 5 minutes, 10 to 300 a day), hence
    `session`, which goes from poll to poll and from process to process.
    """

    def __init__(self, options: Options, credentials: Mapping[str, str], clock: Clock) -> None:
        self.session: str | None = None  # sealed; None until signed in; another one when atproto has renewed it
        self.did = ""  # the account that is signed in
        self._base_url = check_base_url(options.base_url)
        self._timeout = options.timeout
        self._account = credentials["handle"].removeprefix("@"), credentials["app_password"]
        self._edge = BlueskyEdge(clock)
        self._atproto: Atproto | None = None

    @property
    def requests(self) -> int:
        """How many were answered so far, signing in and renewals included."""
        return self._edge.requests

    def resume(self, sealed: object) -> None:
        """Go on with the session of an earlier poll, unless we have one or that one is of no use."""
        session = None if self._atproto else unseal(self._key(), sealed)
        if session:
            connected = self._connect()
            connected.login(session_string=session, fetch_bsky_profile=False)
            self._atproto = connected

    def sign_in(self) -> Atproto:
        """The client, signed in now where it was not."""
        if self._atproto is None:
            connected, (account, password) = self._connect(), self._account
            try:
                self._translate(lambda: connected.login(account, password, fetch_bsky_profile=False))
            except TokenRefused as error:
                raise Transient(str(error)) from error  # a new one that is none: nothing that a person could mend
            self._atproto = connected
        return self._atproto

    def get(self, method: str, params: Any) -> Mapping[str, Any]:
        """`params`: atproto's model of the method's parameters."""
        return self._ask(lambda client: client.invoke_query(method, params=params, output_encoding="application/json"))

    def post(self, method: str, data: Any) -> Mapping[str, Any]:
        """`data`: atproto's model of the method's input."""
        return self._ask(lambda client: client.invoke_procedure(method, data=data, input_encoding="application/json"))

    def _ask(self, invoke: Callable[[Atproto], Any]) -> Mapping[str, Any]:
        client = self.sign_in()
        try:
            answer = self._translate(lambda: invoke(client))
        except TokenRefused:
            self._atproto = None
            client = self.sign_in()
            answer = self._translate(lambda: invoke(client))
        return mapping(answer.content)

    def _translate(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except SourceError:
            raise
        except (InvokeTimeoutError, httpx.TimeoutException) as error:
            raise Transient(f"Bluesky did not answer within {self._timeout:g} seconds.") from error
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError) as error:
            raise Transient("The answer of Bluesky was cut short.") from error
        except httpx.HTTPError as error:
            raise Transient(f"Bluesky cannot be reached ({type(error).__name__}).") from error
        except AtProtocolError as error:
            raise self._read_error(error) from error
        except ValueError as error:  # JSON that atproto's parser takes for none, as half of a surrogate pair
            raise Transient("Bluesky answered with JSON that cannot be read.") from error

    def _read_error(self, error: AtProtocolError) -> SourceError:
        """Without an answer it is the network; all others are atproto stumbling over a session that is none."""
        if isinstance(error.__cause__, httpx.HTTPError):
            return Transient(f"Bluesky cannot be reached ({type(error.__cause__).__name__}).")
        return TokenRefused(f"Bluesky gave us a session that cannot be used ({type(error).__name__}).")

    def _connect(self) -> Atproto:
        request = Request(timeout=self._timeout, event_hooks={"response": [self._edge.judge]})
        client = Atproto(self._base_url or HOST, request=request)

        def note(event: SessionEvent, session: Session) -> None:
            if self._base_url:
                client.update_base_url(self._base_url)  # atproto would go on to the server that the account names
            self.session, self.did = seal(self._key(), session.export()), session.did

        client.on_session_change(note)
        return client

    def _key(self) -> Any:
        return make_key(self._base_url or HOST, *self._account)
