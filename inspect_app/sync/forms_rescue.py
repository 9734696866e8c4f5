"""The file of last resort, as an administrator brings it."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from inspect_app.forms import BaseForm


class RescueForm(BaseForm):
    file = FileField(_l("Tệp lưu từ máy tính bảng"), [FileRequired(_l("Chọn một tệp."))])
