"""A finding's way: raised in the visit, answered by the unit, decided by the office, closed when remedied."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from inspect_app.audit.models import AuditEntry
from inspect_app.audit.queries import timeline
from inspect_app.db import db, transaction
from inspect_app.findings import jobs
from inspect_app.findings.actions import (
    Observation,
    agree_to_all,
    change_finding,
    close_after_check,
    close_finding,
    close_replies,
    confirm_finding,
    confirm_undisputed,
    demand_remediation_again,
    note_finding,
    propose_decision,
    raise_finding,
    reply_to_finding,
    resolve_finding,
    start_remediation,
    take_back_finding,
    withdraw_finding,
)
from inspect_app.findings.models import Finding
from inspect_app.findings.queries import as_recorded, earlier_on, find_visible
from inspect_app.findings.rules import FindingKind, Severity, State
from inspect_app.inspections.rules import InspectionState
from inspect_app.moves import MoveNotAllowed
from inspect_app.notifications.models import Notice
from inspect_app.permissions import Role
from inspect_app.queue import Outbox, run_waiting
from inspect_app.refusals import NotVisible, Refused
from tests.makers import (
    AT,
    actor_of,
    make_city,
    make_finding,
    make_head,
    make_inspection,
    make_officer,
    make_person,
    make_unit,
)

pytestmark = pytest.mark.usefixtures("database")
SEEN = Observation("3.4", "Thư xin lỗi hồ sơ quá hạn", "6 trên 11 hồ sơ quá hạn không có thư xin lỗi", Severity.MEDIUM)


def a_visit(state: str = "in_progress"):
    city = make_city()
    return make_inspection(make_unit(under=city), city, state), make_person()


def signed(inspection, **fields) -> None:
    """The minutes of the visit are signed."""
    with transaction():
        inspection.state, inspection.minutes_signed_at = InspectionState.MINUTES_SIGNED, AT
        for name, value in fields.items():
            setattr(inspection, name, value)


def rows() -> tuple[int, ...]:
    return tuple(db.session.scalar(select(func.count()).select_from(table)) for table in (Finding, AuditEntry, Outbox))


def test_a_finding_raised_in_the_visit_stands_in_the_log() -> None:
    inspection, member = a_visit()
    with transaction():
        finding = raise_finding(inspection, SEEN, by=member, at=AT)
    assert (finding.number, finding.state, finding.unit_id) == (1, State.RAISED, inspection.unit_id)
    assert [entry.action for entry in timeline([("finding", finding.id)])] == ["finding raised"]


def test_a_finding_after_the_minutes_is_refused_and_leaves_nothing() -> None:
    inspection, member = a_visit("minutes_signed")
    with pytest.raises(Refused), transaction():
        raise_finding(inspection, SEEN, by=member, at=AT)
    assert not db.session.query(Finding).count()


def test_the_same_criterion_failed_before_makes_a_recurrence() -> None:
    inspection, member = a_visit()
    before = make_finding(
        make_inspection(inspection.unit, inspection.inspector, "closed", year=2025),
        "closed",
        criterion_code="3.4",
        raised_at=AT.replace(year=2025),
    )
    with transaction():
        finding = raise_finding(inspection, SEEN, by=member, at=AT)
    assert finding.recurrence_of_id == before.id
    assert [item.id for item in earlier_on(inspection.unit_id, "3.4", AT)] == [before.id]


def test_an_answered_finding_is_confirmed_remedied_and_closes_by_itself_when_it_is_not_serious() -> None:
    inspection, member = a_visit()
    head, office = make_head(inspection.unit), make_person()
    with transaction():
        finding = raise_finding(inspection, SEEN, by=member, at=AT)
    signed(inspection)
    with transaction():
        reply_to_finding(finding, "Đúng, đơn vị nhận khuyết điểm", agreed=True, by=head, at=AT)
        confirm_finding(finding, by=office, at=AT)
        start_remediation(finding, at=AT)
        resolve_finding(finding, at=AT)
    assert (finding.state, finding.closed_at) == (State.CLOSED, AT)


def test_a_serious_finding_waits_for_a_check_of_its_effect() -> None:
    finding = make_finding(a_visit()[0], "remediating", severity=Severity.SERIOUS)
    verifier = make_person()
    with transaction():
        resolve_finding(finding, at=AT)
        assert finding.state is State.RESOLVED
        close_finding(finding, by=verifier, at=AT, reason="Kiểm tra lại sau 3 tháng")
        demand_remediation_again(finding, by=verifier, at=AT, reason="Tái diễn")
    assert (finding.state, finding.closed_at) == (State.REMEDIATING, None)


def test_what_nobody_answered_is_undisputed_when_the_window_ends() -> None:
    inspection, _ = a_visit()
    silent, answered = make_finding(inspection), make_finding(inspection, "replied")
    with transaction():
        close_replies(inspection.id, at=AT)
    assert (silent.state, answered.state) == (State.UNDISPUTED, State.REPLIED)


def test_a_good_practice_is_noted_not_confirmed() -> None:
    finding = make_finding(a_visit("minutes_signed")[0], kind=FindingKind.GOOD_PRACTICE)
    with pytest.raises(Refused), transaction():
        confirm_finding(finding, by=make_person(), at=AT)
    with transaction():
        note_finding(finding, by=make_person(), at=AT)
    assert finding.state is State.NOTED


def test_a_withdrawal_needs_a_reason() -> None:
    finding = make_finding(a_visit()[0], "replied")
    with pytest.raises(Refused), transaction():
        withdraw_finding(finding, by=make_person(), at=AT, reason="")
    with transaction():
        withdraw_finding(finding, by=make_person(), at=AT, reason="Đơn vị đã có văn bản")
    assert finding.state is State.WITHDRAWN


def test_a_finding_is_not_answered_twice() -> None:
    finding = make_finding(a_visit("in_review")[0], "replied")
    with pytest.raises(MoveNotAllowed), transaction():
        reply_to_finding(finding, "Lần nữa", agreed=False, by=make_person(), at=AT)


def test_a_finding_of_another_unit_does_not_exist_for_a_head() -> None:
    inspection, _ = a_visit("notified")
    finding = make_finding(inspection)
    stranger = make_head(make_unit("UBND xã Khác"))
    with pytest.raises(NotVisible):
        find_visible(actor_of(stranger), finding.id)
    office = make_officer(Role.OFFICE, inspection.inspector)
    assert find_visible(actor_of(office), finding.id).id == finding.id


def test_a_finding_without_words_is_refused_and_leaves_nothing() -> None:
    inspection, member = a_visit()
    before = rows()
    with pytest.raises(Refused), transaction():
        raise_finding(inspection, Observation("3.4", "Thư xin lỗi", "  "), by=member, at=AT)
    assert rows() == before


def test_the_team_corrects_its_words_and_takes_back_what_was_a_mistake_until_the_minutes_are_signed() -> None:
    inspection, member = a_visit()
    with transaction():
        finding = raise_finding(inspection, SEEN, by=member, at=AT)
        better = Observation("3.4", SEEN.criterion_name, "5 trên 11 hồ sơ", Severity.LIGHT)
        change_finding(finding, inspection, better, by=member, at=AT, version=finding.version)
    [latest, _first] = timeline([("finding", finding.id)])
    assert latest.details["fact"] == [SEEN.fact, "5 trên 11 hồ sơ"]
    with transaction():
        take_back_finding(finding, inspection, reason="Nhầm đơn vị", by=member, at=AT)
    assert as_recorded(inspection) == []
    with pytest.raises(Refused), transaction():
        change_finding(finding, inspection, SEEN, by=member, at=AT, version=None)
    other = make_finding(inspection)
    signed(inspection)
    with pytest.raises(Refused), transaction():
        take_back_finding(other, inspection, reason="Muộn", by=member, at=AT)


def test_what_the_office_withdraws_later_stays_in_the_signed_record() -> None:
    inspection, _ = a_visit("in_review")
    finding = make_finding(inspection, "replied")
    recorded = as_recorded(inspection)
    with transaction():
        withdraw_finding(finding, by=make_person(), at=AT + timedelta(days=1), reason="Đơn vị đã có văn bản")
    assert as_recorded(inspection) == recorded != []


def test_the_first_answer_of_the_unit_opens_the_review() -> None:
    inspection, _ = a_visit("minutes_signed")
    head, finding = make_head(inspection.unit), make_finding(inspection)
    with transaction():
        reply_to_finding(finding, "", agreed=True, by=head, at=AT)
    assert (inspection.state, finding.state) == (InspectionState.IN_REVIEW, State.REPLIED)


@pytest.mark.parametrize(
    ("state", "fields", "agreed"),
    [
        ("field_done", {}, True),
        ("reported", {}, True),
        ("minutes_signed", {"review_until": date(2026, 9, 13)}, True),
        ("minutes_signed", {}, False),
    ],
)
def test_an_answer_too_early_too_late_or_without_words_is_refused_and_leaves_nothing(state, fields, agreed) -> None:
    city = make_city()
    inspection = make_inspection(make_unit(under=city), city, state, **fields)
    finding, head, before = make_finding(inspection), make_person(), rows()
    with pytest.raises(Refused), transaction():
        reply_to_finding(finding, " ", agreed=agreed, by=head, at=AT)
    assert rows() == before


def test_the_days_for_answering_end_by_themselves() -> None:
    inspection, _ = a_visit("in_review")
    finding = make_finding(inspection)
    with transaction():
        inspection.review_until = date(2026, 9, 14)
    jobs.close_replies_that_are_due(date(2026, 9, 14))
    assert finding.state is State.RAISED
    jobs.close_replies_that_are_due(date(2026, 9, 15))
    assert finding.state is State.UNDISPUTED


def test_a_decision_is_made_only_between_minutes_and_conclusion() -> None:
    finding = make_finding(a_visit()[0], "replied")
    before = rows()
    with pytest.raises(Refused), transaction():
        confirm_finding(finding, by=make_person(), at=AT)
    assert rows() == before


def test_the_leader_proposes_the_office_decides_and_the_unit_is_told() -> None:
    inspection, lead = a_visit("in_review")
    finding, head = make_finding(inspection, "replied"), make_head(inspection.unit)
    with transaction():
        propose_decision(finding, "confirm", "Có minh chứng", by=lead, at=AT)
        confirm_finding(finding, by=make_person(), at=AT)
    run_waiting("default")
    assert [notice.person_id for notice in db.session.query(Notice)] == [head.id]
    with pytest.raises(Refused), transaction():
        propose_decision(finding, "withdraw", "Muộn", by=lead, at=AT)


def test_the_last_serious_finding_that_a_verifier_closes_closes_the_inspection() -> None:
    inspection, verifier = a_visit("follow_up")
    first, last = (make_finding(inspection, "resolved", severity=Severity.SERIOUS) for _ in range(2))
    with pytest.raises(Refused), transaction():
        close_after_check(first, by=verifier, at=AT, reason="")
    with transaction():
        close_after_check(first, by=verifier, at=AT, reason="Đã kiểm tra lại")
    assert inspection.state is InspectionState.FOLLOW_UP
    with transaction():
        close_after_check(last, by=verifier, at=AT, reason="Đã kiểm tra lại")
    assert inspection.state is InspectionState.CLOSED
    with pytest.raises(Refused), transaction():
        demand_remediation_again(last, by=verifier, at=AT, reason="Tái diễn")


def test_a_unit_sees_its_findings_once_the_minutes_are_signed_and_never_what_the_team_took_back() -> None:
    inspection, member = a_visit()
    head = make_head(inspection.unit)
    with transaction():
        inspection.notified_at = AT
    stays, mistaken = make_finding(inspection), make_finding(inspection)
    with transaction():
        take_back_finding(mistaken, inspection, reason="Nhầm", by=member, at=AT - timedelta(hours=1))
    with pytest.raises(NotVisible):
        find_visible(actor_of(head), stays.id)
    signed(inspection)
    assert find_visible(actor_of(head), stays.id).id == stays.id
    with pytest.raises(NotVisible):
        find_visible(actor_of(head), mistaken.id)


def test_the_head_agrees_to_all_and_the_office_confirms_what_nobody_disputes() -> None:
    inspection, office = a_visit("minutes_signed")
    head = make_head(inspection.unit)
    first, second, disputed = make_finding(inspection), make_finding(inspection), make_finding(inspection)
    praise = make_finding(inspection, kind=FindingKind.GOOD_PRACTICE)
    with transaction():
        reply_to_finding(disputed, "Không đúng", agreed=False, by=head, at=AT)
        assert agree_to_all(inspection, by=head, at=AT) == 2
        assert confirm_undisputed(inspection, by=office, at=AT) == 2
    assert {first.state, second.state} == {State.CONFIRMED}
    assert (disputed.state, praise.state) == (State.REPLIED, State.RAISED)
