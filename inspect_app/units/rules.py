"""What a unit is, when it exists, and who took over from whom. See docs/rules.md."""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from inspect_app.moves import Named
from inspect_app.refusals import N_, NP_

Code = TypeVar("Code", bound=Hashable)
"""A unit's code or id: anything that names it."""


class UnitKind(Named):
    """What kind of authority, or part of one, a unit is."""

    TINH = "tinh", NP_("kind", "Tỉnh, thành phố")
    BO = "bo", NP_("kind", "Bộ, cơ quan ngang bộ")
    SO = "so", NP_("kind", "Sở, ban, ngành")
    NGANH_DOC = "nganh_doc", N_("Cơ quan ngành dọc")
    XA = "xa", N_("Xã")
    PHUONG = "phuong", N_("Phường")
    THI_TRAN = "thi_tran", N_("Thị trấn")
    DAC_KHU = "dac_khu", N_("Đặc khu")
    QUAN = "quan", N_("Quận")
    HUYEN = "huyen", N_("Huyện")
    THI_XA = "thi_xa", N_("Thị xã")
    PHONG = "phong", N_("Phòng chuyên môn")
    TRUNG_TAM = "trung_tam", N_("Trung tâm")
    SU_NGHIEP = "su_nghiep", N_("Đơn vị sự nghiệp")
    KHAC = "khac", N_("Đơn vị khác")


KINDS_OF_CLASS: Mapping[str, frozenset[UnitKind]] = {
    "bo": frozenset({UnitKind.BO}),
    "tinh": frozenset({UnitKind.TINH}),
    "so": frozenset({UnitKind.SO}),
    "huyen": frozenset({UnitKind.QUAN, UnitKind.HUYEN, UnitKind.THI_XA}),
    "xa": frozenset({UnitKind.XA, UnitKind.PHUONG, UnitKind.THI_TRAN, UnitKind.DAC_KHU}),
    "phong_chuyen_mon_huyen": frozenset({UnitKind.PHONG}),
    "nganh_doc": frozenset({UnitKind.NGANH_DOC}),
}
"""The classes of kinds that a rubric's `applies_to` names."""


class ChangeKind(Named):
    """What became of a unit."""

    MERGE = "merge", N_("Sáp nhập, hợp nhất")
    SPLIT = "split", N_("Chia, tách")
    RENAME = "rename", N_("Đổi tên")
    MOVE = "move", N_("Chuyển cấp trên")
    DISSOLVE = "dissolve", N_("Giải thể")


class TenureKind(Named):
    """How a person holds a post. An acting head signs as Q., a deputy as KT."""

    FULL = "full", N_("Chính thức")
    ACTING = "acting", N_("Quyền, phụ trách")
    DEPUTY = "deputy", N_("Cấp phó")


class Valid(Protocol):
    """Anything with two days of validity, both included; an open end is None."""

    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Change(Generic[Code]):
    """One line of a reorganisation: on `day` the duties of `from_code` passed to `to_code`, or to nobody (None)."""

    day: date
    from_code: Code
    to_code: Code | None
    main_successor: bool
    kind: ChangeKind


@dataclass(frozen=True, slots=True)
class Heirs(Generic[Code]):
    """Who stands for a unit after every change up to a day. `main` is None when nobody took over."""

    main: Code | None
    all: tuple[Code, ...]


class Successions(Generic[Code]):
    """The changes of units, ready to be asked forwards and backwards."""

    def __init__(self, changes: Iterable[Change[Code]]) -> None:
        self._after: dict[Code, list[Change[Code]]] = {}
        self._before: dict[Code, list[Change[Code]]] = {}
        for change in sorted(changes, key=lambda change: change.day):
            self._after.setdefault(change.from_code, []).append(change)
            if change.to_code is not None:
                self._before.setdefault(change.to_code, []).append(change)

    def steps_from(self, code: Code, on: date) -> tuple[Change[Code], ...]:
        """The changes that ended or split this unit on or before `on`."""
        return tuple(change for change in self._after.get(code, ()) if change.day <= on)

    def steps_to(self, code: Code, on: date) -> tuple[Change[Code], ...]:
        """The changes on or before `on` that made this unit take something over."""
        return tuple(change for change in self._before.get(code, ()) if change.day <= on)

    def main_chain(self, code: Code, on: date) -> tuple[Code, ...]:
        """The main successor, its main successor and so on, nearest first; empty when nobody took over."""
        chain: list[Code] = []
        while True:
            mains = [step.to_code for step in self.steps_from(code, on) if step.main_successor]
            following = mains[-1] if mains else None
            if following is None or following == code or following in chain:
                return tuple(chain)
            chain.append(following)
            code = following

    def heirs(self, code: Code, on: date) -> Heirs[Code]:
        """Those who stand at the end of every way from this unit."""
        ends: dict[Code, None] = {}
        seen, waiting = {code}, [code]
        while waiting:
            here = waiting.pop(0)
            following = [step.to_code for step in self.steps_from(here, on) if step.to_code is not None]
            if not following and here != code:
                ends[here] = None
            waiting += [there for there in following if there not in seen]
            seen.update(following)
        chain = self.main_chain(code, on)
        return Heirs(chain[-1] if chain else None, tuple(ends))

    def main_predecessors(self, code: Code, on: date) -> frozenset[Code]:
        """All units, through any number of changes, whose main successor this unit is."""
        found: set[Code] = set()
        waiting = [code]
        while waiting:
            for step in self.steps_to(waiting.pop(), on):
                if step.main_successor and step.from_code not in found and step.from_code != code:
                    found.add(step.from_code)
                    waiting.append(step.from_code)
        return frozenset(found)

    def ended_without_heir(self, code: Code, on: date) -> bool:
        """True when a change dissolved this unit and nobody took over."""
        steps = self.steps_from(code, on)
        return bool(steps) and all(step.to_code is None for step in steps)

    def renamed_from(self, code: Code, on: date) -> tuple[Code, ...]:
        """The earlier codes of the same unit, nearest first."""
        names: list[Code] = []
        while True:
            earlier = [step.from_code for step in self.steps_to(code, on) if step.kind is ChangeKind.RENAME]
            if not earlier or earlier[0] in names:
                return tuple(names)
            code = earlier[0]
            names.append(code)


def in_force(unit: Valid, on: date) -> bool:
    """True when the unit exists on this day; both days of validity are included."""
    return (unit.valid_from is None or unit.valid_from <= on) and (unit.valid_to is None or on <= unit.valid_to)


def ended(unit: Valid, on: date) -> bool:
    """True when the unit existed and no longer does on this day."""
    return unit.valid_to is not None and unit.valid_to < on


def successors(code: Code, changes: Successions[Code] | Iterable[Change[Code]], on: date) -> Heirs[Code]:
    """Who stands for a unit after every change up to `on`, through any number of steps."""
    known = changes if isinstance(changes, Successions) else Successions(changes)
    return known.heirs(code, on)


def owner_of(
    code: Code, units: Mapping[Code, Valid], changes: Successions[Code] | Iterable[Change[Code]], on: date
) -> Code | None:
    """Who answers on this day for what was left to a unit: itself while it exists, then its main successor.

    None when it ended and nobody took over: its open work stands without an owner until it is reassigned.
    """
    if code in units and not ended(units[code], on):
        return code
    known = changes if isinstance(changes, Successions) else Successions(changes)
    return next((heir for heir in known.main_chain(code, on) if heir in units and in_force(units[heir], on)), None)


def kinds_of(classes: Iterable[str]) -> frozenset[UnitKind]:
    """The kinds of unit that a rubric's `applies_to` means. An unknown class raises KeyError."""
    return frozenset().union(*(KINDS_OF_CLASS[name] for name in classes))


def fold(text: str) -> str:
    """Text as the search compares it: lower case, no accents, đ as d, single spaces; NFC and NFD alike."""
    bare = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return " ".join(bare.casefold().replace("đ", "d").split())


HEAD_TITLES: Mapping[UnitKind, str] = {
    UnitKind.TINH: "Chủ tịch UBND tỉnh",
    UnitKind.BO: "Bộ trưởng",
    UnitKind.SO: "Giám đốc",
    UnitKind.XA: "Chủ tịch UBND xã",
    UnitKind.PHUONG: "Chủ tịch UBND phường",
    UnitKind.THI_TRAN: "Chủ tịch UBND thị trấn",
    UnitKind.DAC_KHU: "Chủ tịch UBND đặc khu",
    UnitKind.QUAN: "Chủ tịch UBND quận",
    UnitKind.HUYEN: "Chủ tịch UBND huyện",
    UnitKind.THI_XA: "Chủ tịch UBND thị xã",
    UnitKind.PHONG: "Trưởng phòng",
    UnitKind.TRUNG_TAM: "Giám đốc",
}
TITLES_BY_NAME = (
    ("Thành phố ", "Chủ tịch UBND Thành phố"),
    ("Văn phòng ", "Chánh Văn phòng"),
    ("Thanh tra ", "Chánh Thanh tra"),
    ("Ban ", "Trưởng ban"),
    ("Viện ", "Viện trưởng"),
    ("Chi cục ", "Chi cục trưởng"),
    ("Cục ", "Cục trưởng"),
    ("Thuế ", "Trưởng Thuế"),
    ("Thống kê ", "Trưởng Thống kê"),
    ("Bảo hiểm ", "Giám đốc"),
    ("Kho bạc ", "Giám đốc"),
    ("Hải quan ", "Chi cục trưởng"),
)
"""Authorities whose head is called by another title than the rest of their kind."""


def head_title(kind: UnitKind, name: str) -> str:
    """The title of the head's post, as official papers write it; it is data in Vietnamese, not a word of the screen."""
    by_name = next((title for opening, title in TITLES_BY_NAME if name.startswith(opening)), None)
    return by_name or HEAD_TITLES.get(kind, "Thủ trưởng đơn vị")


def search_text(name: str, code: str) -> str:
    """What the search of units looks through: the words of name and code, folded; at most 300 letters."""
    return words_of(f"{name} {code} {code.rpartition('-')[2]}")[:300]


def words_of(text: str) -> str:
    """The words of a text as the search compares them: folded, without brackets, commas and quotes."""
    return " ".join(re.sub(r"[^\w./&-]", " ", fold(text)).split())


Id = TypeVar("Id", bound=Hashable)


def reach_above(
    unit: Id, parents: Mapping[Id, Id | None], links: Mapping[Id, Iterable[Id]]
) -> dict[Id, tuple[int, bool]]:
    """Everything that reaches a unit: (steps, whether a step goes through `coordinated_by`), itself at (0, False).

    The way through parents alone is taken where there is one; otherwise the shortest way with coordinators.
    """
    found: dict[Id, tuple[int, bool]] = {unit: (0, False)}
    here, steps = parents.get(unit), 1
    while here is not None and here not in found:
        found[here] = (steps, False)
        here, steps = parents.get(here), steps + 1
    waiting = [(coordinator, steps + 1) for above, (steps, _) in found.items() for coordinator in links.get(above, ())]
    while waiting:
        waiting.sort(key=lambda reached: reached[1])
        here, steps = waiting.pop(0)
        if here in found:
            continue
        found[here] = (steps, True)
        onward = [parents.get(here), *links.get(here, ())]
        waiting += [(above, steps + 1) for above in onward if above is not None]
    return found
