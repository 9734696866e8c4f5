"""What may be typed about a file."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from inspect_app.forms import BaseForm, long_text, required


class RemovalForm(BaseForm):
    """Why a file is taken off its thing."""

    reason = TextAreaField(_l("Lý do gỡ"), validators=[required(), long_text(1000)])
