"""What may be typed about rubrics: a search, and a file to take in."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from inspect_app.forms import BaseForm


class RubricFilter(BaseForm):
    """The filter of the list."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(_l("Tên hoặc mã bộ tiêu chí"), [Length(max=100)])
    state = HiddenField()


class RubricFileForm(BaseForm):
    """A YAML file."""

    file = FileField(_l("Tệp YAML"), [FileRequired(_l("Chọn một tệp."))])
