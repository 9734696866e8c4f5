"""What may be typed about accounts. Passwords are checked by the rules, so that every way in is checked alike."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Form, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, Regexp

from inspect_app.accounts.rules import ADDRESS, ADDRESS_LENGTH
from inspect_app.accounts.words import ROLES
from inspect_app.forms import BaseForm, DayField, IdField, not_after, required
from inspect_app.permissions import GRANTABLE, Role
from inspect_app.units.rules import TenureKind

LANGUAGES = [SelectChoice("vi", "Tiếng Việt"), SelectChoice("en", "English")]


def address_rules() -> list[Any]:
    return [
        required(),
        Length(max=ADDRESS_LENGTH, message=_l("Tối đa %(max)d ký tự.")),
        Regexp(f"^{ADDRESS}$", message=_l("Địa chỉ thư cần có dạng ten@coquan.gov.vn.")),
    ]


def role_choices(all_words: str | None = None) -> list[SelectChoice]:
    """Roles to choose from; with `all_words` as a filter, HEAD among them."""
    shown = [role for role in ROLES if all_words is not None or role in GRANTABLE]
    return [SelectChoice("", all_words or ""), *(SelectChoice(role.value, _(ROLES[role])) for role in shown)]


class SignInForm(BaseForm):
    """The door."""

    email = EmailField(_l("Thư điện tử công vụ"), [required(), Length(max=ADDRESS_LENGTH)])
    password = PasswordField(_l("Mật khẩu"), [required(), Length(max=400)])
    next = HiddenField()


class DemoForm(BaseForm):
    """The door of the demonstration: somebody, by a press or as the head of a unit."""

    person = IdField(_l("Thủ trưởng đơn vị khác"), [required()])
    next = HiddenField()


class WayBackForm(BaseForm):
    """Asking for a link that sets a new password."""

    email = EmailField(_l("Thư điện tử công vụ"), address_rules())


class NewPasswordForm(BaseForm):
    """A new password, behind a link."""

    password = PasswordField(_l("Mật khẩu mới"), [required(), Length(max=400)])


class ChangePasswordForm(BaseForm):
    """A new password for somebody who is signed in."""

    present = PasswordField(_l("Mật khẩu hiện tại"), [required(), Length(max=400)])
    password = PasswordField(_l("Mật khẩu mới"), [required(), Length(max=400)])


class PersonForm(BaseForm):
    """A person as an administrator keeps them. `seen_*` is what the page showed."""

    name = StringField(_l("Họ và tên"), [required(), Length(max=200)])
    email = EmailField(_l("Thư điện tử công vụ"), address_rules())
    unit_id = IdField(_l("Đơn vị công tác"), [Optional()])
    language = SelectField(_l("Ngôn ngữ"), choices=LANGUAGES, validators=[required()])
    seen_email = HiddenField()
    seen_name = HiddenField()
    seen_unit_id = HiddenField()
    seen_language = HiddenField()


class NewPersonForm(PersonForm):
    """A new person; the invitation lets them set their password."""

    invite = BooleanField(_l("Gửi ngay thư mời đặt mật khẩu"), default=True)


class GrantForm(BaseForm):
    """A role for a unit and everything below it."""

    role = SelectField(_l("Vai trò"), validators=[required()])
    unit_id = IdField(_l("Phạm vi: đơn vị và cấp dưới"), [required()])
    starts_on = DayField(_l("Từ ngày"), [required(), not_after("ends_on")])
    ends_on = DayField(_l("Đến hết ngày"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = role_choices()


class PostForm(BaseForm):
    """A post in a unit."""

    title = StringField(_l("Tên vị trí"), [required(), Length(max=200)])
    is_head = BooleanField(_l("Là người đứng đầu đơn vị"))


class PostTitleForm(BaseForm):
    """A post's title."""

    title = StringField(_l("Tên vị trí"), [required(), Length(max=200)])


class AppointmentForm(BaseForm):
    """Who holds a post from which day."""

    person_id = IdField(_l("Người giữ vị trí"), [required()])
    kind = SelectField(_l("Hình thức"), validators=[required()])
    starts_on = DayField(_l("Từ ngày"), [required(), not_after("ends_on")])
    ends_on = DayField(_l("Đến hết ngày"), [Optional()])
    document = StringField(_l("Quyết định số, ngày"), [Optional(), Length(max=200)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice(kind.value, _(kind.label)) for kind in TenureKind]


class TenureEndForm(BaseForm):
    """The last day of a tenure."""

    ends_on = DayField(_l("Ngày cuối giữ vị trí"), [required()])
    document = StringField(_l("Quyết định số, ngày"), [Optional(), Length(max=200)])


class PeopleFilter(Form):
    """What the list of people is narrowed to."""

    q = StringField(_l("Tìm theo tên, địa chỉ thư"))
    role = SelectField(_l("Vai trò"))
    state = SelectField(_l("Tài khoản"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = role_choices(_("Mọi vai trò"))
        self.state.choices = [
            SelectChoice("", _("Đang dùng")),
            SelectChoice("off", _("Đã khóa")),
            SelectChoice("all", _("Tất cả")),
        ]

    def chosen_role(self) -> Role | None:
        return Role(self.role.data) if self.role.data in set(Role) else None

    def chosen_active(self) -> bool | None:
        return {"": True, "off": False, "all": None}.get(self.state.data or "", True)
