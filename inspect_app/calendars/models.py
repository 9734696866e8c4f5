"""Days that a decision made off or worked, on top of the national calendar."""

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.db import Model


class DayOverride(Model):
    """A day that is off or worked by decision, whatever the national calendar says."""

    __tablename__ = "day_override"

    day: Mapped[date] = mapped_column(unique=True)
    works: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime]
