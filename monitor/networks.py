"""`[web]`: which networks the board's server trusts, and with what."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any

from pydantic import BeforeValidator

from monitor.section import Section


def read_network(value: Any) -> IPv4Network | IPv6Network:
    """`10.0.0.0/8`, or one address."""
    try:
        return ip_network(str(value))
    except ValueError:
        raise ValueError(f"'{value}' is not a network; write one like 10.0.0.0/8, or an address") from None


Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(read_network)]
THIS_MACHINE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class WebSettings(Section):
    """`[web]`: who may say for whom they ask, and who may look at /metrics without a token."""

    proxies: tuple[Network, ...] = ()  # web servers in front, whose X-Forwarded-… headers are believed
    metrics: tuple[Network, ...] = THIS_MACHINE
