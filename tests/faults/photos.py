"""The gale: tablets send photos while pieces are dropped and damaged and the server is killed."""

import random
import time
from dataclasses import dataclass

from tests.faults.checker import Verdict, check
from tests.faults.crash import made_ready
from tests.faults.pictures import photo
from tests.faults.rig import Rig
from tests.faults.tablets import at_once, join_all

DROPPED, FLIPPED = 0.10, 0.05


@dataclass(frozen=True, slots=True)
class Album:
    """How many tablets send how many photos of which size, in pieces of which size, through how many kills."""

    tablets: int
    photos: int
    size: int
    kills: int
    piece: int = 4096


@dataclass(frozen=True, slots=True)
class Told:
    verdict: Verdict
    stored: int
    sent_again: float
    seconds: float
    kills: dict[str, int]

    def __str__(self) -> str:
        return (
            f"{self.verdict}\n  {self.stored} of {self.verdict.counts['photos']} photos stored; "
            f"{self.sent_again:.1%} of the bytes sent again; killed: {self.kills}; {self.seconds:.0f} s"
        )


def gale(rig: Rig, album: Album, luck: random.Random) -> Told:
    """Lets it happen and has it checked."""
    begun = time.monotonic()
    tablets = made_ready(rig, album.tablets)
    for number, tablet in enumerate(tablets):
        tablet.dropped, tablet.flipped, tablet.piece = DROPPED, FLIPPED, album.piece
        for each in range(album.photos):
            content = photo(number * 1000 + each, bytes_about=album.size)
            tablet.shoot(next(iter(tablet.packs)), "A.1.1", content)
    shots = [shot for tablet in tablets for shot in tablet.shots]
    threads = at_once([lambda tablet=tablet: tablet.upload_all(patience=900) for tablet in tablets])
    for number in range(album.kills):
        while sum(bool(shot.result) for shot in shots) < len(shots) * (number + 0.5) / album.kills:
            time.sleep(0.02)
        rig.kill_web_process()
        time.sleep(luck.uniform(0.1, 0.3))
    join_all(threads)
    total = sum(len(shot.content) for shot in shots)
    again = sum(tablet.bytes_sent for tablet in tablets) / total - 1
    stored = sum(shot.result == "stored" for shot in shots)
    return Told(check(rig, tablets), stored, again, time.monotonic() - begun, dict(rig.kills))
