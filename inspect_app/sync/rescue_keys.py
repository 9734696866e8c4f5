"""The key to which a tablet seals what it could not send: RSA-3072, its private half sealed with the secret."""

import base64
import hashlib
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BITS = 3072


class WrongKey(ValueError):
    """Sealed to another key, or changed on the way."""


def make_pair(secret: str) -> tuple[dict[str, Any], str]:
    """A new pair: the public half as a JWK, the private one sealed with the secret."""
    pair = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    plain = pair.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = {
        "salt": _text(salt),
        "nonce": _text(nonce),
        "key": _text(AESGCM(_derived(secret, salt, b"inspect rescue key")).encrypt(nonce, plain, None)),
    }
    return _as_jwk(pair.public_key()), json.dumps(sealed)


def mark_of(secret: str) -> str:
    """Tells one secret from another without telling the secret."""
    return _derived(secret, b"", b"inspect rescue mark").hex()


def oaep(label: str = "") -> padding.OAEP:
    """How keys are wrapped; the label binds one to a person."""
    return padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label.encode() or None)


def open_key(secret: str, sealed: str, wrapped: bytes, *, label: str = "") -> bytes:
    """A wrapped key, opened with the private half. Raises WrongKey, also for another label."""
    parts = {name: base64.b64decode(part) for name, part in json.loads(sealed).items()}
    try:
        plain = AESGCM(_derived(secret, parts["salt"], b"inspect rescue key")).decrypt(
            parts["nonce"], parts["key"], None
        )
        pair = serialization.load_der_private_key(plain, password=None)
        assert isinstance(pair, rsa.RSAPrivateKey)  # noqa: S101 - we made it
        return pair.decrypt(wrapped, oaep(label))
    except (InvalidTag, ValueError) as error:
        raise WrongKey(str(error)) from None


def key_of_jwk(jwk: dict[str, Any]) -> rsa.RSAPublicKey:
    """The public half out of its JWK, as a tablet reads it."""
    numbers = {name: int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "=="), "big") for name in ("n", "e")}
    return rsa.RSAPublicNumbers(numbers["e"], numbers["n"]).public_key()


def _as_jwk(key: rsa.RSAPublicKey) -> dict[str, Any]:
    numbers = key.public_numbers()
    return {"kty": "RSA", "alg": "RSA-OAEP-256", "ext": True, "n": _url(numbers.n), "e": _url(numbers.e)}


def _derived(secret: str, salt: bytes, purpose: bytes) -> bytes:
    if not secret:
        raise ValueError("No secret that lasts.")
    return HKDF(hashes.SHA256(), 32, salt or None, purpose).derive(hashlib.sha256(secret.encode()).digest())


def _url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode().rstrip("=")


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
