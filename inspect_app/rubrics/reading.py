"""Reads the written form of a rubric (schema cchc-rubric/1) and writes it again.

Three steps: YAML text → content → Rubric. The content is what is stored and hashed: dict, list, str and bool, every
number a text without idle zeros ("0.5", "98"), every string NFC. A field that is unknown, missing, empty or of the
wrong sort is named with its place, never ignored.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Any

from inspect_app.refusals import N_
from inspect_app.rubrics.publishing import Problem
from inspect_app.rubrics.shapes import (
    FIELDS_OF_KIND,
    KINDS_OF_CLASS,
    Band,
    Completeness,
    Criterion,
    Cycle,
    Group,
    Level,
    Rubric,
    ScoringKind,
    Source,
    ZeroDenominator,
)
from inspect_app.rubrics.yaml_form import Number, UnreadableText, read_tree, write_tree

SCHEMA = "cchc-rubric/1"
ROOT = "bộ tiêu chí"

Content = dict[str, Any]
Reader = Callable[[Any, str, list[Problem]], Any]

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,8})(\.\d{1,10})?", re.ASCII)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}", re.ASCII)
_CODE = re.compile(r"[^\W_][\w.\-/]{0,39}")


def read_rubric(text: str) -> tuple[Content, list[Problem]]:
    """The content of a YAML text, and what is wrong with it. Content with problems is not to be stored."""
    try:
        tree = read_tree(text)
    except UnreadableText as error:
        return {}, [error.problem]
    return check_content(tree)


def check_content(tree: Any) -> tuple[Content, list[Problem]]:
    """The same for a tree that came by another way (an editor, a spreadsheet); numbers as Decimal, int or text."""
    problems: list[Problem] = []
    content = _RUBRIC(tree, "", problems) or {}
    _name_duplicates(content, problems)
    return content, problems


def write_rubric(content: Content) -> str:
    """The YAML text of a content without problems; `read_rubric` reads the same content from it."""
    return write_tree(_with_plain_numbers(content))


def parse(content: Content) -> Rubric:
    """The rubric of a content without problems."""
    return Rubric(
        id=content["id"],
        name_vi=content["name_vi"],
        name_en=content.get("name_en", ""),
        applies_to=tuple(content["applies_to"]),
        cycle=Cycle(content["cycle"]),
        max_points=_optional(content, "max_points"),
        official=content["official"],
        completeness=Completeness(content["completeness"]),
        unscored=content.get("unscored", False),
        sources=tuple(content["sources"]),
        notes=tuple(content.get("notes", ())),
        groups=tuple(parse_group(group) for group in content["groups"]),
    )


def parse_group(content: Content) -> Group:
    """A field of the rubric."""
    return Group(
        code=content["code"],
        name_vi=content["name_vi"],
        max_points=_optional(content, "max_points"),
        notes=content.get("notes", ""),
        criteria=tuple(parse_criterion(criterion) for criterion in content.get("criteria", ())),
    )


def parse_criterion(content: Content) -> Criterion:
    """A criterion with its sub-criteria: what the tablet receives as JSON is this content as it is."""
    return Criterion(
        code=content["code"],
        name_vi=content["name_vi"],
        max_points=_optional(content, "max_points"),
        kind=ScoringKind(content["scoring"]) if "scoring" in content else None,
        children=tuple(parse_criterion(child) for child in content.get("children", ())),
        na_allowed=content.get("na_allowed", True),
        source=Source(content["source"]) if "source" in content else None,
        evidence=content.get("evidence", ""),
        notes=content.get("notes", ""),
        numerator=content.get("numerator", ""),
        denominator=content.get("denominator", ""),
        levels=tuple(Level(level["label_vi"], _decimal(level["points"])) for level in content.get("levels", ())),
        bands=tuple(
            Band(_decimal(band["from_pct"]), _decimal(band["points"]), band.get("exclusive", False))
            for band in content.get("bands", ())
        ),
        weights=tuple(_decimal(weight) for weight in content.get("weights", ())),
        threshold_pct=_optional(content, "threshold_pct"),
        floor_pct=_optional(content, "floor_pct"),
        zero_denominator=ZeroDenominator(content.get("zero_denominator", ZeroDenominator.NA)),
        allow_over=content.get("allow_over", False),
        penalty_per_event=_optional(content, "penalty_per_event"),
        points_per_event=_optional(content, "points_per_event"),
        cap=_optional(content, "cap"),
    )


def _decimal(number: str | int | Decimal) -> Decimal:
    if isinstance(number, float):
        raise TypeError("a number of a rubric is text, never a float")
    return Decimal(number)


def _optional(content: Content, field: str) -> Decimal | None:
    return _decimal(content[field]) if field in content else None


# ── What may stand where ──


def _words(value: Any, place: str, problems: list[Problem]) -> str | None:
    if isinstance(value, Decimal):
        value = format(value, "f")
    if not isinstance(value, str):
        return _wrong(problems, N_("%(place)s: phải là chữ"), place)
    value = unicodedata.normalize("NFC", value).strip()
    if not value:
        return _wrong(problems, N_("%(place)s: không có giá trị"), place)
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in value):
        return _wrong(problems, N_("%(place)s: có ký tự điều khiển"), place)
    return value


def _matching(pattern: re.Pattern[str], message: str) -> Reader:
    def read(value: Any, place: str, problems: list[Problem]) -> str | None:
        words = _words(value, place, problems)
        if words is None or pattern.fullmatch(words):
            return words
        return _wrong(problems, message, place)

    return read


def _short_words(value: Any, place: str, problems: list[Problem]) -> str | None:
    words = _words(value, place, problems)
    if words is not None and len(words) > 250:
        return _wrong(problems, N_("%(place)s: dài quá 250 ký tự"), place)
    return words


def _number(value: Any, place: str, problems: list[Problem]) -> str | None:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = format(Decimal(value), "f")
    if not isinstance(value, str) or not re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII):
        return _wrong(problems, N_("%(place)s: phải là số"), place)
    if not _NUMBER.fullmatch(value):
        return _wrong(problems, N_("%(place)s: số quá dài"), place)
    number = Decimal(value)
    return "0" if number == 0 else format(number.normalize(), "f")


def _truth(value: Any, place: str, problems: list[Problem]) -> bool | None:
    return value if isinstance(value, bool) else _wrong(problems, N_("%(place)s: phải là true hoặc false"), place)


def _one_of(*known: str) -> Reader:
    def read(value: Any, place: str, problems: list[Problem]) -> str | None:
        if isinstance(value, str) and value in known:
            return str(value)
        return _wrong(problems, N_("%(place)s: phải là một trong các giá trị %(known)s"), place, known=", ".join(known))

    return read


def _one_of_enum(enum: type[StrEnum]) -> Reader:
    return _one_of(*(member.value for member in enum))


def _list_of(read_item: Reader) -> Reader:
    def read(value: Any, place: str, problems: list[Problem]) -> list[Any] | None:
        if not isinstance(value, list | tuple):
            return _wrong(problems, N_("%(place)s: phải là danh sách"), place)
        items = [read_item(item, f"{place}[{index}]", problems) for index, item in enumerate(value)]
        return [item for item in items if item is not None]

    return read


def _object(required: dict[str, Reader], optional: dict[str, Reader]) -> Reader:
    """Fields in the order in which they are written; every field outside the two tables is named."""
    readers = required | optional

    def read(value: Any, place: str, problems: list[Problem]) -> Content | None:
        if not isinstance(value, dict):
            return _wrong(problems, N_("%(place)s: phải gồm các trường có tên"), place or ROOT)
        for field in value:
            if field not in readers:
                _wrong(problems, N_("%(place)s: trường lạ '%(field)s'"), place or ROOT, field=field)
        for field in required:
            if field not in value:
                _wrong(problems, N_("%(place)s: thiếu trường '%(field)s'"), place or ROOT, field=field)
        read_fields = {
            field: _field(readers[field], value[field], f"{place}.{field}" if place else field, problems)
            for field in (field for field in readers if field in value)
        }
        return {field: read for field, read in read_fields.items() if read is not None and read != []} | {
            field: [] for field in required if read_fields.get(field) == []
        }

    return read


def _field(reader: Reader, value: Any, place: str, problems: list[Problem]) -> Any:
    if value is None:
        return _wrong(problems, N_("%(place)s: không có giá trị"), place)
    return reader(value, place, problems)


def _wrong(problems: list[Problem], message: str, place: str, **facts: Any) -> Any:
    """Names a problem; gives back None, which every reader gives for what it could not read."""
    problems.append(Problem(message, place=place, **facts))


def _criterion(value: Any, place: str, problems: list[Problem]) -> Content | None:
    content: Content | None = _CRITERION_FIELDS(value, place, problems)
    if content is None:
        return None
    if "children" in content:
        foreign = _OF_KINDS | {"scoring", "na_allowed", "source"}
        message = N_("%(place)s: trường '%(field)s' không dùng cho tiêu chí có tiêu chí thành phần")
    else:
        unclear = "scoring" in value and "scoring" not in content
        own = _OF_KINDS if unclear else _fields_of(content.get("scoring"))
        foreign = _OF_KINDS - own
        message = N_("%(place)s: trường '%(field)s' không dùng cho cách chấm này")
    for field in content:
        if field in foreign:
            _wrong(problems, message, place, field=field)
    return content


def _fields_of(scoring: str | None) -> frozenset[str]:
    return FIELDS_OF_KIND[ScoringKind(scoring)] if scoring else frozenset()


def _name_duplicates(content: Content, problems: list[Problem]) -> None:
    groups = content.get("groups", [])
    for code in _twice(group.get("code") for group in groups):
        problems.append(Problem(N_("Mã lĩnh vực '%(code)s' có hai lần."), code=code))
    criteria = (criterion for group in groups for top in group.get("criteria", []) for criterion in _family(top))
    for code in _twice(criterion.get("code") for criterion in criteria):
        problems.append(Problem(N_("Mã tiêu chí '%(code)s' có hai lần."), code=code))


def _family(criterion: Content) -> Iterator[Content]:
    yield criterion
    for child in criterion.get("children", []):
        yield from _family(child)


def _twice(codes: Iterator[str | None]) -> list[str]:
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for code in codes:
        if code in seen:
            twice[code] = None
        if code is not None:
            seen.add(code)
    return list(twice)


def _with_plain_numbers(content: Any, field: str = "") -> Any:
    if isinstance(content, dict):
        return {key: _with_plain_numbers(value, key) for key, value in content.items()}
    if isinstance(content, list):
        return [_with_plain_numbers(item, field) for item in content]
    return Number(content) if field in _NUMBER_FIELDS else content


_OF_KINDS = frozenset().union(*FIELDS_OF_KIND.values())
_NUMBER_FIELDS = {
    "max_points", "points", "from_pct", "threshold_pct", "floor_pct", "penalty_per_event", "points_per_event", "cap",
    "weights",
}  # fmt: skip

_a_code = _matching(_CODE, N_("%(place)s: mã chỉ gồm chữ, số và dấu . - / (tối đa 40 ký tự)"))
_LEVEL = _object({"label_vi": _words, "points": _number}, {})
_BAND = _object({"from_pct": _number, "points": _number}, {"exclusive": _truth})
_CRITERION_FIELDS = _object(
    {"code": _a_code, "name_vi": _words},
    {
        "max_points": _number,
        "scoring": _one_of_enum(ScoringKind),
        "levels": _list_of(_LEVEL),
        "bands": _list_of(_BAND),
        "threshold_pct": _number,
        "floor_pct": _number,
        "zero_denominator": _one_of_enum(ZeroDenominator),
        "allow_over": _truth,
        "penalty_per_event": _number,
        "points_per_event": _number,
        "cap": _number,
        "weights": _list_of(_number),
        "numerator": _words,
        "denominator": _words,
        "na_allowed": _truth,
        # An answer after explanation replaces the appraised one; a rubric names only who answers.
        "source": _one_of("self", "team", "appraised", "survey"),
        "evidence": _words,
        "notes": _words,
        "children": _list_of(_criterion),
    },
)
_GROUP = _object(
    {"code": _a_code, "name_vi": _words},
    {"max_points": _number, "notes": _words, "criteria": _list_of(_criterion)},
)
_RUBRIC = _object(
    {
        "schema": _one_of(SCHEMA),
        "id": _matching(_ID, N_("%(place)s: chỉ gồm chữ thường không dấu, số và dấu . _ -")),
        "name_vi": _short_words,
        "applies_to": _list_of(_one_of(*KINDS_OF_CLASS)),
        "cycle": _one_of_enum(Cycle),
        "official": _truth,
        "completeness": _one_of_enum(Completeness),
        "sources": _list_of(_words),
        "groups": _list_of(_GROUP),
    },
    {"name_en": _short_words, "max_points": _number, "unscored": _truth, "notes": _list_of(_words)},
)
