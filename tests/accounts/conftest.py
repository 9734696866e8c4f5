"""A city, a person with a password, an administrator."""

import pytest

from inspect_app.accounts import passwords
from inspect_app.accounts.attempts import forget_all
from inspect_app.accounts.models import Person
from inspect_app.permissions import Role
from inspect_app.units.models import Unit
from tests.client import Client
from tests.makers import make_city, make_officer

PASSWORD = "con trâu trắng qua cầu gỗ"


@pytest.fixture(scope="session")
def hashed() -> str:
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def city(database: None) -> Unit:
    """Where everything happens; nobody has tried to sign in yet."""
    forget_all()
    return make_city()


@pytest.fixture
def lan(city: Unit, hashed: str) -> Person:
    """An officer of the city who signs in with PASSWORD."""
    return make_officer(Role.OFFICE, city, "Nguyễn Thị Lan", email="lan@thu.example", password_hash=hashed)


@pytest.fixture
def admin(client: Client, city: Unit) -> Client:
    return client.sign_in(make_officer(Role.ADMIN, city, "Ngô Quản Trị", unit_id=city.id))
