"""The tablet's door: packs out, changes in, and the pages of a visit for a browser without script."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.db import db, transaction
from inspect_app.display import label, refusal
from inspect_app.inspections.actions import Base, record_answer
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries import find_visible
from inspect_app.inspections.queries_field import open_conflicts, team_answers
from inspect_app.inspections.queries_list import Wanted, list_inspections
from inspect_app.inspections.rules import RECORD_OPEN, State
from inspect_app.inspections.rules_field import progress
from inspect_app.inspections.views_files import files_by_criterion
from inspect_app.permissions import Permission, insist
from inspect_app.refusals import N_, NotVisible, Refused
from inspect_app.rubrics.models import RubricVersion
from inspect_app.rubrics.queries import rubric_of
from inspect_app.rubrics.rules import Criterion, Group, Rubric, so_far
from inspect_app.sync.forms import AnswerForm, fields_of, fields_sent, typed_value
from inspect_app.sync.queries import answers_on_record, findings_shown
from inspect_app.sync.words import COMMON_REASONS

blueprint = Blueprint("sync", __name__)
AT_WORK = (State.NOTIFIED, State.IN_PROGRESS, State.SUSPENDED, State.FIELD_DONE)


@blueprint.get("/tablet")
@requires(Permission.INSPECTION_ANSWER)
def my_visits() -> str:
    mine = list_inspections(current_user, Wanted(mine=current_user.id), order="starts", most=200)
    visits = [inspection for inspection in mine if inspection.state in AT_WORK]
    done = {inspection.id: _progress_of(inspection) for inspection in visits if inspection.rubric_version_id}
    return render_template("tablet/index.html", visits=visits, done=done, today=clock.today())


@blueprint.get("/tablet/inspections/<uuid:inspection_id>")
@requires(Permission.INSPECTION_ANSWER)
def visit(inspection_id: UUID) -> Any:
    inspection = answerable(inspection_id)
    rubric = rubric_of(inspection.rubric_version_id)
    found = progress(rubric, _values(inspection.id))
    unfinished = (
        n for n, group in enumerate(rubric.groups, 1) if found[group.code].answered < found[group.code].questions
    )
    return redirect(url_for("sync.section", inspection_id=inspection_id, section=next(unfinished, 1)))


@blueprint.get("/tablet/inspections/<uuid:inspection_id>/<int:section>")
@requires(Permission.INSPECTION_ANSWER)
def section(inspection_id: UUID, section: int) -> Any:
    inspection = answerable(inspection_id)
    return _section(inspection, section)


@blueprint.post("/tablet/inspections/<uuid:inspection_id>/answers")
@requires(Permission.INSPECTION_ANSWER)
def answer(inspection_id: UUID) -> Any:
    """An answer from the plain form of a criterion."""
    inspection = answerable(inspection_id)
    form = AnswerForm()
    number, leaf = _place_of(rubric_of(inspection.rubric_version_id), form.criterion.data or "")
    try:
        if not form.validate():
            raise Refused(N_("Nội dung quá dài hoặc không đọc được. Hãy sửa rồi lưu lại."), status=422)
        with transaction():
            recorded = _record(inspection, leaf, form)
    except Refused as error:
        if error.status not in {409, 422}:
            raise
        db.session.rollback()
        return _section(find_visible(current_user, inspection_id), number, wrong=leaf.code, words=refusal(error)), 422
    if recorded.result == "conflict":
        flash(
            _("Người khác vừa trả lời tiêu chí %(code)s. Cả hai câu được giữ; hãy xem và chọn.", code=leaf.code), "warn"
        )
    else:
        flash(_("Đã lưu câu trả lời cho tiêu chí %(code)s.", code=leaf.code), "good")
    return redirect(url_for("sync.section", inspection_id=inspection_id, section=number) + f"#tc-{leaf.code}", 303)


def answerable(inspection_id: UUID) -> Inspection:
    """A visit whose record this person may write; one without a rubric has nothing to answer yet."""
    inspection = find_visible(current_user, inspection_id)
    insist(current_user, Permission.INSPECTION_ANSWER, inspection)
    if inspection.rubric_version_id is None:
        raise NotVisible
    return inspection


def _section(inspection: Inspection, number: int, *, wrong: str | None = None, words: str = "") -> str:
    rubric = rubric_of(inspection.rubric_version_id)
    if not 1 <= number <= len(rubric.groups):
        raise NotVisible
    values = _values(inspection.id)
    whole, by_group = so_far(rubric, values)
    group, answers = rubric.groups[number - 1], answers_on_record(inspection.id)
    return render_template(
        "tablet/section.html",
        inspection=inspection,
        rubric=rubric,
        group=group,
        number=number,
        leaves=[leaf for leaf in group.leaves() if leaf.kind],
        answers=answers,
        typed={code: fields_of(each["value"]) for code, each in answers.items()}
        | ({wrong: fields_sent(request.form)} if wrong else {}),
        files=files_by_criterion(inspection.id),
        progress=progress(rubric, values),
        whole=whole,
        figures=by_group[group.code],
        found=found_by_criterion(inspection.id),
        conflicts={version.criterion_code for version in open_conflicts(inspection.id)},
        open=inspection.state in RECORD_OPEN,
        reasons=COMMON_REASONS,
        wrong=wrong,
        wrong_words=words,
        next_number=_next_unanswered(rubric, values, number),
    )


def _record(inspection: Inspection, leaf: Criterion, form: AnswerForm) -> Any:
    value = typed_value(leaf, request.form)
    # The form shows version and note together: whoever changed either meanwhile made another page of it.
    base = Base(form.base_version.data or 0, hash="")
    given: dict[str, Any] = {"note": form.note.data or "", "base": base, "device": "form"}
    return record_answer(inspection, leaf.code, value, by=current_user, at=clock.now(), **given)


def _values(inspection_id: UUID) -> dict[str, Any]:
    """The team's answers in force, without those that hold a note alone."""
    return {code: each.value for code, each in team_answers(inspection_id).items() if each.value is not None}


def _progress_of(inspection: Inspection) -> tuple[int, int]:
    whole, _groups = so_far(rubric_of(inspection.rubric_version_id), _values(inspection.id))
    return whole.answered, whole.questions


def _place_of(rubric: Rubric, code: str) -> tuple[int, Criterion]:
    for number, group in enumerate(rubric.groups, start=1):
        for leaf in group.leaves():
            if leaf.code == code:
                return number, leaf
    raise NotVisible


def _next_unanswered(rubric: Rubric, values: dict[str, Any], number: int) -> tuple[int, str] | None:
    """(section, code) of the next question without an answer, from this section on and around."""
    order = [*range(number, len(rubric.groups) + 1), *range(1, number)]
    waiting = ((n, leaf.code) for n in order for leaf in _asked(rubric.groups[n - 1]) if leaf.code not in values)
    return next(waiting, None)


def _asked(group: Group) -> list[Criterion]:
    return [leaf for leaf in group.leaves() if leaf.kind and leaf.in_maximum]


def found_by_criterion(inspection_id: UUID) -> dict[str, list[dict[str, str]]]:
    """What was found so far, by criterion code."""
    found: dict[str, list[dict[str, str]]] = {}
    for finding in findings_shown(inspection_id):
        shown = {"id": str(finding.id), "fact": finding.fact, "severity": finding.severity.value}
        found.setdefault(finding.criterion_code, []).append(shown | {"words": label(finding.severity)})
    return found


def visit_line(inspection: Inspection, version: RubricVersion) -> str:
    """What stands under the unit's name on the tablet."""
    parts = [
        _("%(form)s %(year)s", form=label(inspection.form), year=inspection.year),
        inspection.team_name,
        _("%(name)s, bản %(n)s", name=version.name, n=version.number),
    ]
    return " · ".join(part for part in parts if part)


blueprint.add_app_template_global(visit_line)

from inspect_app.sync import (  # noqa: E402 - they hang on the blueprint
    views_client,  # noqa: F401
    views_doors,  # noqa: F401
    views_parked,  # noqa: F401
    views_rescue,  # noqa: F401
    views_tablets,  # noqa: F401
    views_uploads,  # noqa: F401
    views_work,  # noqa: F401
)
