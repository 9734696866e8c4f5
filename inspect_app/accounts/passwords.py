"""Hashing of passwords and of the secrets in reset links."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""The second of the settings that OWASP recommends for argon2id: 19 MiB, two passes."""
NOBODYS = HASHER.hash(secrets.token_urlsafe())
"""Compared with what is typed for an address without a password, so that its answer takes as long as any other."""


def hash_password(password: str) -> str:
    return HASHER.hash(password)


def password_matches(kept: str | None, typed: str) -> bool:
    """True when `typed` is the password behind the kept hash. Takes as long when there is no hash."""
    try:
        return HASHER.verify(kept or NOBODYS, typed) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """True for a hash that was made with weaker settings than today's."""
    return HASHER.check_needs_rehash(kept)


def new_secret() -> str:
    """The secret of a link: 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
