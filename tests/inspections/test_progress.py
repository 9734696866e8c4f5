"""How far a visit is: the server counts as the tablet does, on the same cases (tests/js/tablet-progress.test.js)."""

import json
from typing import Any

import pytest

from inspect_app.config import ROOT
from inspect_app.inspections.rules_field import COMMON_REASONS, in_words, progress, still_missing
from inspect_app.rubrics.reading import parse
from inspect_app.rubrics.rules import Rubric

CASES = json.loads((ROOT / "tests/cases/field/progress.json").read_text())


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return parse(CASES["rubric"])


@pytest.mark.parametrize("case", CASES["cases"], ids=[case["name"] for case in CASES["cases"]])
def test_progress_counts_what_waits_and_what_failed(rubric: Rubric, case: dict[str, Any]) -> None:
    found = progress(rubric, case["answers"])
    counted = {code: [each.answered, each.questions, each.failed] for code, each in found.items()}
    assert counted == case["progress"]


@pytest.mark.parametrize("case", CASES["cases"], ids=[case["name"] for case in CASES["cases"]])
def test_what_is_missing_is_what_the_tablet_asks_for(rubric: Rubric, case: dict[str, Any]) -> None:
    missing = still_missing(rubric, case["answers"], proven=())
    assert next(iter(missing.unanswered), None) == case["next"]
    assert list(missing.unproven) == case["proof"]


def test_there_are_five_common_reasons() -> None:
    assert len(set(COMMON_REASONS)) == 5


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "Chưa trả lời"),
        ({"na": "Không phát sinh"}, "Không áp dụng: Không phát sinh"),
        ({"level": 1}, "Kém"),
        ({"value": True}, "Có"),
        ({"value": False}, "Không"),
        ({"numerator": 3, "denominator": 4}, "3/4"),
        ({"rate_pct": "85.4"}, "85,4%"),
        ({"share_pct": "90"}, "90%"),
        ({"counts": [1, 2, 3]}, "Số phiếu: 1 · 2 · 3"),
        ({"events": 2}, "2 lần"),
    ],
)
def test_an_answer_reads_as_people_say_it(rubric: Rubric, value: Any, words: str) -> None:
    message, facts = in_words(next(rubric.leaves()), value)
    assert (message % facts if facts else message) == words
