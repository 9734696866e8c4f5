"""Administrators bring in the file that a tablet saved when it could not send."""

from typing import Any

from flask import current_app, render_template
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.forms import refusals_on
from inspect_app.permissions import Permission
from inspect_app.sync.actions_rescue import read_rescue, take_in_rescued
from inspect_app.sync.forms_rescue import RescueForm
from inspect_app.sync.uploads import UploadFolder
from inspect_app.sync.views import blueprint
from inspect_app.sync.words import RESCUED


@blueprint.route("/system/rescue", methods=["GET", "POST"])
@requires(Permission.ADMIN_SETTINGS)
def rescue() -> Any:
    form, done = RescueForm(), None
    if form.validate_on_submit():
        settings = current_app.config["SETTINGS"]
        with refusals_on(form):
            rescued = read_rescue(form.file.data.read(), settings.lasting_secret)
            folder = UploadFolder(settings.uploads)
            done = take_in_rescued(rescued, folder, by=current_user, importer=current_user, at=clock.now())
    results = [(result_words(result), number) for result, number in (done or {}).get("results", {}).items()]
    page = render_template("sync/rescue.html", form=form, done=done, results=results)
    return page, 422 if form.is_submitted() and done is None else 200


def result_words(result: str) -> str:
    """What became of an item of the file, in words."""
    kind, is_photo, rest = result.rpartition("photo:")
    words = rest.partition(":")[0] if is_photo else result.partition(":")[0]
    named = _(RESCUED.get(words, RESCUED["failed"]))
    return _("Ảnh: %(what)s", what=named) if is_photo else _("Thay đổi: %(what)s", what=named)
