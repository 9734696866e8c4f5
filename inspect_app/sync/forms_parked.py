"""What may be typed about changes that were put aside."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from inspect_app.forms import BaseForm, long_text, required


class WordsForm(BaseForm):
    """Words for the author."""

    words = TextAreaField(_l("Trả lời cho người gửi"), [required(), long_text(2000)])


class NoteForm(BaseForm):
    """Why a late change is not let in."""

    words = TextAreaField(_l("Lý do không áp dụng"), [required(), long_text(2000)])
