"""Addresses of the board, for links that leave it."""

from monitor.settings import Settings

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8080


def board_url(settings: Settings) -> str:
    """How people reach the board, without a slash at the end."""
    return settings.public_url or f"http://{DEFAULT_HOST}:{DEFAULT_PORT}"


def mention_url(settings: Settings, mention_id: int) -> str:
    return f"{board_url(settings)}/mentions/{mention_id}"
