"""The base of every form: CSRF, tidy text, dates and points as people write them, and the stale-page guard."""

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional, StopValidation
from wtforms.widgets import HiddenInput, TextInput

from inspect_app.audit.actions import Stale
from inspect_app.db import db
from inspect_app.display import refusal
from inspect_app.refusals import Refused, RefusedTogether


def tidy(text: Any) -> Any:
    """Composed letters (NFC), no control characters, no space at the ends; what is no text passes unchanged."""
    if not isinstance(text, str):
        return text
    kept = "".join(c for c in unicodedata.normalize("NFC", text) if c in "\n\t" or unicodedata.category(c)[0] != "C")
    return kept.replace("\r\n", "\n").strip()


class BaseForm(FlaskForm):
    """Text fields are tidied; `seen` carries the version of the thing that the page showed."""

    class Meta:
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, StringField | TextAreaField):
                filters = list(unbound_field.kwargs.get("filters", ()))
                unbound_field.kwargs["filters"] = [tidy, *filters] if tidy not in filters else filters
            return unbound_field.bind(form=form, **options)

    @property
    def all_errors(self) -> list[tuple[str, str, str]]:
        """(field id, label, message) for the summary at the top of the page."""
        return [
            (field.id, str(field.label.text), str(message))
            for field in self
            for message in (field.errors if isinstance(field.errors, Sequence) else [])
        ]


@contextmanager
def refusals_on(form: BaseForm) -> Iterator[None]:
    """Shows a refusal (409, 413, 422, 507) at the fields that it is about, else above the form, which comes back with
    everything that was typed."""
    try:
        yield
    except Refused as error:
        if error.status not in {409, 413, 422, 507} or isinstance(error, Stale):
            raise
        db.session.rollback()
        for reason in error.reasons if isinstance(error, RefusedTogether) else [error]:
            if reason.about in form:
                form[reason.about].errors = [*form[reason.about].errors, refusal(reason)]
            else:
                form.form_errors.append(refusal(reason))


class SeenForm(BaseForm):
    """A form on a thing that others may change meanwhile."""

    seen = IntegerField(widget=HiddenInput(), validators=[Optional()])


class DayField(Field):
    """A day typed as dd/mm/yyyy (also d/m/yyyy and yyyy-mm-dd)."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%d/%m/%Y") if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = tidy(valuelist[0]) if valuelist else ""
        self.data = None
        if not typed:
            return
        self.data = read_day(typed)
        if self.data is None:
            raise ValueError(_("“%(typed)s” không phải là ngày. Hãy gõ như 14/09/2026.", typed=typed))


class PointsField(Field):
    """Points or a share with a decimal comma: 1,75."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data).replace(".", ",")

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = tidy(valuelist[0]) if valuelist else ""
        self.data = None
        if not typed:
            return
        try:
            self.data = Decimal(typed.replace(" ", "").replace(",", "."))
        except InvalidOperation:
            raise ValueError(_("“%(typed)s” không phải là số. Hãy gõ như 1,75.", typed=typed)) from None
        if not self.data.is_finite():
            raise ValueError(_("“%(typed)s” không phải là số. Hãy gõ như 1,75.", typed=typed))


class IdField(Field):
    """The id of a unit, person or post; what is no id is an error, never an exception."""

    widget = TextInput()

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = tidy(valuelist[0]) if valuelist else ""
        try:
            self.data = UUID(typed) if typed else None
        except ValueError:
            self.data = None
            raise ValueError(_("Hãy chọn một mục trong danh sách.")) from None


class IdsField(Field):
    """Several ids, each sent as a value of its own or separated by commas."""

    widget = TextInput()

    def _value(self) -> str:
        return ",".join(str(item) for item in self.data or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            self.data = [UUID(item) for value in valuelist for item in tidy(value).split(",") if item]
        except ValueError:
            self.data = []
            raise ValueError(_("Hãy chọn một mục trong danh sách.")) from None


def read_day(typed: str) -> date | None:
    """A day from dd/mm/yyyy, d/m/yyyy, dd-mm-yyyy or yyyy-mm-dd; None for anything else."""
    parts = typed.replace("-", "/").replace(".", "/").split("/")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return None
    year_first = len(parts[0]) == 4
    year, month, day = (int(part) for part in (parts if year_first else reversed(parts)))
    try:
        return date(year, month, day) if 1900 <= year <= 2200 else None
    except ValueError:
        return None


class Filled(InputRequired):
    """Something must be typed, and spaces alone are nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            raise StopValidation(self.message)


def required(message: Any = None) -> InputRequired:
    return Filled(message or _l("Cần điền mục này."))


def long_text(most: int = 4000) -> Length:
    return Length(max=most, message=_l("Tối đa %(max)d ký tự."))


def not_after(field: str) -> Any:
    """Validates that this day is not after the other field's day."""

    def check(form: Any, this: Any) -> None:
        other = form[field].data
        if this.data and other and this.data > other:
            raise ValidationError(_("Ngày bắt đầu phải trước hoặc trùng ngày kết thúc."))

    return check
