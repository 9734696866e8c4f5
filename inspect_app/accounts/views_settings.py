"""Settings that an administrator may change while the product runs."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from wtforms import Field, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.accounts.actions_settings import CHOICES, TEXT_LENGTH, change_settings, settings_mark
from inspect_app.accounts.views import blueprint
from inspect_app.accounts.words import SETTING_CHOICES, SETTING_GROUPS
from inspect_app.db import transaction
from inspect_app.display import number, plural
from inspect_app.documents.installation import paper_engine
from inspect_app.documents.pdf import PdfFailed
from inspect_app.forms import BaseForm, refusals_on
from inspect_app.permissions import Permission
from inspect_app.preferences import KNOWN, Known, preferences


@blueprint.route("/settings", methods=["GET", "POST"])
@requires(Permission.ADMIN_SETTINGS)
def settings() -> Any:
    form = settings_form()(data={**preferences(), "seen": settings_mark()})
    if form.validate_on_submit():
        with refusals_on(form):
            wanted = {name: form[name].data for name in KNOWN}
            with transaction():
                changed = change_settings(wanted, seen=form["seen"].data or "", by=current_user, at=clock.now())
            _say_what_changed(len(changed))
            return redirect(url_for("accounts.settings"), 303)
    status = 422 if request.method == "POST" else 200
    return render_template("accounts/settings.html", form=form, groups=SETTING_GROUPS, paper=_paper()), status


def settings_form() -> type[BaseForm]:
    """A form with a field for everything that can be set."""
    fields: dict[str, Any] = {name: _field(name, known) for name, known in KNOWN.items()}
    return type("SettingsForm", (BaseForm,), {**fields, "seen": HiddenField()})


def _field(name: str, known: Known) -> Field:
    label = lazy_gettext(known.label)
    needed = InputRequired(lazy_gettext("Cần điền mục này."))
    if name in CHOICES:
        return SelectField(
            label,
            [needed],
            choices=[SelectChoice(value, lazy_gettext(SETTING_CHOICES[value])) for value in CHOICES[name]],
        )
    if isinstance(known.default, int):
        bounds = NumberRange(known.least, known.most, lazy_gettext("Cần một số từ %(min)s đến %(max)s."))
        return IntegerField(label, [needed, bounds], description=_Bounds(known))
    return StringField(label, [needed, Length(max=TEXT_LENGTH, message=lazy_gettext("Tối đa %(max)d ký tự."))])


class _Bounds:
    """The hint of a number, in the language of whoever reads it."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def __html__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        known = self._known
        facts = {
            "unit": _(known.unit),
            "least": number(known.least),
            "most": number(known.most),
            "default": number(int(known.default)),
        }
        return _("Tính bằng %(unit)s, từ %(least)s đến %(most)s; mặc định %(default)s.", **facts)


def _say_what_changed(count: int) -> None:
    if count:
        flash(plural("Đã đổi %(n)s cài đặt.", count), "good")
    else:
        flash(_("Không có cài đặt nào khác trước."), "info")


def _paper() -> dict[str, str | None]:
    """What makes the papers here: the engine's name, and a sentence about the face."""
    try:
        engine = paper_engine()
    except (PdfFailed, ValueError, OSError):
        return {"engine": None, "font": None}
    fonts = getattr(engine, "fonts", None)
    return {"engine": engine.name, "font": fonts.note if fonts else None}
