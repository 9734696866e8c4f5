"""How values look on the screen and on paper, in the reader's language."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import Flask
from flask_babel import get_locale, gettext, ngettext, pgettext

from inspect_app.clock import local
from inspect_app.refusals import Placed, Refused


def day(value: date | None) -> str:
    """14/09/2026; a dash where there is none."""
    return value.strftime("%d/%m/%Y") if value else "–"


def moment(value: datetime | None) -> str:
    """14/09/2026 10:42, Hà Nội time."""
    return local(value).strftime("%d/%m/%Y %H:%M") if value else "–"


def time_of_day(value: datetime | None) -> str:
    return local(value).strftime("%H:%M") if value else "–"


def points(value: Decimal | None, places: int = 2) -> str:
    """Points or an index with two decimals: 82,70."""
    if value is None:
        return "–"
    return number(Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def pct(value: Decimal | None) -> str:
    """A share with one decimal: 28,0%."""
    return "–" if value is None else f"{points(value, 1)}%"


def number(value: int | Decimal | None) -> str:
    """A number grouped by thousands; comma and point as the language has them."""
    if value is None:
        return "–"
    text = f"{value:,}"
    return text if str(get_locale()) == "en" else text.translate(str.maketrans(",.", ".,"))


def label(value: Any) -> str:
    """The name of a state, role or kind in the reader's language."""
    return _words(value.label) if value is not None else "–"


def refusal(error: Refused) -> str:
    """The words of a refusal in the reader's language."""
    translated = {
        name: _words(fact) if name in getattr(error, "facts_to_translate", ()) else fact
        for name, fact in error.facts.items()
    }
    return gettext(error.message, **translated)


def told(message: str, facts: dict[str, Any] | None = None) -> str:
    """A stored message id with its facts, in the reader's language."""
    return _words(message, **(facts or {}))


def plural(message: str, n: int, /, **facts: Any) -> str:
    """A message about `n` things, shown as `%(n)s`: Vietnamese has one form, English one for a single thing."""
    return ngettext(message, message, n, **{"n": number(n), **facts})


def _words(message: str, /, **facts: Any) -> str:
    return pgettext(message.place, message, **facts) if isinstance(message, Placed) else gettext(message, **facts)


def register(app: Flask) -> None:
    for name, show in {
        "day": day,
        "moment": moment,
        "time_of_day": time_of_day,
        "points": points,
        "pct": pct,
        "number": number,
        "label": label,
        "refusal": refusal,
    }.items():
        app.template_filter(name)(show)
    app.jinja_env.globals.update(told=told, plural=plural)
