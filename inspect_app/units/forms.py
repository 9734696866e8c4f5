"""What may be typed about units: the filter of the list, and a file to bring in."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Length, Optional

from inspect_app.display import label
from inspect_app.forms import BaseForm, DayField, required
from inspect_app.units.imports import ImportKind
from inspect_app.units.queries import Wanted
from inspect_app.units.rules import UnitKind

NO_GROUP = "-"
"""Stands in addresses for the units without a group."""


class UnitFilter(BaseForm):
    """The filter of the list; what cannot be read counts as not typed."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(_l("Tên hoặc mã"), [Length(max=100)])
    kind = SelectField(_l("Loại"), [Optional()])
    group = SelectField(_l("Khối, nhóm"), [Optional()])
    on = DayField(_l("Có hiệu lực ngày"), [Optional()])

    def __init__(self, given: Any, *, today: date, groups: list[str]) -> None:
        super().__init__(given)
        self.kind.choices = [("", _("Mọi loại")), *((kind.value, label(kind)) for kind in UnitKind)]
        self.group.choices = [("", _("Mọi khối")), *((name, name) for name in groups)]
        self.group.choices.append((NO_GROUP, _("Không thuộc khối nào")))
        self.day: date = self.on.data or today
        self.on.default = today
        if self.on.data is None and not self.on.raw_data:
            self.on.data = today

    def wanted(self, within: Any) -> Wanted:
        kinds = {kind.value: kind for kind in UnitKind}
        groups = {value: value for value, _words in self.group.choices if value} | {NO_GROUP: ""}
        return Wanted(
            on=self.day,
            text=(self.q.data or "")[:100],
            kind=kinds.get(self.kind.data or ""),
            group=groups.get(self.group.data or ""),
            within=within,
        )


class ImportFileForm(BaseForm):
    """A file to be looked at before anything is taken from it."""

    kind = RadioField(_l("Tệp chứa"), [required()], default=ImportKind.UNITS.value)
    file = FileField(_l("Tệp CSV hoặc XLSX"), [FileRequired(_l("Chọn một tệp."))])

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.kind.choices = [(kind.value, label(kind)) for kind in ImportKind]


class ImportForm(BaseForm):
    """The same file, looked at and found good, now to be taken."""

    kind = HiddenField(validators=[required()])
    file_name = HiddenField(validators=[Length(max=250)])
    packed = HiddenField(validators=[required()])
