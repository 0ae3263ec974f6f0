"""Promises: found in what we say, confirmed by a person, and followed until they are kept or dealt with."""

from monitor.promises.commands import add, change, confirm, dismiss, keep, log_reply, propose

__all__ = ["add", "change", "confirm", "dismiss", "keep", "log_reply", "propose"]
