"""Files are kept before they are named, count to a unit's limit, and stay in the rows when they are taken off."""

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from inspect_app.audit.models import AuditEntry
from inspect_app.audit.queries import timeline
from inspect_app.db import NestedTransaction, db, transaction
from inspect_app.documents import jobs
from inspect_app.documents.actions import ask_for_paper, attach, attach_upload, remove_attachment, take_in
from inspect_app.documents.installation import file_store
from inspect_app.documents.models import Attachment, RenderJob, StoredFile
from inspect_app.documents.offers import PaperSource
from inspect_app.documents.pdf import PdfFailed
from inspect_app.documents.queries import attachments_of, latest_render, made_by
from inspect_app.documents.rules import Purpose
from inspect_app.preferences import set_preference
from inspect_app.queue import Outbox, run_waiting
from inspect_app.refusals import Refused
from tests.makers import AT, make_city, make_inspection, make_person, make_unit

pytestmark = pytest.mark.usefixtures("database")
PDF = b"%PDF-1.7\n" + b"1 0 obj <<>> endobj\n" * 20 + b"%%EOF\n"


class Sent:
    """A file as a form brings it."""

    def __init__(self, name: str, content: bytes) -> None:
        self.filename, self.stream = name, io.BytesIO(content)


class Engine:
    """Makes a PDF of nothing, or fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure

    def render(self, html: str, title: str) -> bytes:
        if self.failure:
            raise self.failure
        return PDF


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")
    return out.getvalue()


def a_visit():
    city = make_city()
    return make_inspection(make_unit(under=city), city, "in_progress")


def rows() -> tuple[int, ...]:
    tables = (StoredFile, Attachment, RenderJob, AuditEntry, Outbox)
    return tuple(db.session.scalar(select(func.count()).select_from(table)) for table in tables)


def test_a_photo_is_kept_anew_with_a_small_one_and_hangs_on_its_criterion() -> None:
    visit, member = a_visit(), make_person()
    made = attach_upload(
        Sent("Niêm yết.jpg", photo()), thing=visit, purpose=Purpose.EVIDENCE, by=member, at=AT, criterion_code="3.1"
    )
    [found] = attachments_of("inspection", [visit.id])[visit.id]
    assert (found.id, found.criterion_code, found.file.name) == (made.id, "3.1", "Niêm yết.jpg")
    assert found.file.thumbnail_sha256 and file_store().exists(found.file.thumbnail_sha256)
    with file_store().open(found.file.sha256) as kept:
        assert b"Exif" not in kept.read()
    assert [entry.action for entry in timeline([("inspection", visit.id)])] == ["file attached"]


def test_a_file_of_no_known_kind_is_refused_and_leaves_nothing() -> None:
    visit, before = a_visit(), rows()
    with pytest.raises(Refused):
        attach_upload(Sent("chạy.exe", b"MZ" * 50), thing=visit, purpose=Purpose.EVIDENCE, by=make_person(), at=AT)
    assert rows() == before


def test_a_file_is_not_taken_in_while_a_transaction_is_open() -> None:
    with pytest.raises(NestedTransaction), transaction():
        take_in(Sent("a.pdf", PDF), unit_id=None)


def test_the_files_of_a_unit_stop_at_its_limit_and_what_was_taken_off_still_counts(monkeypatch) -> None:
    visit, member = a_visit(), make_person()
    with transaction():
        set_preference("unit_megabytes", 10, at=AT)
    first = attach_upload(Sent("a.pdf", PDF), thing=visit, purpose=Purpose.EVIDENCE, by=member, at=AT)
    with transaction():
        first.file.size = 10 * 1024 * 1024
        remove_attachment(first, reason="Nhầm tệp", by=member, at=AT)
    before = rows()
    with pytest.raises(Refused) as refused:
        attach_upload(Sent("b.pdf", PDF), thing=visit, purpose=Purpose.EVIDENCE, by=member, at=AT)
    assert refused.value.status == 413
    assert rows() == before


def test_two_uploads_at_once_do_not_go_over_the_limit_together() -> None:
    visit, member = a_visit(), make_person()
    taken = take_in(Sent("a.pdf", PDF), unit_id=visit.unit_id)
    other = attach_upload(Sent("b.pdf", PDF), thing=visit, purpose=Purpose.EVIDENCE, by=member, at=AT)
    with transaction():
        other.file.size = 500 * 1024 * 1024
    before = rows()
    with pytest.raises(Refused), transaction():
        attach(taken, thing=visit, purpose=Purpose.EVIDENCE, by=member, at=AT)
    assert rows() == before


def test_a_file_taken_off_keeps_its_row_and_its_content_with_the_reason() -> None:
    visit, member = a_visit(), make_person()
    made = attach_upload(Sent("a.pdf", PDF), thing=visit, purpose=Purpose.EVIDENCE, by=member, at=AT)
    with transaction():
        remove_attachment(made, reason="Nhầm tệp", by=member, at=AT)
    assert attachments_of("inspection", [visit.id]) == {visit.id: []}
    assert (made.removed_at, made.removed_reason) == (AT, "Nhầm tệp")
    assert file_store().exists(made.file.sha256)
    with pytest.raises(Refused), transaction():
        remove_attachment(made, reason=" ", by=member, at=AT)


@pytest.fixture
def trial_paper(app: Flask, monkeypatch: pytest.MonkeyPatch):
    def use(failure: Exception | None = None, *, draft: bool = False) -> None:
        source = lambda thing_id: PaperSource("<p>Thử</p>", "Biên bản thử", None, draft)  # noqa: E731
        monkeypatch.setitem(app.extensions["papers"], "trial", source)
        monkeypatch.setattr("inspect_app.documents.actions.paper_engine", lambda: Engine(failure))

    return use


def asked(visit, person, data_hash: str = "a" * 64) -> RenderJob:
    with transaction():
        return ask_for_paper(visit, "trial", data_hash=data_hash, by=person, at=AT)


def test_a_paper_is_made_by_a_job_and_hangs_on_its_thing(trial_paper) -> None:
    trial_paper()
    visit, lead = a_visit(), make_person()
    job = asked(visit, lead)
    assert (job.step, job.finished_at, latest_render("inspection", visit.id, "trial").id) == ("waiting", None, job.id)
    assert run_waiting("paper") == 1
    db.session.refresh(job)
    assert (job.step, job.percent, job.error) == ("done", 100, None)
    made = made_by(job)
    assert (made.purpose, made.file.name) == (Purpose.ISSUED_PAPER, "Biên bản thử.pdf")
    assert [entry.action for entry in timeline([("inspection", visit.id)])] == ["paper made"]


def test_the_same_paper_of_the_same_data_is_made_once_and_a_new_one_takes_its_place(trial_paper) -> None:
    trial_paper()
    visit, lead = a_visit(), make_person()
    first = asked(visit, lead)
    assert asked(visit, lead).id == first.id
    run_waiting("paper")
    assert asked(visit, lead).id == first.id
    second = asked(visit, lead, "b" * 64)
    run_waiting("paper")
    jobs.render(str(second.id))
    [left] = attachments_of("inspection", [visit.id])[visit.id]
    db.session.refresh(second)
    assert second.id != first.id and left.file_id == second.file_id


@pytest.mark.parametrize("failure", [PdfFailed("Tạo PDF quá 90 giây nên đã dừng."), RuntimeError("broken")])
def test_a_paper_that_fails_says_so_and_may_be_asked_for_again(trial_paper, failure: Exception) -> None:
    trial_paper(failure)
    visit, lead = a_visit(), make_person()
    job = asked(visit, lead)
    run_waiting("paper")
    db.session.refresh(job)
    assert job.step == "failed" and "PDF" in job.error
    assert not attachments_of("inspection", [visit.id])[visit.id]
    trial_paper()
    again = asked(visit, lead)
    assert again.id != job.id
    run_waiting("paper")
    db.session.refresh(again)
    assert again.step == "done"
