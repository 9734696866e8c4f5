"""A bare application with the real templates and static files, and nothing of the product's features."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template, render_template_string, request
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import StrictUndefined
from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput

from inspect_app import assets, display
from inspect_app.config import ROOT

HERE = Path(__file__).parent
SHELL = {
    "product_name": "Kiểm tra CCHC",
    "site_name": "Thành phố Hà Nội",
    "navigation": [
        ("Tổng quan", "/", True),
        ("Kế hoạch", "/plans", False),
        ("Cuộc kiểm tra", "/inspections", False),
        ("Nhiệm vụ khắc phục", "/tasks", False),
        ("Tồn tại, hạn chế", "/findings", False),
        ("Ban Chỉ đạo", "/committee", False),
        ("Đơn vị", "/units", False),
        ("Bộ tiêu chí", "/rubrics", False),
        ("Quản trị", "/people", False),
    ],
    "search_url": "/search",
    "notices_url": "/notices",
    "unread_notices": 4,
    "current_user": SimpleNamespace(is_authenticated=True, name="Lê Thị Mai Hương", id="01990000"),
    "account_url": "/account",
    "sign_out_url": "/sign-out",
    "language_url": "/language",
    "other_language": ("en", "English"),
    "as_of": "10:40, thứ Hai 14/09/2026",
    "demo": True,
    "log_url": "/log",
    "help_url": "/help",
    "locale": "vi",
}


def choices(*pairs: tuple[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class SampleForm(FlaskForm):
    """One field of every kind."""

    title = StringField("Tên cuộc kiểm tra", validators=[InputRequired("Cần điền mục này.")])
    day = StringField("Ngày kiểm tra", description="Ngày làm việc", validators=[InputRequired("Cần điền mục này.")])
    places = IntegerField("Số chỗ", validators=[Optional()])
    kind = SelectField("Loại", choices=choices(("a", "Định kỳ"), ("b", "Đột xuất")))
    unit = SelectField(
        "Đơn vị", choices=choices(("", ""), ("1", "UBND xã Ứng Hòa"), ("2", "UBND phường Văn Miếu - Quốc Tử Giám"))
    )
    people = SelectMultipleField("Thành viên", choices=choices(("1", "Trần Minh Đức"), ("2", "Hoàng Thị Lan Anh")))
    way = RadioField(
        "Hình thức", choices=choices(("x", "Trực tiếp"), ("y", "Trực tuyến")), validators=[InputRequired("Cần chọn.")]
    )
    fields = SelectMultipleField(
        "Lĩnh vực", choices=choices(("1", "Thể chế"), ("2", "Thủ tục")), option_widget=CheckboxInput()
    )
    urgent = BooleanField("Đột xuất theo chỉ đạo")
    reason = TextAreaField("Lý do", validators=[Length(max=3, message="Tối đa 3 ký tự.")])
    paper = FileField("Văn bản")
    secret = PasswordField("Mật khẩu")
    notes = FieldList(StringField("Ghi chú", validators=[InputRequired("Cần điền.")]), label="Ghi chú", min_entries=1)


class SampleFilters(FlaskForm):
    class Meta:
        csrf = False

    q = StringField("Tìm đơn vị")
    status = SelectField("Trạng thái", choices=choices(("", "Tất cả"), ("open", "Đang mở")))
    late = BooleanField("Chỉ quá hạn")


def make_app() -> Flask:
    app = Flask("look", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(SECRET_KEY="a look is not secret", TESTING=True, SERVER_NAME=None)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(app, default_locale="vi")
    CSRFProtect(app)
    assets.register(app)
    display.register(app)
    app.context_processor(lambda: SHELL)

    @app.route("/sample", methods=["GET", "POST"])
    def sample() -> str:
        return render_sample()

    @app.get("/error/<int:code>")
    def error(code: int) -> tuple[str, int]:
        changed = ["14/09/2026 10:37 · Trần Minh Đức · đổi mức độ thành Nghiêm trọng"] if code == 409 else []
        return render_template(f"errors/{code}.html", message=None, changed=changed), code

    @app.get("/help")
    def help_page() -> str:
        return render_template("help/index.html")

    return app


def render_sample(**more: Any) -> str:
    """The page that shows every component once."""
    form = SampleForm(meta={"csrf": False})
    if form.is_submitted():
        form.validate()
    values = {"form": form, "filters_form": SampleFilters(request.args), **more}
    return render_template_string((HERE / "sample.html").read_text(), **values)


@pytest.fixture(scope="session")
def look_app() -> Flask:
    return make_app()


@pytest.fixture
def client(look_app: Flask) -> Any:
    return look_app.test_client()


@pytest.fixture
def strict_app() -> Flask:
    """The same, where a name that nobody gave is an error."""
    app = make_app()
    app.jinja_env.undefined = StrictUndefined
    return app
