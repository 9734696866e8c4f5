"""The world of the inspections, and a visit under way that every session sees."""

import pytest

from inspect_app.db import db
from inspect_app.inspections.models import Inspection
from tests.inspections.visits import World, make_visit, make_world


@pytest.fixture
def world(database: None) -> World:
    return make_world()


@pytest.fixture
def visit(world: World) -> Inspection:
    visit = make_visit(world)
    db.session.commit()
    return visit
