"""A session kept in the cursor, readable only with the app password that it came from.

Whoever reads the database, or a backup of it, without the environment cannot sign in with what is there; and a session
of another account, server or password does not open, so that a change of credentials signs in anew.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken


@lru_cache(maxsize=256)
def make_key(server: str, account: str, password: str) -> Fernet:
    """scrypt with the cost that RFC 7914 names for interactive use, derived once a process."""
    salt = f"mentiondesk {server} {account}".encode()
    key = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
    return Fernet(base64.urlsafe_b64encode(key))


def seal(key: Fernet, session: str) -> str:
    return key.encrypt(session.encode()).decode()


def unseal(key: Fernet, sealed: object) -> str | None:
    """The session; None for what this key did not seal."""
    try:
        return key.decrypt(sealed).decode() if isinstance(sealed, str) else None
    except InvalidToken:
        return None
