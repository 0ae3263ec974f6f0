"""Connections that end on time and only go where a feed may be read.

A name is resolved once, its addresses are checked, and one of those very addresses is connected to: a server that
answers the next look-up differently (DNS rebinding) gains nothing. TLS still checks the certificate of the name.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Timer
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.poolmanager import PoolManager

from sources.base import Misconfigured

NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Guard:
    """What may be connected to (`allowed` is given an IP address), and until when. For one fetch at a time."""

    def __init__(self, allowed: Callable[[str], bool]) -> None:
        self._allowed = allowed
        self.expired = False
        self._handles: list[socket.socket] = []

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Cut every connection made inside after so many seconds, wherever it waits: a timeout of the socket begins
        anew with each byte, so a server that drips them would hold us for ever.
        """
        self.expired = False
        timer = Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            for handle in self._handles:
                handle.close()
            self._handles.clear()

    def connect(self, host: str, port: int, timeout: float) -> socket.socket:
        """A connection to one of the host's addresses. Raises `Misconfigured` where all of them are private."""
        host = host.strip("[]")
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        allowed = [each for each in found if self._allowed(str(each[4][0]))]
        if not allowed:
            raise Misconfigured(
                f"{host} is at a private address, which feeds do not read; where it is yours, set allow_private = true."
            )
        return self._connect_any(allowed, timeout)

    def _connect_any(self, addresses: list[Any], timeout: float) -> socket.socket:
        trouble: OSError = TimeoutError("out of time")
        for family, kind, protocol, _, address in addresses:
            if self.expired:
                break
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(timeout)
                # A handle of our own: TLS takes the socket over and hides it.
                self._handles.append(connection.dup())
                connection.connect(address)
            except OSError as error:
                connection.close()
                trouble = error
            else:
                return connection
        raise trouble

    def _cut(self) -> None:
        self.expired = True
        for handle in list(self._handles):
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)


def is_any(_address: str) -> bool:
    return True


def is_public(text: str) -> bool:
    """Whether an address is one of the open internet, also looking inside IPv6 addresses that stand for IPv4 ones."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return all(each.is_global and not each.is_multicast for each in (address, *_list_embedded(address)))


def _list_embedded(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return [each for each in found if each is not None]


class _Guarded:
    """Mixed into urllib3's connections: opens its socket through the guard."""

    def __init__(self, guard: Guard, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._guard = guard

    def _new_conn(self: Any) -> socket.socket:
        connection: socket.socket = self._guard.connect(self._dns_host, self.port, self.timeout)
        return connection


class _Http(_Guarded, HTTPConnection):
    pass


class _Https(_Guarded, HTTPSConnection):
    pass


class _Manager(PoolManager):
    """Makes pools whose connections are guarded; urllib3 means `_new_pool` to be overridden."""

    def __init__(self, guard: Guard, **options: Any) -> None:
        super().__init__(**options)
        self._guard = guard

    def _new_pool(self, scheme: str, host: str, port: int, request_context: Any = None) -> Any:
        pool: Any = super()._new_pool(scheme, host, port, request_context)
        pool.ConnectionCls = partial(_Https if scheme == "https" else _Http, self._guard)
        return pool


class GuardedAdapter(HTTPAdapter):
    """Mounted on a `requests` session whose proxies are off: a proxy would connect for us, unguarded."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        self.poolmanager = _Manager(self._guard, num_pools=connections, maxsize=maxsize, block=block, **options)
