"""YAML as a plain tree and back: numbers are Decimal built from their text, never float.

Narrower than YAML on purpose: one document, no anchors, aliases or tags, no key twice, true and false alone are truth
values, a date stays text, `08` and `1e3` are text. Nothing is constructed but dict, list, str, Decimal, bool and None.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import yaml

from inspect_app.refusals import N_
from inspect_app.rubrics.publishing import Problem

LARGEST_TEXT = 2 * 1024 * 1024
DEEPEST = 24

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
_NOTHING = {"", "~", "null", "Null", "NULL"}
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableText(Exception):
    """The text is not the YAML that is accepted here; `problem` says where and why."""

    def __init__(self, message: str, /, **facts: Any) -> None:
        super().__init__(message)
        self.problem = Problem(message, **facts)


class Number(str):
    """A number as text that is written without quotes."""

    __slots__ = ()


def read_tree(text: str) -> Any:
    """The tree of a YAML text. Raises UnreadableText."""
    try:
        if len(text.encode()) > LARGEST_TEXT:
            raise UnreadableText(N_("Tệp lớn hơn 2 MB."))
        return _document(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise UnreadableText(N_("Dòng %(line)d: không đúng cú pháp YAML."), line=line) from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise UnreadableText(N_("Tệp có ký tự không đọc được.")) from error


def write_tree(tree: Any) -> str:
    """The YAML text of a tree of dict, list, str, bool and Number; `read_tree` reads the same from it."""
    text: str = yaml.dump(
        tree, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=120
    )
    return text


class _Dumper(yaml.SafeDumper):
    """Quotes every text that a reader could take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _written_number(dumper: yaml.Dumper, number: Number) -> yaml.Node:
    text = str(number)
    return dumper.represent_scalar(dumper.resolve(yaml.ScalarNode, text, (True, False)), text)


_Dumper.add_representer(Number, _written_number)
_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(_NUMBER.pattern + "$"), list("-0123456789"))


def _document(events: Iterator[yaml.Event]) -> Any:
    tree, documents = None, 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise UnreadableText(N_("Tệp có nhiều hơn một tài liệu YAML."))
            tree = _node(events, next(events), "", 0)
    return tree


def _node(events: Iterator[yaml.Event], event: yaml.Event, place: str, depth: int) -> Any:
    _refuse_fancy(event, depth)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_node(events, event, f"{place}[{len(items)}]", depth + 1))
        return items
    fields: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _key(event, place)
        if key in fields:
            raise UnreadableText(
                N_("Dòng %(line)d: trường '%(field)s' ghi hai lần trong %(place)s."),
                line=_line(event),
                field=key,
                place=place or "bộ tiêu chí",
            )
        fields[key] = _node(events, next(events), f"{place}.{key}" if place else key, depth + 1)
    return fields


def _key(event: yaml.Event, place: str) -> str:
    _refuse_fancy(event, 0)
    if not isinstance(event, yaml.ScalarEvent) or not event.value.strip():
        raise UnreadableText(
            N_("Dòng %(line)d: có giá trị không có tên trường trong %(place)s."),
            line=_line(event),
            place=place or "bộ tiêu chí",
        )
    return str(event.value)


def _refuse_fancy(event: yaml.Event, depth: int) -> None:
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise UnreadableText(N_("Dòng %(line)d: không nhận ký hiệu & và * của YAML."), line=_line(event))
    if event.tag is not None:
        raise UnreadableText(N_("Dòng %(line)d: không nhận nhãn kiểu dữ liệu của YAML."), line=_line(event))
    if depth > DEEPEST:
        raise UnreadableText(N_("Dòng %(line)d: lồng nhau quá sâu."), line=_line(event))


def _scalar(event: yaml.ScalarEvent) -> Any:
    text: str = event.value
    if event.style or not event.implicit[0]:
        return text
    if text in _NOTHING:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    return Decimal(text) if _NUMBER.fullmatch(text) else text


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1
