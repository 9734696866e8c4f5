"""What a team would have answered."""

from decimal import Decimal
from random import Random
from typing import Any

from inspect_app.rubrics.rules import Criterion, ScoringKind


def likely_answer(criterion: Criterion, quality: float, chance: Random) -> dict[str, Any]:
    """An answer that a unit of this quality (0 to 1) would get: at worst halfway, never nothing at all."""
    good = chance.random() < quality
    match criterion.kind:
        case ScoringKind.OPTIONS:
            return {"level": 0 if good else 1}
        case ScoringKind.BOOLEAN:
            return {"value": good}
        case ScoringKind.PENALTY | ScoringKind.DEDUCTION:
            return {"events": 0 if good else chance.randrange(1, 4)}
        case ScoringKind.BONUS:
            return {"events": chance.randrange(0, 2)}
        case ScoringKind.SURVEY:
            return {"share_pct": str(Decimal(chance.randrange(600, 990)) / 10)}
        case _:
            total = chance.randrange(24, 180)
            share = chance.uniform(0.92, 1.0) if good else chance.uniform(0.45, 0.9)
            return {"numerator": min(total, round(total * share)), "denominator": total}
