"""Addresses of the configuration: the board's own, and `[web]`: which networks its server trusts, and with what."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from monitor.section import Section


def read_network(value: Any) -> IPv4Network | IPv6Network:
    """`10.0.0.0/8`, or one address."""
    try:
        return ip_network(str(value))
    except ValueError:
        raise ValueError(f"'{value}' is not a network; write one like 10.0.0.0/8, or an address") from None


def read_board(value: str) -> str:
    """How people reach the board, without a slash at the end; empty where nothing is given."""
    found = urlsplit(value.strip().rstrip("/"))
    if value and (found.scheme not in ("http", "https") or not found.hostname):
        raise ValueError(f"'{value}' is not an address of a board; write one like https://care.example")
    if found.path or found.query or found.fragment:
        raise ValueError(
            f"'{value}' is more than the name of a server; the board needs one of its own, like https://care.example"
        )
    return found.geturl().lower()


BoardAddress = Annotated[str, AfterValidator(read_board)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(read_network)]
THIS_MACHINE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class WebSettings(Section):
    """`[web]`: who may say for whom they ask, and who may look at /metrics without a token."""

    proxies: tuple[Network, ...] = ()  # web servers in front, whose X-Forwarded-… headers are believed
    metrics: tuple[Network, ...] = THIS_MACHINE
