"""The server merges, draws and digests as the tablet does, on the same cases (tests/js/tablet-rules.test.js)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inspect_app.config import ROOT
from inspect_app.inspections.rules_tablet import Register, Seen, canonical, content_digest, draw, hash_of, merge

FOLDER = ROOT / "tests/cases/tablet"
MERGE, SAMPLING, DIGEST = (
    json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in ("merge", "sampling", "digest")
)


@pytest.mark.parametrize("case", MERGE["cases"], ids=[case["name"] for case in MERGE["cases"]])
def test_two_answers_are_merged(case: dict[str, Any]) -> None:
    base = Seen(**case["base"]) if case["base"] else None
    assert merge(Register(**case["current"]), base, case["incoming"]["value_hash"]) == case["decision"]


@pytest.mark.parametrize("case", SAMPLING["cases"], ids=str)
def test_case_files_are_drawn(case: dict[str, Any]) -> None:
    assert draw(case["seed"], case["population"], case["size"]) == case["drawn"]


@pytest.mark.parametrize("wish", SAMPLING["refused"], ids=str)
def test_what_cannot_be_drawn_is_refused(wish: list[int]) -> None:
    with pytest.raises(ValueError, match="no such draw"):
        draw(*wish)


@given(some.integers(0, 2**32 - 1), some.integers(1, 10_000), some.data())
def test_a_draw_holds_each_number_at_most_once(seed: int, population: int, data: Any) -> None:
    size = data.draw(some.integers(1, min(population, 200)))
    drawn = draw(seed, population, size)
    assert len(set(drawn)) == size and drawn == sorted(drawn)
    assert drawn[0] >= 1 and drawn[-1] <= population


def test_every_number_is_drawn_about_as_often_as_any_other() -> None:
    counts = dict.fromkeys(range(1, 11), 0)
    for seed in range(10_000):
        for number in draw(seed, 10, 3):
            counts[number] += 1
    assert all(2_800 < count < 3_200 for count in counts.values()), counts


@pytest.mark.parametrize("case", DIGEST["registers"], ids=[case["name"] for case in DIGEST["registers"]])
def test_a_register_has_one_text_and_one_hash(case: dict[str, Any]) -> None:
    assert canonical(case["register"]) == case["canonical"]
    assert hash_of(case["register"]) == case["hash"]


@pytest.mark.parametrize("case", DIGEST["contents"], ids=str)
def test_a_content_has_one_digest(case: dict[str, Any]) -> None:
    assert content_digest(case["content"]) == case["digest"]
