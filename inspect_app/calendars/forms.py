"""What may be typed about days."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from inspect_app.forms import BaseForm, DayField, required


class DayForm(BaseForm):
    """One day that a decision makes off or worked."""

    day = DayField(_l("Ngày"), [required()])
    works = SelectField(
        _l("Ngày này"),
        [required()],
        choices=[SelectChoice("off", _l("nghỉ theo quyết định")), SelectChoice("works", _l("làm việc bù"))],
    )
    reason = StringField(_l("Căn cứ"), [required(), Length(max=300, message=_l("Tối đa %(max)d ký tự."))])
