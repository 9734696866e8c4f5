"""What may be typed on the committee's pages."""

from flask_babel import lazy_gettext as _l

from inspect_app.forms import BaseForm, IdsField, required


class ReminderForm(BaseForm):
    """The units to remind."""

    units = IdsField(_l("Đơn vị"), [required(_l("Chọn ít nhất một đơn vị."))])
