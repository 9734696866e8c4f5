"""What the log may be narrowed to."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from inspect_app.display import told
from inspect_app.forms import DayField


class LogFilter(Form):
    """Who, what, where, when. Units and people are typed by name; their pickers ask the product for names."""

    unit = SelectField(_l("Đơn vị và cấp dưới"), validate_choice=False)
    person = SelectField(_l("Người làm"), validate_choice=False)
    action = SelectField(_l("Việc"), validate_choice=False)
    since = DayField(_l("Từ ngày"), [Optional()], render_kw={"placeholder": _l("ngày/tháng/năm")})
    until = DayField(_l("Đến hết ngày"), [Optional()], render_kw={"placeholder": _l("ngày/tháng/năm")})

    def __init__(self, *args: Any, chosen: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {action: told(said) for action, said in current_app.extensions["action_words"].items()}
        actions = sorted(words.items(), key=lambda pair: pair[1])
        self.action.choices = [SelectChoice("", _("Mọi việc")), *(SelectChoice(*pair) for pair in actions)]
        _make_picker(self.unit, url_for("units.choices"), chosen["unit"])
        _make_picker(self.person, url_for("accounts.people_json"), chosen["person"])


def _make_picker(field: SelectField | Field, url: str, chosen: list[tuple[str, str]]) -> None:
    field.choices = [SelectChoice("", ""), *(SelectChoice(*pair) for pair in chosen)]
    field.render_kw = {
        "data-behaviour": "combobox",
        "data-url": url,
        "data-words-none": _("Không có kết quả"),
        "data-words-hint": _("Gõ tên, không dấu cũng được"),
        "data-words-more": _("Còn nữa, hãy gõ thêm"),
        "data-words-remove": _("Bỏ"),
    }
