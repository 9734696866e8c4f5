"""Rubrics: the list, one version with its criteria, and its life from draft to retired."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.addresses import here
from inspect_app.audit.queries import timeline
from inspect_app.db import transaction
from inspect_app.display import label, number, refusal, told
from inspect_app.forms import refusals_on
from inspect_app.permissions import Permission
from inspect_app.rubrics import actions, words
from inspect_app.rubrics.actions import RubricRefused
from inspect_app.rubrics.forms import RubricFileForm, RubricFilter
from inspect_app.rubrics.imports import text_of
from inspect_app.rubrics.publishing import Problem, publishable
from inspect_app.rubrics.queries import counts_by_state, find_version, list_versions, rubric_of, versions_of
from inspect_app.rubrics.shapes import Criterion
from inspect_app.rubrics.states import RubricState
from inspect_app.rubrics.yaml_form import LARGEST_TEXT

blueprint: Blueprint = Blueprint("rubrics", __name__)


@blueprint.get("/rubrics")
@requires(Permission.RUBRIC_VIEW)
def index() -> str:
    form = RubricFilter(request.args)
    state = next((one for one in RubricState if one == form.state.data), None)
    counts = counts_by_state(current_user)
    views = [(_("Tất cả"), here(state=None), state is None, sum(counts.values()))]
    views += [(label(one), here(state=one.value), one is state, count) for one, count in counts.items()]
    states = frozenset({state}) if state else frozenset(RubricState)
    versions = list_versions(current_user, states, (form.q.data or "")[:100])
    return render_template("rubrics/index.html", form=form, views=views, versions=versions, words=words)


@blueprint.get("/rubrics/<uuid:version_id>")
@requires(Permission.RUBRIC_VIEW)
def show(version_id: UUID) -> str:
    version = find_version(current_user, version_id)
    rubric = rubric_of(version.id)
    return render_template(
        "rubrics/show.html",
        version=version,
        rubric=rubric,
        problems=publishable(rubric) if version.state is RubricState.DRAFT else [],
        others=[one for one in versions_of(current_user, version.rubric_id) if one.id != version.id],
        entries=timeline([("rubric_version", version.id)], limit=8),
        words=words,
        rule_lines=rule_lines,
    )


@blueprint.get("/rubrics/<uuid:version_id>/preview")
@requires(Permission.RUBRIC_VIEW)
def preview(version_id: UUID) -> str:
    """The criteria as a checklist asks them; nothing can be answered here."""
    version = find_version(current_user, version_id)
    return render_template("rubrics/preview.html", version=version, rubric=rubric_of(version.id), rule_lines=rule_lines)


@blueprint.post("/rubrics/<uuid:version_id>/publication")
@requires(Permission.ADMIN_RUBRICS)
def publish(version_id: UUID) -> Response:
    version = find_version(current_user, version_id)
    try:
        with transaction():
            actions.publish_version(version, by=current_user, at=clock.now())
        flash(_("Đã công bố. Từ nay bản này không thay đổi và chọn được khi xếp lịch kiểm tra."), "good")
    except RubricRefused as error:
        flash(refusal(error), "bad")
    return redirect(url_for("rubrics.show", version_id=version_id), 303)


@blueprint.post("/rubrics/<uuid:version_id>/retirement")
@requires(Permission.ADMIN_RUBRICS)
def retire(version_id: UUID) -> Response:
    version = find_version(current_user, version_id)
    with transaction():
        actions.retire_version(version, by=current_user, at=clock.now())
    flash(_("Đã thôi dùng. Các cuộc kiểm tra đã chọn bản này vẫn giữ nguyên."), "good")
    return redirect(url_for("rubrics.show", version_id=version_id), 303)


@blueprint.get("/rubrics/imports/new")
@requires(Permission.ADMIN_RUBRICS)
def new_import() -> str:
    return _choose_file(RubricFileForm(formdata=None))


@blueprint.post("/rubrics/imports")
@requires(Permission.ADMIN_RUBRICS)
def do_import() -> Any:
    """Takes a file in as a draft, or says everything that is wrong in it."""
    form = RubricFileForm()
    if not form.validate():
        return _choose_file(form), 422
    with refusals_on(form):
        text = text_of(form.file.data.read(LARGEST_TEXT + 1))
        try:
            with transaction():
                imported = actions.import_rubric(text, by=current_user, at=clock.now())
        except RubricRefused as error:
            return _choose_file(form, error.problems), 422
        flash(_told(imported), "good" if imported.is_new else "info")
        return redirect(url_for("rubrics.show", version_id=imported.version.id), 303)
    return _choose_file(form), 422


def rule_lines(criterion: Criterion) -> list[str]:
    """How a criterion is scored, in the reader's language and with its way of writing numbers."""
    return [
        told(message, {name: number(fact) if isinstance(fact, Decimal) else fact for name, fact in facts.items()})
        for message, facts in words.rule_in_words(criterion)
    ]


def problem_lines(problems: list[Problem]) -> list[str]:
    return [told(problem.message, problem.facts) for problem in problems]


def _choose_file(form: RubricFileForm, problems: list[Problem] | None = None) -> str:
    return render_template("rubrics/new_import.html", form=form, problems=problem_lines(problems or []))


def _told(imported: actions.Imported) -> str:
    if imported.is_new:
        return _("Đã nhập thành bản nháp số %(number)s. Xem lại rồi công bố.", number=imported.version.number)
    return _("Nội dung này đã có sẵn ở bản số %(number)s; không tạo bản mới.", number=imported.version.number)


from inspect_app.rubrics import views_exports  # noqa: E402, F401 - it hangs on the blueprint
