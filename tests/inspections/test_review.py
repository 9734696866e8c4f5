"""From the minutes to the conclusion: both sides sign one record, the unit explains, points agree."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from inspect_app.audit.models import AuditEntry
from inspect_app.audit.queries import timeline
from inspect_app.db import db, transaction
from inspect_app.findings.queries import as_recorded
from inspect_app.inspections import jobs
from inspect_app.inspections.actions import (
    Minutes,
    Numbered,
    NumberTaken,
    RecordChanged,
    Report,
    Verdict,
    appraise,
    conclude_inspection,
    explain,
    note_refusal,
    prepare_minutes,
    record_answer,
    reopen_inspection,
    report_inspection,
    sign_minutes,
)
from inspect_app.inspections.models import Answer, AnswerVersion, Explanation, Inspection, Paper, Signature
from inspect_app.inspections.queries import score_sheet
from inspect_app.inspections.queries_field import answer_of
from inspect_app.inspections.queries_review import hash_of_record, signatures_of
from inspect_app.inspections.rules import State
from inspect_app.inspections.rules_review import HEAD, LEAD, Outcome
from inspect_app.moves import MoveNotAllowed
from inspect_app.notifications.models import Notice
from inspect_app.preferences import set_preference
from inspect_app.queue import Outbox, run_waiting
from inspect_app.refusals import Refused
from inspect_app.rubrics.rules import AnswerError, Source
from tests.inspections.visits import AT, EVERYTHING_RIGHT, World, make_visit, make_world
from tests.makers import actor_of, make_finding

BB = Numbered("27/BB-ĐKT", date(2026, 9, 14))
PLAIN = Minutes("Hôm nay, tại trụ sở UBND phường, Đoàn kiểm tra làm việc.", "Đã ban hành kế hoạch", "Nhất trí", BB)
REPORT = Report("Phường có 21 công chức.", "Đã niêm yết ngay", "Không", "Nhân rộng")


@pytest.fixture
def world(database: None) -> World:
    return make_world()


@pytest.fixture
def visit(world: World) -> Inspection:
    """Field work is done: everything right but one criterion, minutes written."""
    inspection = make_visit(world, "field_done")
    with transaction():
        for code, value in (EVERYTHING_RIGHT | {"A.1.2": {"value": False}}).items():
            record_answer(inspection, code, value, by=actor_of(world.member), at=AT, note="Xem hồ sơ")
        prepare_minutes(inspection, PLAIN, by=actor_of(world.lead), at=AT)
    return inspection


@pytest.fixture
def signed(world: World, visit: Inspection) -> Inspection:
    sign(visit, LEAD, world.lead)
    sign(visit, HEAD, world.head)
    return visit


def digest(visit: Inspection) -> str:
    return hash_of_record(visit, as_recorded)


def sign(visit: Inspection, side: str, person: Any, shown: str | None = None) -> bool:
    with transaction():
        return sign_minutes(
            visit, side, shown_hash=shown or digest(visit), findings=as_recorded, by=actor_of(person), at=AT
        )


def rows() -> tuple[int, ...]:
    tables = (Signature, Explanation, Answer, AnswerVersion, Paper, AuditEntry, Outbox)
    return tuple(db.session.scalar(select(func.count()).select_from(table)) for table in tables)


def said(world: World, visit: Inspection, code: str = "A.1.2", value: Any = None, at=AT) -> Explanation:
    with transaction():
        return explain(visit, code, "Đã ban hành ngày 12/9", value, by=actor_of(world.head), at=at)


def decided(world: World, visit: Inspection, explanation: Explanation, verdict: Verdict, at=AT) -> None:
    with transaction():
        appraise(explanation, visit, verdict, by=actor_of(world.office), at=at)


REFUSED = Verdict(Outcome.REFUSED, "Văn bản ban hành sau kỳ kiểm tra")
ACCEPTED = Verdict(Outcome.ACCEPTED, "Có văn bản kèm theo")


# ── Minutes ──


def test_with_both_signatures_on_one_record_it_freezes_with_its_points_and_the_unit_gets_its_days(world, visit) -> None:
    assert not sign(visit, LEAD, world.lead)
    assert (visit.state, visit.record_hash) == (State.FIELD_DONE, None)
    assert sign(visit, HEAD, world.head)
    sheet = score_sheet(visit)
    assert (visit.state, visit.points, visit.index_pct) == (
        State.MINUTES_SIGNED,
        sheet.score.total,
        sheet.score.index_pct,
    )
    assert (visit.record_hash, visit.minutes_signed_on, visit.review_until) == (
        digest(visit),
        date(2026, 9, 14),
        date(2026, 9, 21),
    )
    actions = [entry.action for entry in timeline([("inspection", visit.id)])]
    assert actions.count("minutes confirmed") == 2 and actions.count("inspection minutes signed") == 1
    run_waiting("default")
    assert {notice.person_id for notice in db.session.query(Notice)} >= {world.head.id, world.focal.id, world.lead.id}


def test_the_hash_of_the_record_is_the_same_whoever_computes_it(visit: Inspection) -> None:
    before = digest(visit)
    db.session.expire_all()
    assert digest(visit) == before


@pytest.mark.parametrize("change", ["answer", "finding", "words", "number"])
def test_a_change_between_the_signatures_voids_the_first_one(world, visit, change: str) -> None:
    sign(visit, LEAD, world.lead)
    before = digest(visit)
    lead = actor_of(world.lead)
    with transaction():
        if change == "answer":
            record_answer(visit, "A.2", {"events": 1}, by=lead, at=AT)
        elif change == "finding":
            make_finding(visit)
        elif change == "words":
            prepare_minutes(visit, Minutes("Mở đầu khác", paper=BB), by=lead, at=AT)
        else:
            prepare_minutes(visit, Minutes(PLAIN.opening, paper=Numbered("28/BB-ĐKT", BB.issued_on)), by=lead, at=AT)
    assert digest(visit) != before
    counts = rows()
    with pytest.raises(RecordChanged):
        sign(visit, HEAD, world.head, shown=before)
    assert rows() == counts
    assert not sign(visit, HEAD, world.head)
    assert visit.state is State.FIELD_DONE
    assert sign(visit, LEAD, world.lead)
    assert visit.state is State.MINUTES_SIGNED


def test_minutes_without_a_number_are_not_signed(world: World) -> None:
    visit = make_visit(world, "field_done")
    with transaction():
        prepare_minutes(visit, Minutes("Mở đầu"), by=actor_of(world.lead), at=AT)
    before = rows()
    with pytest.raises(Refused):
        sign(visit, LEAD, world.lead)
    assert rows() == before


def test_the_number_of_minutes_is_unique_in_unit_and_year_and_may_be_corrected(world, visit) -> None:
    other = make_visit(world, "field_done")
    before = rows()
    with pytest.raises(NumberTaken), transaction():
        prepare_minutes(other, PLAIN, by=actor_of(world.lead), at=AT)
    assert rows() == before and other.opening == ""
    with transaction():
        prepare_minutes(visit, Minutes("Mở đầu", paper=Numbered("29/BB-ĐKT", BB.issued_on)), by=world.lead, at=AT)
        prepare_minutes(other, PLAIN, by=actor_of(world.lead), at=AT)
    assert db.session.query(Paper).filter_by(kind="minutes").count() == 2


def test_one_person_does_not_sign_for_both_sides(world, visit) -> None:
    sign(visit, LEAD, world.lead)
    before = rows()
    with pytest.raises(Refused):
        sign(visit, HEAD, world.lead)
    assert rows() == before


def test_an_open_conflict_of_answers_keeps_both_from_signing(world, visit) -> None:
    with transaction():
        held = answer_of(visit.id, "A.2", Source.TEAM)
        late = {"inspection_id": visit.id, "criterion_code": "A.2", "source": Source.TEAM, "applied": False}
        late |= {"version": held.version + 1, "value": {"events": 3}, "answered_at": AT, "received_at": AT}
        db.session.add(AnswerVersion(**late))
    with pytest.raises(Refused, match="A.2"):
        sign(visit, LEAD, world.lead)


def test_a_refusal_is_noted_with_a_witness_and_stands_for_the_signature_of_the_unit(world, visit) -> None:
    noted = {"shown_hash": digest(visit), "findings": as_recorded, "by": actor_of(world.lead), "at": AT}
    with pytest.raises(Refused), transaction():
        note_refusal(visit, witness=" ", reason="Không đồng ý", **noted)
    with transaction():
        assert not note_refusal(visit, witness="Lê Văn Chứng", reason="Không đồng ý", **noted)
    assert sign(visit, LEAD, world.lead)
    assert (visit.state, signatures_of(visit.id)[HEAD].witness) == (State.MINUTES_SIGNED, "Lê Văn Chứng")


def test_minutes_are_signed_once(world, signed) -> None:
    with pytest.raises(MoveNotAllowed):
        sign(signed, LEAD, world.lead)
    with pytest.raises(Refused), transaction():
        prepare_minutes(signed, PLAIN, by=actor_of(world.lead), at=AT)


# ── Explanation and appraisal ──


def test_the_first_explanation_opens_the_review(world, signed) -> None:
    explanation = said(world, signed, value={"value": True})
    assert (signed.state, signed.review_round, explanation.round) == (State.IN_REVIEW, 1, 1)
    assert [entry.action for entry in timeline([("inspection", signed.id)])][:2] == [
        "inspection explained",
        "inspection review opened",
    ]


def test_the_review_opens_by_itself_when_the_days_are_over(signed) -> None:
    jobs.open_reviews_that_are_due(date(2026, 9, 21))
    assert signed.state is State.MINUTES_SIGNED
    jobs.open_reviews_that_are_due(date(2026, 9, 22))
    jobs.open_reviews_that_are_due(date(2026, 9, 22))
    assert signed.state is State.IN_REVIEW
    assert [entry.actor_id for entry in timeline([("inspection", signed.id)], limit=1)] == [None]


def test_an_accepted_explanation_changes_the_points_and_keeps_the_old_value(world, signed) -> None:
    before, index = signed.points, signed.index_pct
    explanation = said(world, signed, value={"value": True})
    decided(world, signed, explanation, ACCEPTED)
    most = next(leaf.max_points for leaf in score_sheet(signed).rubric.leaves() if leaf.code == "A.1.2")
    assert (signed.points, signed.points - before) == (score_sheet(signed).score.total, most)
    assert signed.index_pct > index
    assert answer_of(signed.id, "A.1.2", Source.TEAM).value == {"value": False}
    assert answer_of(signed.id, "A.1.2", Source.EXPLAINED).value == {"value": True}
    [version] = db.session.query(AnswerVersion).filter_by(criterion_code="A.1.2", source=Source.EXPLAINED)
    assert (version.reason, version.applied) == ("Có văn bản kèm theo", True)
    [entry] = timeline([("inspection", signed.id)], limit=1)
    assert (entry.reason, entry.details["points_before"], entry.details["points"]) == (
        "Có văn bản kèm theo",
        "0.00",
        f"{most:.2f}",
    )
    assert signed.record_hash == digest(signed)


def test_a_refused_explanation_changes_nothing_but_its_own_row(world, signed) -> None:
    before = signed.points
    explanation = said(world, signed, value={"value": True})
    decided(world, signed, explanation, REFUSED)
    assert (signed.points, explanation.accepted, explanation.decided_value) == (before, False, None)
    assert answer_of(signed.id, "A.1.2", Source.EXPLAINED) is None


def test_an_explanation_may_be_accepted_in_part_with_another_value(world, signed) -> None:
    explanation = said(world, signed, "A.2", {"events": 0})
    with pytest.raises(Refused), transaction():
        appraise(explanation, signed, Verdict(Outcome.PARTLY, "Một phần"), by=actor_of(world.office), at=AT)
    decided(world, signed, explanation, Verdict(Outcome.PARTLY, "Còn một lần", {"events": 1}))
    assert (explanation.accepted, explanation.decided_value) == (True, {"events": 1})


def test_a_decision_needs_a_reason_another_hand_and_is_made_once(world, signed) -> None:
    explanation = said(world, signed, value={"value": True})
    before = rows()
    for verdict, person in ((Verdict(Outcome.ACCEPTED, " "), world.office), (ACCEPTED, world.head)):
        with pytest.raises(Refused), transaction():
            appraise(explanation, signed, verdict, by=actor_of(person), at=AT)
    assert rows() == before
    decided(world, signed, explanation, ACCEPTED)
    before = rows()
    with pytest.raises(Refused):
        decided(world, signed, explanation, REFUSED)
    assert rows() == before


def test_a_round_ends_with_its_last_decision_and_there_are_two(world, signed) -> None:
    first, other = said(world, signed), said(world, signed, "A.2")
    with pytest.raises(Refused):
        said(world, signed)
    decided(world, signed, first, REFUSED)
    with pytest.raises(Refused):
        said(world, signed)
    tomorrow = AT + timedelta(days=1)
    decided(world, signed, other, REFUSED, at=tomorrow)
    assert signed.review_until == date(2026, 9, 22)
    again = said(world, signed)
    assert (again.round, signed.review_round) == (2, 2)
    decided(world, signed, again, ACCEPTED if again.wished_value else REFUSED)
    before = rows()
    with pytest.raises(Refused):
        said(world, signed)
    assert rows() == before


def test_how_many_rounds_there_are_is_a_setting(world, signed) -> None:
    with transaction():
        set_preference("review_rounds", 1, at=AT)
    decided(world, signed, said(world, signed), REFUSED)
    with pytest.raises(Refused):
        said(world, signed)


@pytest.mark.parametrize(
    ("code", "value", "days"),
    [
        ("A.1.2", {"value": True}, 8),  # after the window
        ("A.1.2", {"level": 0}, 0),  # a value of another kind
        ("B.2", {"share_pct": "99"}, 0),  # a survey answers for itself
        ("Z.9", None, 0),  # no such criterion
    ],
)
def test_an_explanation_that_cannot_be_is_refused_and_leaves_nothing(world, signed, code, value, days) -> None:
    before = rows()
    with pytest.raises(Refused):
        said(world, signed, code, value, at=AT + timedelta(days=days))
    assert rows() == before and signed.state is State.MINUTES_SIGNED


# ── Report and conclusion ──


@pytest.fixture
def reviewed(world, signed) -> Inspection:
    decided(world, signed, said(world, signed, value={"value": True}), ACCEPTED)
    return signed


@pytest.fixture
def reported(world, reviewed) -> Inspection:
    with transaction():
        report_inspection(reviewed, REPORT, by=actor_of(world.lead), at=AT)
    return reviewed


def conclude(world: World, visit: Inspection, number: str = "05/TB-UBND", on: date = date(2026, 9, 14)) -> None:
    with transaction():
        conclude_inspection(visit, number=number, issued_on=on, by=actor_of(world.authority), at=AT)


def test_the_report_waits_for_every_decision_and_every_answer(world, signed) -> None:
    said(world, signed)
    before = rows()
    with pytest.raises(Refused, match="A.1.2"), transaction():
        report_inspection(signed, REPORT, by=actor_of(world.lead), at=AT)
    with pytest.raises(Refused), transaction():
        report_inspection(signed, Report(" "), by=actor_of(world.lead), at=AT)
    assert rows() == before
    with transaction():
        appraise(db.session.query(Explanation).one(), signed, REFUSED, by=actor_of(world.office), at=AT)
    with pytest.raises(Refused, match="3.4"), transaction():
        report_inspection(signed, REPORT, by=actor_of(world.lead), at=AT, awaiting_reply=["3.4"])
    with transaction():
        report_inspection(signed, REPORT, by=actor_of(world.lead), at=AT)
    assert (signed.state, signed.report_summary) == (State.REPORTED, REPORT.summary)


def test_a_conclusion_takes_its_number_and_its_points_are_final(world, reported) -> None:
    conclude(world, reported)
    assert (reported.state, reported.points) == (State.CONCLUDED, score_sheet(reported).score.total)
    paper = db.session.query(Paper).filter_by(kind="conclusion").one()
    assert (paper.number, paper.signer_id, paper.year) == ("05/TB-UBND", world.authority.id, 2026)


def test_a_conclusion_whose_points_do_not_agree_with_the_answers_is_blocked_and_leaves_nothing(world, reported) -> None:
    with transaction():
        reported.points += Decimal("0.01")
    before = rows()
    with pytest.raises(Refused, match="Điểm tính lại"):
        conclude(world, reported)
    assert rows() == before
    db.session.expire_all()
    assert reported.state is State.REPORTED


def test_a_number_taken_or_a_day_to_come_is_refused_and_leaves_nothing(world, reported) -> None:
    other = make_visit(world, "reported")
    conclude(world, other)
    before = rows()
    with pytest.raises(NumberTaken):
        conclude(world, reported)
    with pytest.raises(Refused):
        conclude(world, reported, "06/TB-UBND", date(2026, 9, 15))
    assert rows() == before


def test_a_reopened_inspection_goes_back_into_review_with_its_earlier_result_in_the_log(world, reported) -> None:
    conclude(world, reported)
    points = reported.points
    with pytest.raises(Refused), transaction():
        reopen_inspection(reported, ground=" ", by=actor_of(world.authority), at=AT)
    with transaction():
        reopen_inspection(reported, ground="Đơn vị khiếu nại có căn cứ", by=actor_of(world.authority), at=AT)
    assert (reported.state, reported.points, reported.review_round) == (State.IN_REVIEW, points, 0)
    [entry] = timeline([("inspection", reported.id)], limit=1)
    assert (entry.reason, entry.details["earlier"]["points"]) == ("Đơn vị khiếu nại có căn cứ", f"{points:.2f}")
    again = said(world, reported, value={"value": False})
    assert (again.round, reported.review_round) == (2, 1)
    decided(world, reported, again, ACCEPTED)
    with transaction():
        report_inspection(reported, REPORT, by=actor_of(world.lead), at=AT)
    conclude(world, reported, "06/TB-UBND")
    assert reported.state is State.CONCLUDED and reported.points < points


def test_an_unfitting_answer_says_which_criterion(world, signed) -> None:
    with pytest.raises(AnswerError, match="A.1.2"):
        said(world, signed, value={"level": 3})
