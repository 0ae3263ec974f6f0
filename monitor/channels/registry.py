"""The table of channels: a kind and where its class is, imported when first used."""

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

from monitor.channels.base import Channel, ChannelError
from monitor.configuration import ConfigError, credentials
from monitor.settings import ChannelSettings

CHANNELS = {
    "slack": "monitor.channels.slack:Slack",
    "email": "monitor.channels.email:Email",
    "webhook": "monitor.channels.webhook:Webhook",
    "console": "monitor.channels.console:Console",
}


def build(settings: ChannelSettings, environment: Mapping[str, str] = os.environ) -> Channel:
    """A channel ready to send. Raises a permanent `ChannelError` that says which credential is missing."""
    module, attribute = CHANNELS[settings.kind].split(":")
    kind = cast(type[Channel], getattr(import_module(module), attribute))
    try:
        found = credentials(settings.credentials or kind.prefix, kind.credentials, environment)
    except ConfigError as error:
        raise ChannelError(str(error), permanent=True) from None
    return cast(Channel, cast(Any, kind)(settings, found))
