"""Web servers in front of the desk: only those that the configuration names are believed whom they speak for."""

from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from monitor.networks import Network

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SPOKEN_FOR = "mentiondesk.spoken_for"  # in the environment: some web server says that it asks for somebody else
FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    "HTTP_VIA",
)


class BelievedProxies:
    """The application behind the web servers of `networks`; what anybody else says of where they come from goes."""

    def __init__(self, application: "WSGIApplication", networks: Sequence[Network]) -> None:
        self.application, self.networks = application, networks
        self.fixed = ProxyFix(application, x_for=1, x_proto=1, x_host=1)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if self.believes(environ.get("REMOTE_ADDR", "")):
            return self.fixed(environ, start_response)
        environ[SPOKEN_FOR] = any(name in environ for name in FORWARDED)
        for name in FORWARDED:
            environ.pop(name, None)
        return self.application(environ, start_response)

    def believes(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self.networks)
        except ValueError:  # a socket without an address
            return False


def client_is_known(environ: "WSGIEnvironment") -> bool:
    """False where a web server that nobody vouches for stands between: then the address is only its own."""
    return not environ.get(SPOKEN_FOR)
