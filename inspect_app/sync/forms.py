"""An answer as a plain form gives it, for a browser without script."""

from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from inspect_app.forms import BaseForm, required, tidy
from inspect_app.inspections.rules_field import COMMON_REASONS
from inspect_app.rubrics.rules import Criterion, ScoringKind

OTHER = "other"


class AnswerForm(BaseForm):
    """The parts that every criterion's form has; the answer itself is read by `typed_value`."""

    criterion = HiddenField(validators=[required(), Length(max=40)])
    section = IntegerField(validators=[Optional(), NumberRange(1, 999)])
    base_version = IntegerField(validators=[Optional(), NumberRange(0)])
    answer = StringField(validators=[Optional(), Length(max=20)])
    na_reason = StringField(_l("Lý do không áp dụng"), [Optional(), Length(max=300)])
    na_other = StringField(_l("Lý do khác"), [Optional(), Length(max=300)])
    note = TextAreaField(_l("Ghi chú"), [Optional(), Length(max=4000)])


def typed_value(criterion: Criterion, typed: MultiDict[str, str]) -> dict[str, Any] | None:
    """The answer in the form's fields, or None when none was given. Whether it fits is for the rules to say."""
    if typed.get("answer") == "na":
        reason = tidy(typed.get("na_reason", ""))
        return {"na": tidy(typed.get("na_other", "")) if reason == OTHER else reason}
    if criterion.kind is ScoringKind.OPTIONS:
        return {"level": _whole(typed["answer"])} if typed.get("answer") else None
    if criterion.kind is ScoringKind.BOOLEAN:
        return {"value": typed["answer"] == "yes"} if typed.get("answer") in {"yes", "no"} else None
    if criterion.kind in {ScoringKind.RATIO, ScoringKind.BANDS}:
        return _rate(typed)
    if criterion.kind is ScoringKind.SURVEY:
        return _survey(typed)
    return {"events": _whole(typed["events"])} if _filled(typed, "events") else None


def fields_of(value: dict[str, Any] | None) -> dict[str, Any]:
    """What stands in the form's fields for an answer that is on record."""
    if value is None:
        return {}
    if "na" in value:
        known = value["na"] in COMMON_REASONS
        return {"answer": "na", "na_reason": value["na"] if known else OTHER, "na_other": "" if known else value["na"]}
    if "level" in value:
        return {"answer": str(value["level"])}
    if "value" in value:
        return {"answer": "yes" if value["value"] else "no"}
    shown = {name: str(figure).replace(".", ",") for name, figure in value.items() if name != "counts"}
    return shown | ({"counts": [str(count) for count in value["counts"]]} if "counts" in value else {})


def fields_sent(typed: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, to come back in the form."""
    return {**{name: typed[name][:4000] for name in typed}, "counts": typed.getlist("counts")}


def _rate(typed: MultiDict[str, str]) -> dict[str, Any] | None:
    if _filled(typed, "numerator") or _filled(typed, "denominator"):
        return {"numerator": _whole(typed.get("numerator")), "denominator": _whole(typed.get("denominator"))}
    return {"rate_pct": _percent(typed["rate_pct"])} if _filled(typed, "rate_pct") else None


def _survey(typed: MultiDict[str, str]) -> dict[str, Any] | None:
    counts = typed.getlist("counts")
    if any(tidy(count) for count in counts):
        return {"counts": [_whole(count or "0") for count in counts]}
    return {"share_pct": _percent(typed["share_pct"])} if _filled(typed, "share_pct") else None


def _filled(typed: MultiDict[str, str], name: str) -> bool:
    return bool(tidy(typed.get(name, "")))


def _whole(text: str | None) -> int | str | None:
    """A number where it is one; anything else goes to the rules as it is, and comes back with their words."""
    cleaned = tidy(text or "").replace(".", "").replace(" ", "")
    return int(cleaned) if cleaned.isascii() and cleaned.isdecimal() and len(cleaned) < 16 else cleaned


def _percent(text: str) -> str:
    return tidy(text).replace(",", ".").removesuffix("%").strip()
