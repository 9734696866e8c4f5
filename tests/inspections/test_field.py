"""The visit: start, answers with their versions, the end of field work."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from inspect_app.audit.queries import timeline
from inspect_app.db import db, transaction
from inspect_app.documents.models import Attachment, StoredFile
from inspect_app.inspections.actions import (
    Base,
    FieldWorkUnfinished,
    NotOnTeam,
    RecordClosed,
    continue_inspection,
    finish_field_work,
    hash_of,
    record_answer,
    record_note,
    start_inspection,
    suspend_inspection,
)
from inspect_app.inspections.models import Answer, AnswerVersion, Inspection
from inspect_app.inspections.queries import score_sheet
from inspect_app.inspections.queries_field import open_conflicts
from inspect_app.inspections.rules import InspectionForm, State
from inspect_app.inspections.rules_field import progress
from inspect_app.notifications.models import Notice
from inspect_app.queue import run_waiting
from inspect_app.refusals import Refused
from inspect_app.rubrics.queries import rubric_of
from inspect_app.rubrics.rules import AnswerError, Source
from tests.inspections.visits import AT, EVERYTHING_RIGHT, MONDAY, TUESDAY, World, make_visit, make_world
from tests.makers import actor_of, add


@pytest.fixture
def world(database: None) -> World:
    return make_world()


@pytest.fixture
def visit(world: World) -> Inspection:
    return make_visit(world)


def answer(world: World, visit: Inspection, code: str, value: Any, **more: Any):
    return record_answer(visit, code, value, **{"by": actor_of(world.member), "at": AT} | more)


def history(visit: Inspection, code: str) -> list[tuple[int, Any, bool]]:
    rows = db.session.scalars(
        select(AnswerVersion)
        .where(AnswerVersion.inspection_id == visit.id, AnswerVersion.criterion_code == code)
        .order_by(AnswerVersion.version)
    )
    return [(row.version, row.value, row.applied) for row in rows]


def test_an_answer_is_kept_with_points_that_the_server_derives_and_with_its_history(
    world: World, visit: Inspection
) -> None:
    answer(world, visit, "A.1.3", {"numerator": 3, "denominator": 4})
    recorded = answer(world, visit, "A.1.3", {"numerator": 9, "denominator": 10}, device="T3")
    assert recorded.result == "applied" and recorded.version == 2
    assert recorded.answer.points == Decimal("3.00")
    assert history(visit, "A.1.3") == [
        (1, {"numerator": 3, "denominator": 4}, True),
        (2, {"numerator": 9, "denominator": 10}, True),
    ]
    assert recorded.entry.action == "answer recorded" and recorded.entry.details["criterion"] == "A.1.3"


def test_the_same_answer_twice_is_one_version(world: World, visit: Inspection) -> None:
    answer(world, visit, "A.1.2", {"value": True})
    assert answer(world, visit, "A.1.2", {"value": True}).result == "same"
    assert len(history(visit, "A.1.2")) == 1


def test_not_applicable_needs_a_reason_and_leaves_the_maximum(world: World, visit: Inspection) -> None:
    with pytest.raises(AnswerError):
        answer(world, visit, "A.1.1", {"na": "  "})
    answer(world, visit, "A.1.1", {"na": " Không phát sinh "})
    sheet = score_sheet(visit)
    assert sheet.value("A.1.1", Source.TEAM) == {"na": "Không phát sinh"}
    assert not sheet.score.criteria["A.1.1"].applies
    with pytest.raises(AnswerError):
        answer(world, visit, "A.1.2", {"na": "Không phát sinh"})


@pytest.mark.parametrize("value", [{"level": 9}, {"value": "yes"}, {"level": 0, "value": True}, {}, {"level": 0.5}])
def test_an_answer_of_another_form_is_refused(world: World, visit: Inspection, value: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        answer(world, visit, "A.1.1", value)


def test_an_answer_may_be_taken_back_and_stays_in_the_history(world: World, visit: Inspection) -> None:
    answer(world, visit, "A.1.2", {"value": False}, note="Chưa thấy phụ lục")
    answer(world, visit, "A.1.2", None)
    kept = db.session.scalar(select(Answer).where(Answer.criterion_code == "A.1.2"))
    assert (kept.value, kept.points, kept.note) == (None, None, "Chưa thấy phụ lục")
    assert [value for _, value, _ in history(visit, "A.1.2")] == [{"value": False}, None]


def test_the_result_of_a_survey_is_a_source_of_its_own(world: World, visit: Inspection) -> None:
    answer(world, visit, "B.2", {"share_pct": "85"})
    assert score_sheet(visit).sources["B.2"] is Source.SURVEY


def test_somebody_off_the_team_cannot_answer(world: World, visit: Inspection) -> None:
    with pytest.raises(NotOnTeam):
        record_answer(visit, "A.1.2", {"value": True}, by=actor_of(world.office), at=AT)


@pytest.mark.parametrize("state", ["notified", "suspended", "minutes_signed", "cancelled"])
def test_a_record_takes_answers_only_while_it_is_open(world: World, state: str) -> None:
    closed = make_visit(world, state)
    with pytest.raises(RecordClosed):
        answer(world, closed, "A.1.2", {"value": True})


def test_field_work_that_is_done_may_still_be_corrected_before_the_minutes(world: World) -> None:
    done = make_visit(world, "field_done")
    assert answer(world, done, "A.1.2", {"value": True}).result == "applied"


def test_another_answer_on_top_of_an_overtaken_one_is_kept_beside_it(world: World, visit: Inspection) -> None:
    first = answer(world, visit, "A.2", {"events": 1})
    base = Base(first.version, hash_of(first.answer.value))
    answer(world, visit, "A.2", {"events": 2}, base=base)
    late = record_answer(visit, "A.2", {"events": 3}, by=actor_of(world.lead), at=AT, base=base)
    assert late.result == "conflict"
    assert late.answer.value == {"events": 2}, "the answer in force stays"
    assert history(visit, "A.2")[-1] == (3, {"events": 3}, False)
    assert [version.value for version in open_conflicts(visit.id)] == [{"events": 3}]


def test_a_conflict_ends_when_somebody_who_saw_both_chooses_even_the_one_in_force(
    world: World, visit: Inspection
) -> None:
    answer(world, visit, "A.2", {"events": 2})
    late = answer(world, visit, "A.2", {"events": 3}, base=Base(0))
    unaware = answer(world, visit, "A.2", {"events": 2}, base=Base(1, hash_of({"events": 2})))
    assert unaware.result == "same" and len(open_conflicts(visit.id)) == 1
    chosen = answer(world, visit, "A.2", {"events": 2}, base=Base(late.version, hash_of({"events": 2})))
    assert chosen.result == "applied" and chosen.version == 3
    assert open_conflicts(visit.id) == []
    assert [value for _, value, _ in history(visit, "A.2")] == [{"events": 2}, {"events": 3}, {"events": 2}]


def test_an_answer_that_has_not_seen_an_open_conflict_joins_it(world: World, visit: Inspection) -> None:
    answer(world, visit, "A.2", {"events": 2})
    answer(world, visit, "A.2", {"events": 3}, base=Base(0))
    base = Base(1, hash_of({"events": 2}))
    third = record_answer(visit, "A.2", {"events": 4}, by=actor_of(world.lead), at=AT, base=base)
    assert third.result == "conflict" and third.answer.value == {"events": 2}
    assert [version.value["events"] for version in open_conflicts(visit.id)] == [3, 4]


def test_of_several_kept_aside_by_one_person_the_last_answer_and_the_last_note_wait(
    world: World, visit: Inspection
) -> None:
    record_answer(visit, "A.2", {"events": 2}, note="Một", by=actor_of(world.lead), at=AT)
    answer(world, visit, "A.2", {"events": 3}, base=Base(0))
    answer(world, visit, "A.2", {"events": 4}, base=Base(0))
    for note in ("Hai", "Ba"):
        record_note(visit, "A.2", note, by=actor_of(world.member), at=AT, base=Base(0))
    waiting = [(version.value["events"], version.note) for version in open_conflicts(visit.id)]
    assert waiting == [(4, "Một"), (2, "Ba")]
    assert len(history(visit, "A.2")) == 5


def test_the_same_answer_from_two_tablets_is_no_conflict(world: World, visit: Inspection) -> None:
    answer(world, visit, "A.2", {"events": 2})
    assert answer(world, visit, "A.2", {"events": 2}, base=Base(0)).result == "same"
    assert open_conflicts(visit.id) == []


def test_a_note_never_stands_in_the_way_of_an_answer(world: World, visit: Inspection) -> None:
    first = answer(world, visit, "A.2", {"events": 1})
    record_note(visit, "A.2", "Thiếu báo cáo quý II", by=actor_of(world.lead), at=AT, base=Base(0))
    base = Base(first.version, hash_of({"events": 1}))
    changed = answer(world, visit, "A.2", {"events": 2}, base=base)
    assert changed.result == "applied"
    assert changed.answer.note == "Thiếu báo cáo quý II"


def test_two_notes_on_one_criterion_are_both_kept(world: World, visit: Inspection) -> None:
    record_note(visit, "A.2", "Một", by=actor_of(world.lead), at=AT, base=Base(0))
    late = record_note(visit, "A.2", "Hai", by=actor_of(world.member), at=AT, base=Base(0))
    assert late.result == "conflict" and late.answer.note == "Một"
    assert open_conflicts(visit.id)[0].note == "Hai"


def test_a_note_too_long_to_read_is_refused(world: World, visit: Inspection) -> None:
    with pytest.raises(Refused, match="4000"):
        record_note(visit, "A.2", "x" * 4001, by=actor_of(world.lead), at=AT)


def test_progress_counts_questions_and_what_failed(world: World, visit: Inspection) -> None:
    answers = {"A.1.1": {"level": 2}, "A.1.2": {"value": True}, "A.4": {"events": 0}, "C.3": {"events": 1}}
    found = progress(rubric_of(world.rubric.id), answers)
    assert (found["A"].answered, found["A"].questions, found["A"].failed) == (2, 5, 1)
    assert (found["B"].answered, found["B"].questions) == (0, 4)
    assert found["C"].failed == 1


def test_a_visit_begins_when_the_team_says_it_began(world: World) -> None:
    visit = make_visit(world, "notified")
    with pytest.raises(Refused, match="phía trước"):
        start_inspection(visit, by=actor_of(world.lead), at=AT, started_at=AT + timedelta(hours=1))
    start_inspection(visit, by=actor_of(world.lead), at=AT, started_at=AT - timedelta(hours=2))
    assert visit.state is State.IN_PROGRESS and visit.started_at == AT - timedelta(hours=2)


def test_a_visit_begins_before_its_first_day_only_with_a_reason(world: World) -> None:
    visit = make_visit(world, "notified", starts_on=MONDAY, ends_on=TUESDAY)
    with pytest.raises(Refused, match="lý do bắt đầu sớm"):
        start_inspection(visit, by=actor_of(world.lead), at=AT)
    start_inspection(visit, by=actor_of(world.lead), at=AT, reason="Đơn vị đề nghị làm sớm")
    assert visit.state is State.IN_PROGRESS
    assert timeline([("inspection", visit.id)])[0].reason == "Đơn vị đề nghị làm sớm"


def test_an_unannounced_check_is_told_to_the_unit_when_it_begins(world: World) -> None:
    visit = make_visit(world, "notified", form=InspectionForm.UNANNOUNCED, started_at=None)
    with transaction():
        start_inspection(visit, by=actor_of(world.lead), at=AT)
    run_waiting("default")
    assert set(db.session.scalars(select(Notice.person_id))) == {world.head.id, world.focal.id}


def test_a_visit_is_suspended_only_by_decision_and_goes_on(world: World, visit: Inspection) -> None:
    with pytest.raises(Refused, match="quyết định"):
        suspend_inspection(visit, reason="Bão", document="", by=actor_of(world.lead), at=AT)
    suspend_inspection(visit, reason="Bão", document="12/QĐ-UBND", by=actor_of(world.lead), at=AT)
    assert visit.state is State.SUSPENDED
    continue_inspection(visit, by=actor_of(world.lead), at=AT)
    assert visit.state is State.IN_PROGRESS and visit.held_from is None


def test_field_work_ends_when_every_question_has_its_answer(world: World, visit: Inspection) -> None:
    values = dict(EVERYTHING_RIGHT)
    values.pop("C.1")
    for code, value in values.items():
        answer(world, visit, code, value)
    with pytest.raises(FieldWorkUnfinished) as unfinished:
        finish_field_work(visit, by=actor_of(world.lead), at=AT)
    assert unfinished.value.missing.unanswered == ("C.1",)
    answer(world, visit, "C.1", {"level": 0})
    finish_field_work(visit, by=actor_of(world.lead), at=AT)
    assert visit.state is State.FIELD_DONE and visit.field_done_at == AT


def test_points_are_taken_off_only_with_a_note_a_file_or_a_finding(world: World, visit: Inspection) -> None:
    for code, value in (
        EVERYTHING_RIGHT | {"A.1.2": {"value": False}, "C.1": {"level": 1}, "C.3": {"events": 1}}
    ).items():
        answer(world, visit, code, value)
    record_note(visit, "A.1.2", "Phụ lục không nêu thời gian", by=actor_of(world.lead), at=AT)
    with pytest.raises(FieldWorkUnfinished) as unfinished:
        finish_field_work(visit, by=actor_of(world.lead), at=AT)
    assert unfinished.value.missing.unproven == ("C.1", "C.3")
    attach(visit, "C.1")
    finish_field_work(visit, by=actor_of(world.lead), at=AT, with_findings={"C.3"})
    assert visit.state is State.FIELD_DONE


def attach(visit: Inspection, code: str) -> None:
    file = add(StoredFile(sha256="0" * 64, size=1, media_type="image/jpeg", name="a.jpg", uploaded_at=AT))
    add(
        Attachment(
            file_id=file.id,
            thing_type="inspection",
            thing_id=visit.id,
            purpose="evidence",
            criterion_code=code,
            added_at=AT,
        )
    )
