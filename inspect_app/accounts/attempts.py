"""How often somebody may try: counted by account and by place, so that nobody can lock the owner of an account out.

Counters live in Redis, or in this process where there is none or where it does not answer: trying on is then slower to
stop, never unlimited.
"""

from typing import NamedTuple, cast

from flask import current_app
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError


class Allowance(NamedTuple):
    """How many tries one account has from one place, and how many the whole place has."""

    account: RateLimitItem
    place: RateLimitItem


SIGN_IN = Allowance(parse("10 per 15 minutes"), parse("100 per 15 minutes"))
"""Failed tries only; an office behind one address has many people who mistype."""
RESET = Allowance(parse("5 per hour"), parse("60 per hour"))
LETTERS = parse("3 per hour")
"""Reset mails to one address, wherever they are asked for."""


def too_many(what: str, allowance: Allowance, account: str, place: str) -> bool:
    """True when the account from this place, or the place, has used up its tries."""
    return not (
        _ask("test", allowance.account, what, account, place) and _ask("test", allowance.place, what, "*", place)
    )


def count(what: str, allowance: Allowance, account: str, place: str) -> None:
    """One more try of this account from this place."""
    _ask("hit", allowance.account, what, account, place)
    _ask("hit", allowance.place, what, "*", place)


def one_more_letter(address: str) -> bool:
    """True when one more reset mail may go to this address; counts it."""
    return _ask("hit", LETTERS, "letter", address, "*")


def forget_all() -> None:
    """Every counter of this process begins anew."""
    current_app.extensions.pop("attempts", None)


class _Counters(NamedTuple):
    shared: FixedWindowRateLimiter | None
    own: FixedWindowRateLimiter


def _ask(verb: str, item: RateLimitItem, *key: str) -> bool:
    counters = _counters()
    if counters.shared is not None:
        try:
            return getattr(counters.shared, verb)(item, *key)
        except RedisError:
            current_app.logger.warning("the counters of tries do not answer; this process counts alone")
    return getattr(counters.own, verb)(item, *key)


def _counters() -> _Counters:
    known = current_app.extensions.get("attempts")
    if known is None:
        url = current_app.config["REDIS_URL"]
        shared = FixedWindowRateLimiter(_shared_storage(url)) if url else None
        known = current_app.extensions["attempts"] = _Counters(shared, FixedWindowRateLimiter(MemoryStorage()))
    return known


def _shared_storage(url: str) -> Storage:
    uri = f"redis+{url}" if url.startswith("unix://") else url
    return cast(Storage, storage_from_string(uri, socket_timeout=2, socket_connect_timeout=2))
