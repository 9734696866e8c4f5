"""What a rubric is: fields, criteria, sub-criteria and the ways in which a criterion is scored.

Pure data, read from the stored content by `reading.parse`. Points and percentages are Decimal. The rules that use
these shapes stand in `points.py` (one criterion) and `rules.py` (sums, publication, the figure in force).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class ScoringKind(StrEnum):
    """How an answer becomes points (docs/rules.md, "Points of a criterion")."""

    OPTIONS = "options"
    BOOLEAN = "boolean"
    RATIO = "ratio"
    BANDS = "bands"
    PENALTY = "penalty"
    BONUS = "bonus"
    SURVEY = "survey"
    DEDUCTION = "deduction"


class ZeroDenominator(StrEnum):
    """What nothing out of nothing counts as."""

    NA = "na"
    ZERO = "zero"
    FULL = "full"


class Source(StrEnum):
    """Who gave an answer, in the order in which a later one replaces an earlier one."""

    SELF = "self"
    TEAM = "team"
    APPRAISED = "appraised"
    EXPLAINED = "explained"
    SURVEY = "survey"


class Cycle(StrEnum):
    """When a rubric is answered."""

    INSPECTION = "inspection"
    YEAR = "year"
    REALTIME = "realtime"


class Completeness(StrEnum):
    """How much of the original document the rubric holds."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    STRUCTURE_ONLY = "structure_only"


# The classes of units that a rubric may be for, and the kinds of units in each.
KINDS_OF_CLASS: dict[str, frozenset[str]] = {
    "so": frozenset({"so"}),
    "xa": frozenset({"xa", "phuong", "thi_tran", "dac_khu"}),
    "huyen": frozenset({"quan", "huyen", "thi_xa"}),
    "tinh": frozenset({"tinh"}),
    "bo": frozenset({"bo"}),
    "phong_chuyen_mon_huyen": frozenset({"phong_chuyen_mon_huyen"}),
}

# The fields that belong to each way of scoring; on a criterion of another kind they are refused.
FIELDS_OF_KIND: dict[ScoringKind, frozenset[str]] = {
    ScoringKind.OPTIONS: frozenset({"levels"}),
    ScoringKind.BOOLEAN: frozenset(),
    ScoringKind.RATIO: frozenset({"threshold_pct", "floor_pct", "zero_denominator", "allow_over"}),
    ScoringKind.BANDS: frozenset({"bands", "zero_denominator", "allow_over"}),
    ScoringKind.PENALTY: frozenset({"penalty_per_event"}),
    ScoringKind.BONUS: frozenset({"points_per_event"}),
    ScoringKind.SURVEY: frozenset({"weights", "zero_denominator"}),
    ScoringKind.DEDUCTION: frozenset({"points_per_event", "cap"}),
}

# Without these a criterion of that kind has no points: it cannot be answered, nor its rubric published.
FIGURES_NEEDED: dict[ScoringKind, tuple[str, ...]] = {
    ScoringKind.OPTIONS: ("max_points", "levels"),
    ScoringKind.BOOLEAN: ("max_points",),
    ScoringKind.RATIO: ("max_points",),
    ScoringKind.BANDS: ("max_points", "bands"),
    ScoringKind.PENALTY: ("max_points", "penalty_per_event"),
    ScoringKind.BONUS: ("max_points", "points_per_event"),
    ScoringKind.SURVEY: ("max_points",),
    ScoringKind.DEDUCTION: ("points_per_event", "cap"),
}


@dataclass(frozen=True, slots=True)
class Level:
    """One of the answers of a criterion of kind options."""

    label_vi: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Band:
    """The points from a rate upwards; with `exclusive` the rate itself does not reach the band."""

    from_pct: Decimal
    points: Decimal
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion or sub-criterion. With `children` it sums them and has no kind of its own."""

    code: str
    name_vi: str
    max_points: Decimal | None = None
    kind: ScoringKind | None = None
    children: tuple["Criterion", ...] = ()
    na_allowed: bool = True
    source: Source | None = None
    evidence: str = ""
    notes: str = ""
    numerator: str = ""
    denominator: str = ""
    levels: tuple[Level, ...] = ()
    bands: tuple[Band, ...] = ()
    weights: tuple[Decimal, ...] = ()
    threshold_pct: Decimal | None = None
    floor_pct: Decimal | None = None
    zero_denominator: ZeroDenominator = ZeroDenominator.NA
    allow_over: bool = False
    penalty_per_event: Decimal | None = None
    points_per_event: Decimal | None = None
    cap: Decimal | None = None

    @property
    def in_maximum(self) -> bool:
        """Whether its points belong to the applicable maximum: a bonus and a deduction never do."""
        return self.kind not in (ScoringKind.BONUS, ScoringKind.DEDUCTION)

    @property
    def missing_figures(self) -> tuple[str, ...]:
        """The figures without which this criterion has no points."""
        needed = FIGURES_NEEDED[self.kind] if self.kind else ()
        return tuple(name for name in needed if getattr(self, name) in (None, ()))

    def family(self) -> Iterator["Criterion"]:
        """Itself and everything below it, a parent before its children."""
        yield self
        for child in self.children:
            yield from child.family()

    def leaves(self) -> Iterator["Criterion"]:
        """The criteria below it (or itself) that take an answer."""
        return (criterion for criterion in self.family() if not criterion.children)


@dataclass(frozen=True, slots=True)
class Group:
    """A field of the rubric (lĩnh vực)."""

    code: str
    name_vi: str
    max_points: Decimal | None = None
    notes: str = ""
    criteria: tuple[Criterion, ...] = ()

    def family(self) -> Iterator[Criterion]:
        """Every criterion of the field, parents before children."""
        for criterion in self.criteria:
            yield from criterion.family()

    def leaves(self) -> Iterator[Criterion]:
        """The criteria of the field that take an answer, in their order."""
        for criterion in self.criteria:
            yield from criterion.leaves()


@dataclass(frozen=True, slots=True)
class Rubric:
    """A set of criteria (bộ tiêu chí). `unscored` holds findings only: no points, no index, no self-assessment."""

    id: str
    name_vi: str
    groups: tuple[Group, ...]
    name_en: str = ""
    applies_to: tuple[str, ...] = ()
    cycle: Cycle = Cycle.INSPECTION
    max_points: Decimal | None = None
    official: bool = False
    completeness: Completeness = Completeness.COMPLETE
    unscored: bool = False
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def family(self) -> Iterator[Criterion]:
        """Every criterion in rubric order, parents before children."""
        for group in self.groups:
            yield from group.family()

    def leaves(self) -> Iterator[Criterion]:
        """The criteria that take an answer, in rubric order."""
        for group in self.groups:
            yield from group.leaves()

    def kinds(self) -> frozenset[str]:
        """The kinds of units that this rubric is for."""
        return frozenset().union(*(KINDS_OF_CLASS[name] for name in self.applies_to))
