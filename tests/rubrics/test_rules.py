"""How answers count. The cases in tests/cases/scoring are shared with the tablet (tests/js/scoring.test.js)."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.rubrics.points import rounded
from inspect_app.rubrics.reading import parse, parse_criterion, parse_group
from inspect_app.rubrics.rules import (
    AnswerError,
    Criterion,
    Group,
    Rubric,
    ScoringKind,
    Source,
    ZeroDenominator,
    as_json,
    clean_answer,
    content_hash,
    figure_in_force,
    points_of,
    publishable,
    score,
    so_far,
    so_far_as_json,
)

CASES = Path(__file__).parents[1] / "cases" / "scoring"
OF_ONE_CRITERION = sorted(path for path in CASES.glob("*.json") if path.name not in ("totals.json", "rounding.json"))


def cases_of_criteria():
    for path in OF_ONE_CRITERION:
        file = json.loads(path.read_text("utf-8"))
        for case in file["cases"]:
            yield pytest.param(file["criteria"][case["criterion"]], case, id=f"{path.stem}: {case['name']}")


def cases_of_totals():
    file = json.loads((CASES / "totals.json").read_text("utf-8"))
    for case in file["cases"]:
        yield pytest.param(file["rubrics"][case["rubric"]], case, id=case["name"])


@pytest.mark.parametrize(("content", "case"), list(cases_of_criteria()))
def test_an_answer_gives_its_points_and_says_how(content, case):
    criterion = parse_criterion(content)
    if "error" in case:
        with pytest.raises(AnswerError) as refusal:
            points_of(criterion, case["answer"])
        assert str(refusal.value) == case["error"]
        assert refusal.value.facts["code"] == criterion.code
        assert refusal.value.status == 422
    else:
        figure = points_of(criterion, case["answer"])
        assert (str(figure.points), figure.applies, figure.trace) == (case["points"], case["applies"], case["trace"])


@pytest.mark.parametrize(("content", "case"), list(cases_of_totals()))
def test_answers_give_sums_and_an_index(content, case):
    rubric = a_rubric(content)
    if "error" in case:
        with pytest.raises(AnswerError) as refusal:
            score(rubric, case["answers"])
        assert str(refusal.value) == case["error"]
        return
    result = as_json(score(rubric, case["answers"]))
    assert set(result) == {"criteria", "groups", "total", "applicable_max", "index_pct", "unanswered"}
    for part, expected in case.get("score", {}).items():
        assert result[part] == expected, part
    if "criteria" in case.get("score", {}):
        assert list(result["criteria"]) == list(case["score"]["criteria"])
    whole, groups = so_far(rubric, case["answers"])
    if "so_far" in case:
        assert so_far_as_json(whole) == case["so_far"]
    for code, expected in case.get("groups_so_far", {}).items():
        assert so_far_as_json(groups[code]) == expected


@pytest.mark.parametrize("case", json.loads((CASES / "rounding.json").read_text("utf-8"))["cases"], ids=str)
def test_a_half_goes_up(case):
    exact = Fraction(case["over"]) / Fraction(case["under"])
    assert str(rounded(exact, case["places"])) == case["rounded"]


def test_the_shared_cases_are_at_least_150():
    files = [json.loads(path.read_text("utf-8")) for path in CASES.glob("*.json")]
    assert sum(len(file["cases"]) for file in files) >= 150


# ── What a rubric counts, as laws ──

POINTS = st.integers(1, 2000).map(lambda hundredths: Decimal(hundredths) / 100)


@st.composite
def answered_rubrics(draw):
    """A rubric of one or two fields and an answer (or none) to each of its criteria."""
    kinds = [yes_no, *draw(st.lists(st.sampled_from([yes_no, ratios, penalties, extras]), min_size=1, max_size=4))]
    leaves = [draw(kind(str(number))) for number, kind in enumerate(kinds)]
    answers = {leaf.code: answer for leaf in leaves if (answer := draw(an_answer_to(leaf))) is not None}
    cut = draw(st.integers(0, len(leaves)))
    groups = (Group("A", "A", criteria=tuple(leaves[:cut])), Group("B", "B", criteria=tuple(leaves[cut:])))
    return Rubric("mau", "Mẫu", groups), answers


def yes_no(code):
    return POINTS.map(lambda most: Criterion(code, "Có hay không", most, ScoringKind.BOOLEAN))


def ratios(code):
    return st.builds(
        lambda most, bounds, zero: Criterion(
            code, "Tỷ lệ", most, ScoringKind.RATIO,
            floor_pct=Decimal(min(bounds)), threshold_pct=Decimal(max(bounds)), zero_denominator=zero,
        ),
        POINTS, st.tuples(st.integers(0, 100), st.integers(1, 100)), st.sampled_from(ZeroDenominator),
    )  # fmt: skip


def penalties(code):
    return st.builds(
        lambda most, each: Criterion(code, "Trừ dần", most, ScoringKind.PENALTY, penalty_per_event=each), POINTS, POINTS
    )


def extras(code):
    bonus = st.builds(
        lambda most, each: Criterion(code, "Cộng", most, ScoringKind.BONUS, points_per_event=each), POINTS, POINTS
    )
    deduction = st.builds(
        lambda cap, each: Criterion(code, "Trừ", None, ScoringKind.DEDUCTION, points_per_event=each, cap=cap),
        POINTS, POINTS,
    )  # fmt: skip
    return bonus | deduction


def an_answer_to(criterion):
    if criterion.kind == ScoringKind.BOOLEAN:
        return st.sampled_from([None, {"value": True}, {"value": False}])
    if criterion.kind == ScoringKind.RATIO:
        pairs = ((0, 0), (0, 7), (1, 3), (41, 48), (99, 100), (5, 5))
        return st.sampled_from([None, *(counts(*pair) for pair in pairs)])
    return st.sampled_from([None, *({"events": events} for events in (0, 1, 2, 30))])


def counts(numerator, denominator):
    return {"numerator": numerator, "denominator": denominator}


def full_answer_to(criterion):
    if criterion.kind == ScoringKind.BOOLEAN:
        return {"value": True}
    return counts(5, 5) if criterion.kind == ScoringKind.RATIO else {"events": 0}


def without(rubric, code):
    groups = tuple(
        Group(group.code, group.name_vi, criteria=tuple(each for each in group.criteria if each.code != code))
        for group in rubric.groups
    )
    return Rubric(rubric.id, rubric.name_vi, groups)


NOT_APPLICABLE = {"na": "Không có"}


@given(answered_rubrics())
def test_not_applicable_gives_exactly_the_index_of_the_rubric_without_the_criterion(case):
    rubric, answers = case
    for leaf in rubric.leaves():
        left_out = score(rubric, answers | {leaf.code: NOT_APPLICABLE})
        others = {code: answer for code, answer in answers.items() if code != leaf.code}
        never_there = score(without(rubric, leaf.code), others)
        assert left_out.index_pct == never_there.index_pct
        assert (left_out.total, left_out.applicable_max) == (never_there.total, never_there.applicable_max)
        assert left_out.groups == never_there.groups


@given(answered_rubrics())
def test_nothing_turned_into_not_applicable_never_lowers_the_index(case):
    rubric, answers = case
    before = score(rubric, answers)
    for code, line in before.criteria.items():
        if line.applies and line.points == 0:
            after = score(rubric, answers | {code: NOT_APPLICABLE})
            assert after.index_pct is None or after.index_pct >= before.index_pct


@given(answered_rubrics())
def test_full_points_turned_into_not_applicable_never_raise_the_index(case):
    rubric, answers = case
    for leaf in rubric.leaves():
        if leaf.in_maximum:
            before = score(rubric, answers | {leaf.code: full_answer_to(leaf)})
            after = score(rubric, answers | {leaf.code: NOT_APPLICABLE})
            assert before.criteria[leaf.code].points == leaf.max_points
            assert after.index_pct is None or after.index_pct <= before.index_pct


@given(answered_rubrics())
def test_a_total_is_never_below_zero_and_an_index_never_outside_hundred(case):
    result = score(*case)
    assert result.total >= 0
    assert all(part.points >= 0 for part in result.groups.values())
    for index in (result.index_pct, *(part.index_pct for part in result.groups.values())):
        assert index is None or 0 <= index <= 100
    assert (result.index_pct is None) == (result.applicable_max == 0)


@given(answered_rubrics())
def test_so_far_is_the_score_of_the_answered_criteria_alone(case):
    rubric, answers = case
    whole, _ = so_far(rubric, answers)
    answered_only = rubric
    for leaf in rubric.leaves():
        if leaf.code not in answers:
            answered_only = without(answered_only, leaf.code)
    result = score(answered_only, answers)
    assert (whole.points, whole.max, whole.index_pct) == (result.total, result.applicable_max, result.index_pct)
    assert whole.questions - whole.answered == len(score(rubric, answers).unanswered)


@given(penalties("1"), st.integers(0, 10**6))
def test_a_penalty_stays_between_nothing_and_the_maximum_and_never_falls_with_fewer_events(criterion, events):
    points = points_of(criterion, {"events": events}).points
    assert 0 <= points <= criterion.max_points
    assert points_of(criterion, {"events": events + 1}).points <= points


@given(extras("1"), st.integers(0, 10**6))
def test_a_bonus_stays_under_its_maximum_and_a_deduction_under_its_cap(criterion, events):
    points = points_of(criterion, {"events": events}).points
    if criterion.kind == ScoringKind.BONUS:
        assert 0 <= points <= criterion.max_points
    else:
        assert -criterion.cap <= points <= 0


@given(ratios("1"), st.integers(1, 500), st.data())
def test_a_higher_ratio_never_gives_fewer_points(criterion, denominator, data):
    fewer, more = sorted(data.draw(st.tuples(st.integers(0, denominator), st.integers(0, denominator))))
    low = points_of(criterion, {"numerator": fewer, "denominator": denominator})
    high = points_of(criterion, {"numerator": more, "denominator": denominator})
    assert low.points <= high.points
    assert low.points >= 0 and high.points <= criterion.max_points


# ── Answers as they are stored ──


def test_an_answer_is_stored_without_floats_and_counts_the_same():
    ratio = parse_criterion({"code": "1", "name_vi": "Tỷ lệ", "max_points": "8", "scoring": "ratio"})
    assert clean_answer(ratio, {"rate_pct": 85.5}) == {"rate_pct": "85.5"}
    assert clean_answer(ratio, {"rate_pct": Decimal("85.50")}) == {"rate_pct": "85.50"}
    assert clean_answer(ratio, {"numerator": 1.0, "denominator": Decimal(3)}) == {"numerator": 1, "denominator": 3}
    assert clean_answer(ratio, {"na": " Không có "}) == {"na": "Không có"}
    survey = parse_criterion({"code": "1", "name_vi": "Khảo sát", "max_points": "8", "scoring": "survey"})
    assert clean_answer(survey, {"counts": (1, 2, 3, 4, 5)}) == {"counts": [1, 2, 3, 4, 5]}
    yes_or_no = parse_criterion({"code": "1", "name_vi": "Có", "max_points": "8", "scoring": "boolean"})
    assert clean_answer(yes_or_no, {"value": False}) == {"value": False}
    with pytest.raises(AnswerError):
        clean_answer(ratio, {"numerator": 2, "denominator": 1})


NO_RATES = [float("nan"), float("inf"), Decimal("NaN"), Decimal("1E+999999"), Decimal("1E-999999"), 10**5000, b"5"]


@pytest.mark.parametrize("given_rate", NO_RATES, ids=lambda rate: type(rate).__name__)
def test_a_rate_that_is_no_number_is_refused_at_once(given_rate):
    ratio = Criterion("1", "Tỷ lệ", Decimal(8), ScoringKind.RATIO, allow_over=True)
    with pytest.raises(AnswerError, match="tỷ lệ phải là số"):
        points_of(ratio, {"rate_pct": given_rate})


# ── The figure in force ──

PLAIN = Criterion("1", "Có hay không", Decimal(1), ScoringKind.BOOLEAN)
SURVEYED = Criterion("1", "Khảo sát", Decimal(1), ScoringKind.SURVEY)
APPRAISED = Criterion("1", "Thẩm định", Decimal(1), ScoringKind.BOOLEAN, source=Source.APPRAISED)


@pytest.mark.parametrize(
    ("criterion", "by_source", "expected"),
    [
        (PLAIN, {}, None),
        (PLAIN, {Source.SELF: 1}, (Source.SELF, 1)),
        (PLAIN, {Source.TEAM: 2, Source.SELF: 1}, (Source.TEAM, 2)),
        (PLAIN, {Source.SELF: 1, Source.APPRAISED: 3, Source.TEAM: 2}, (Source.APPRAISED, 3)),
        (PLAIN, {Source.APPRAISED: 3, Source.EXPLAINED: 4}, (Source.EXPLAINED, 4)),
        (PLAIN, {Source.EXPLAINED: 4, Source.SURVEY: 5}, (Source.SURVEY, 5)),
        (PLAIN, {Source.SELF: 1, Source.TEAM: None}, (Source.SELF, 1)),
        (SURVEYED, {Source.SELF: 1, Source.EXPLAINED: 4}, None),
        (SURVEYED, {Source.SELF: 1, Source.SURVEY: 5}, (Source.SURVEY, 5)),
        (APPRAISED, {Source.SELF: 1, Source.APPRAISED: 3, Source.EXPLAINED: 4}, (Source.APPRAISED, 3)),
        (APPRAISED, {Source.SELF: 1, Source.SURVEY: 5}, None),
    ],
)
def test_the_last_source_counts_unless_the_rubric_names_one(criterion, by_source, expected):
    assert figure_in_force(by_source, criterion) == expected


# ── What may be published ──


def a_rubric(content):
    """A rubric of some groups only: no sums are declared."""
    groups = tuple(parse_group(group) for group in content["groups"])
    return Rubric("mau", "Mẫu", groups, unscored=content.get("unscored", False))


def publishable_content(*criteria, group_max="3", **top):
    group = {"code": "A", "name_vi": "Lĩnh vực", "criteria": list(criteria)}
    if group_max:
        group["max_points"] = group_max
    return {
        "id": "mau", "name_vi": "Mẫu", "applies_to": ["xa"], "cycle": "year", "official": False,
        "completeness": "complete", "sources": ["hư cấu"], "groups": [group],
    } | top  # fmt: skip


def a_criterion(scoring="boolean", code="1", max_points="3", **fields):
    content = {"code": code, "name_vi": "Tiêu chí", "max_points": max_points, "scoring": scoring, **fields}
    return {field: value for field, value in content.items() if value is not None}


BANDS = [{"from_pct": "50", "points": "1"}, {"from_pct": "50", "points": "3", "exclusive": True}]

CAN_BE_PUBLISHED = {
    "a yes or no": publishable_content(a_criterion()),
    "a field and a rubric without a declared maximum": publishable_content(a_criterion(), group_max=None),
    "declared sums that agree": publishable_content(a_criterion(), max_points="3.00"),
    "a floor at the threshold": publishable_content(a_criterion("ratio", floor_pct="60", threshold_pct="60")),
    "an exclusive band after the same bound": publishable_content(a_criterion("bands", bands=BANDS)),
    "a bonus beside the maximum": publishable_content(
        a_criterion(), a_criterion("bonus", code="2", max_points="9", points_per_event="1")
    ),
    "a deduction without a maximum": publishable_content(
        a_criterion(), a_criterion("deduction", code="2", max_points=None, points_per_event="1", cap="2")
    ),
    "a parent that sums its children without the bonus": publishable_content(
        a_criterion(
            None,
            children=[a_criterion(code="1.1"), a_criterion("bonus", code="1.2", max_points="1", points_per_event="1")],
        )
    ),
    "an unscored rubric without points": publishable_content(
        {"code": "1", "name_vi": "Tiêu chí"}, group_max=None, unscored=True
    ),
}

CANNOT_BE_PUBLISHED = {
    "partial": (publishable_content(a_criterion(), completeness="partial"), "mới có một phần"),
    "structure only": (publishable_content(a_criterion(), completeness="structure_only"), "mới có khung"),
    "unscored but partial": (
        publishable_content(a_criterion(), completeness="partial", unscored=True),
        "mới có một phần",
    ),
    "no field": (publishable_content(groups=[]), "chưa có lĩnh vực nào"),
    "an empty field": (publishable_content(group_max=None), "Lĩnh vực A chưa có tiêu chí"),
    "no kind": (publishable_content(a_criterion(None)), "Tiêu chí 1 chưa có cách chấm điểm"),
    "no points": (publishable_content(a_criterion(max_points=None), group_max=None), "Tiêu chí 1 chưa có điểm tối đa"),
    "no levels": (publishable_content(a_criterion("options")), "thiếu trường 'levels'"),
    "no bands": (publishable_content(a_criterion("bands")), "thiếu trường 'bands'"),
    "no penalty": (publishable_content(a_criterion("penalty")), "thiếu trường 'penalty_per_event'"),
    "no points of a bonus": (
        publishable_content(a_criterion("bonus"), group_max="0"),
        "thiếu trường 'points_per_event'",
    ),
    "no cap": (
        publishable_content(a_criterion("deduction", max_points=None, points_per_event="1"), group_max="0"),
        "thiếu trường 'cap'",
    ),
    "a highest level under the maximum": (
        publishable_content(a_criterion("options", levels=[{"label_vi": "Tốt", "points": "2.99"}])),
        "mức cao nhất khác điểm tối đa",
    ),
    "a level over the maximum": (
        publishable_content(a_criterion("options", levels=[{"label_vi": "Tốt", "points": "4"}])),
        "mức cao nhất khác điểm tối đa",
    ),
    "a highest band under the maximum": (
        publishable_content(a_criterion("bands", bands=BANDS[:1])),
        "bậc cao nhất khác điểm tối đa",
    ),
    "bands that do not rise": (publishable_content(a_criterion("bands", bands=BANDS[::-1])), "xếp tăng dần"),
    "the same band twice": (publishable_content(a_criterion("bands", bands=[BANDS[1]] * 2)), "xếp tăng dần"),
    "negative points of a level": (
        publishable_content(
            a_criterion("options", levels=[{"label_vi": "Tốt", "points": "3"}, {"label_vi": "Xấu", "points": "-1"}])
        ),
        "có điểm âm",
    ),
    "a negative penalty": (publishable_content(a_criterion("penalty", penalty_per_event="-1")), "có điểm âm"),
    "a negative maximum": (publishable_content(a_criterion(max_points="-3"), group_max=None), "có điểm âm"),
    "a floor over the threshold": (
        publishable_content(a_criterion("ratio", floor_pct="61", threshold_pct="60")),
        "sàn phải từ 0 đến ngưỡng",
    ),
    "a threshold of nothing": (publishable_content(a_criterion("ratio", threshold_pct="0")), "ngưỡng phải lớn hơn 0"),
    "a threshold over 100": (publishable_content(a_criterion("ratio", threshold_pct="101")), "không quá 100"),
    "a weight over 100": (publishable_content(a_criterion("survey", weights=["101"])), "trọng số"),
    "a survey that another source answers": (publishable_content(a_criterion("survey", source="self")), "khảo sát"),
    "a field whose sum differs": (publishable_content(a_criterion(), group_max="4"), "là 3, khác điểm tối đa 4"),
    "a rubric whose sum differs": (publishable_content(a_criterion(), max_points="3.5"), "là 3, khác điểm tối đa 3,5"),
    "a bonus counted in the field": (
        publishable_content(a_criterion("bonus", points_per_event="1")),
        "là 0, khác điểm tối đa 3",
    ),
    "a parent whose sum differs": (
        publishable_content(a_criterion(None, children=[a_criterion(code="1.1", max_points="2")]), group_max="2"),
        "Tiêu chí 1: tổng điểm các tiêu chí thành phần là 2, khác điểm tối đa 3",
    ),
    "a parent without points": (
        publishable_content(a_criterion(None, max_points=None, children=[a_criterion(code="1.1")])),
        "khác điểm tối đa 0",
    ),
}


@pytest.mark.parametrize("content", CAN_BE_PUBLISHED.values(), ids=CAN_BE_PUBLISHED.keys())
def test_a_complete_rubric_whose_sums_agree_can_be_published(content):
    assert publishable(parse(content)) == []


@pytest.mark.parametrize(("content", "why"), CANNOT_BE_PUBLISHED.values(), ids=CANNOT_BE_PUBLISHED.keys())
def test_a_rubric_that_cannot_be_published_says_why(content, why):
    problems = publishable(parse(content))
    assert len(problems) == 1, problems
    assert why in problems[0]
    assert problems[0] == problems[0].message % problems[0].facts


def test_the_hash_knows_the_content_and_not_its_order():
    content = publishable_content(a_criterion())
    same = dict(reversed(content.items()))
    assert content_hash(content) == content_hash(same)
    assert len(content_hash(content)) == 64
    assert content_hash(content) != content_hash(publishable_content(a_criterion(max_points="2")))
