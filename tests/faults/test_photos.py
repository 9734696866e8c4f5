"""Photos over a bad network to a server that is killed: each arrives whole, and little is sent twice."""

import random
from pathlib import Path

import pytest

from tests.faults.checker import check
from tests.faults.photos import Album, gale
from tests.faults.rig import rig_on_sqlite

pytestmark = pytest.mark.network


def test_every_photo_arrives_whole(folder: Path) -> None:
    with rig_on_sqlite(folder, workers=2) as rig:
        told = gale(rig, Album(tablets=8, photos=4, size=60_000, kills=3), random.Random(3))
    assert not told.verdict.red, told
    assert told.verdict.counts["photos"] == 32 and told.stored == 32
    assert told.sent_again <= 0.10, told


def test_what_the_server_calls_arrived_survives_a_cut_of_the_power(folder: Path) -> None:
    """After each piece the power goes: the server never goes back behind what it had told."""
    from tests.faults.pictures import photo
    from tests.faults.tablets import PIECE, Tablet, insist

    with rig_on_sqlite(folder) as rig:
        rig.plan(disk=True)
        visit = rig.world["visits"][0]["id"]
        tablet = Tablet(rig.port, rig.world["people"][0], "T1").open(visit)
        shot = tablet.shoot(visit, "A.1.1", photo(5, bytes_about=50_000))
        insist(lambda: tablet.announce(shot))
        offset = 0
        while offset < len(shot.content):
            told = tablet.patch(shot, offset, shot.content[offset : offset + PIECE])
            offset = int(told.headers["upload-offset"])
            rig.cut_power()
            assert int(insist(lambda: tablet.head(shot)).headers["upload-offset"]) == offset
        tablet.upload_all()
        assert shot.result == "stored"
        assert not check(rig, [tablet]).red
