"""How the log proves that nobody rewrote it: every entry's hash covers the one before it."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

DOMAIN = b"inspect-audit/1\x00"
START = "0" * 64
SYSTEM = "system"


def entry_hash(prev_hash: str, content: dict[str, Any]) -> str:
    """SHA-256 over a domain mark, the previous hash and the canonical JSON of the entry; 64 hex digits."""
    body = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(DOMAIN + bytes.fromhex(prev_hash) + body.encode()).hexdigest()


def first_break(entries: Iterable[tuple[int, str, str, dict[str, Any]]]) -> int | None:
    """The number of the first entry that does not follow from the one before it, or None.

    `entries` are (seq, prev_hash, hash, content) in order of seq, from 1.
    """
    expected_seq, expected_prev = 1, START
    for seq, prev_hash, digest, content in entries:
        if seq != expected_seq or prev_hash != expected_prev or entry_hash(prev_hash, content) != digest:
            return expected_seq
        expected_seq, expected_prev = seq + 1, digest
    return None
