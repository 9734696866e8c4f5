"""The life of a rubric: taken in, published or refused with reasons, retired, found by version."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.audit.queries import timeline
from inspect_app.db import db, transaction
from inspect_app.moves import MoveNotAllowed
from inspect_app.refusals import NotVisible
from inspect_app.rubrics.actions import (
    Imported,
    RubricRefused,
    import_rubric,
    load_shipped_rubrics,
    publish_version,
    retire_version,
    try_rubric,
)
from inspect_app.rubrics.imports import SHIPPED, shipped_text
from inspect_app.rubrics.models import Rubric, RubricVersion
from inspect_app.rubrics.publishing import content_hash
from inspect_app.rubrics.queries import newest_version, published_versions, rubric_of
from inspect_app.rubrics.reading import read_rubric, write_rubric
from inspect_app.rubrics.shapes import ScoringKind
from inspect_app.rubrics.states import RubricState
from inspect_app.rubrics.words import rule_in_words
from inspect_app.units.rules import UnitKind
from tests.makers import AT, make_person

SAMPLE = shipped_text("mau_du_cach_cham")


@pytest.fixture
def shipped(database: None) -> Iterator[list[RubricVersion]]:
    with transaction():
        versions = load_shipped_rubrics(AT, SYSTEM_ACTOR)
    yield versions


def take(text: str = SAMPLE) -> Imported:
    with transaction():
        return import_rubric(text, by=SYSTEM_ACTOR, at=AT)


def publish(version: RubricVersion) -> None:
    with transaction():
        publish_version(version, by=SYSTEM_ACTOR, at=AT)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_all_eight_shipped_rubrics_load_and_the_publishable_ones_are_published(shipped: list[RubricVersion]) -> None:
    assert len(shipped) == len(SHIPPED) == 8
    published = {version.rubric.code for version in published_versions()}
    assert published == {"bcs766-2026", "kiem-tra-mau-7", "mau-du-cach-cham"}


def test_loading_the_shipped_rubrics_twice_changes_nothing(shipped: list[RubricVersion]) -> None:
    with transaction():
        again = load_shipped_rubrics(AT, SYSTEM_ACTOR)
    assert [version.id for version in again] == [version.id for version in shipped]
    assert count(RubricVersion) == 8


def test_a_retired_shipped_rubric_is_not_published_again_by_loading(shipped: list[RubricVersion]) -> None:
    version = published_versions()[0]
    with transaction():
        retire_version(version, by=SYSTEM_ACTOR, at=AT)
        load_shipped_rubrics(AT, SYSTEM_ACTOR)
    assert version.state is RubricState.RETIRED


def test_an_import_is_a_draft_with_the_hash_of_its_content(database: None) -> None:
    imported = take()
    version = imported.version
    assert (imported.is_new, version.number, version.state, version.official) == (True, 1, RubricState.DRAFT, False)
    assert version.content_hash == content_hash(read_rubric(SAMPLE)[0])
    [entry] = timeline([("rubric_version", version.id)])
    assert (entry.action, entry.details["content_hash"]) == ("rubric imported", version.content_hash)


def test_the_same_content_is_harmless_and_other_content_is_the_next_version(database: None) -> None:
    first = take()
    again = take(write_rubric(first.version.content))
    assert (again.is_new, again.version.id) == (False, first.version.id)
    second = take(SAMPLE.replace("Kế hoạch của đơn vị", "Kế hoạch năm"))
    assert (second.is_new, second.version.number) == (True, 2)
    assert count(Rubric) == 1


def test_a_field_that_nobody_knows_is_named_and_nothing_is_taken(database: None) -> None:
    with pytest.raises(RubricRefused) as refused:
        take(SAMPLE.replace("cycle: inspection", "cycel: inspection"))
    assert any("cycel" in problem for problem in refused.value.problems)
    assert count(Rubric) == count(RubricVersion) == 0


def test_trying_says_what_an_import_would_do_and_does_nothing(database: None) -> None:
    assert (try_rubric(SAMPLE)["number"], try_rubric(SAMPLE)["new"]) == (1, True)
    assert count(Rubric) == 0
    take()
    assert (try_rubric(SAMPLE)["number"], try_rubric(SAMPLE)["new"]) == (1, False)
    assert try_rubric(SAMPLE.replace("Kế hoạch của đơn vị", "Kế hoạch năm"))["number"] == 2


def test_publishing_is_done_once(database: None) -> None:
    version = take().version
    publish(version)
    assert (version.state, version.published_at) == (RubricState.PUBLISHED, AT)
    with pytest.raises(MoveNotAllowed):
        publish(version)


def test_what_cannot_be_published_says_everything_that_stands_against_it(shipped: list[RubricVersion]) -> None:
    draft = newest_version("camau-1880-2013")
    assert draft is not None
    with pytest.raises(RubricRefused) as refused:
        publish(draft)
    assert len(refused.value.problems) >= 3
    assert draft.state is RubricState.DRAFT


def test_a_draft_cannot_be_retired_and_a_retired_version_is_no_longer_offered(database: None) -> None:
    version = take().version
    with pytest.raises(MoveNotAllowed), transaction():
        retire_version(version, by=SYSTEM_ACTOR, at=AT)
    publish(version)
    assert [one.id for one in published_versions()] == [version.id]
    with transaction():
        retire_version(version, by=SYSTEM_ACTOR, at=AT)
    assert published_versions() == []
    assert newest_version("mau-du-cach-cham") is version


def test_an_inspection_of_a_ward_is_offered_the_rubrics_for_communes(shipped: list[RubricVersion]) -> None:
    codes = {version.rubric.code for version in published_versions(UnitKind.PHUONG)}
    assert codes == {"bcs766-2026", "kiem-tra-mau-7", "mau-du-cach-cham"}
    assert {version.rubric.code for version in published_versions(UnitKind.TINH)} == {"bcs766-2026"}


def test_the_rubric_of_a_version_is_parsed_once(shipped: list[RubricVersion]) -> None:
    version = published_versions()[0]
    assert rubric_of(version.id) is rubric_of(version.id)
    with pytest.raises(NotVisible):
        rubric_of(make_person().id)


def test_every_way_of_scoring_is_told_in_words(shipped: list[RubricVersion]) -> None:
    sample = newest_version("mau-du-cach-cham")
    assert sample is not None
    told = {leaf.kind: rule_in_words(leaf) for leaf in rubric_of(sample.id).leaves()}
    assert told.keys() == set(ScoringKind)
    for lines in told.values():
        assert lines
        assert all(message % facts for message, facts in lines)
