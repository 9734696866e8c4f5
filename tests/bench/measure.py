"""Floor and subject in turns, in blocks of thirty: minimum of each block, median of the ratios of blocks."""

import http.client
import time
from dataclasses import dataclass
from statistics import median

BLOCK = 30
WARM_UP = 12
"""Enough for the driver to prepare its statements and the server to settle on their plans."""
BLOCK_SECONDS = 3.0
"""A slow page ends its block early: three answers are enough for a minimum."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one answer took: seconds at the client, SQL statements and milliseconds of processor at the server.

    The processor is asked only on its own: asking the system for it takes time too.
    """

    seconds: float
    statements: int
    processor_ms: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times slower the subject is than its floor, and both in milliseconds (the best of all blocks)."""

    name: str
    ratio: float
    floor_ms: float
    subject_ms: float
    statements: int
    processor_ms: float


class Caller:
    """One keep-alive connection that fails on every answer but 200."""

    def __init__(self, host: str, port: int, cookie: str) -> None:
        self.http = http.client.HTTPConnection(host, port, timeout=60)
        self.headers = {"Cookie": cookie, "Accept": "text/html"}

    def ask(self, path: str, **headers: str) -> Answer:
        """Raises RuntimeError for an answer that is not 200."""
        started = time.perf_counter()
        self.http.request("GET", path, headers=self.headers | headers)
        answer = self.http.getresponse()
        body = answer.read()
        spent = time.perf_counter() - started
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
        return Answer(spent, int(answer.headers["X-Statements"]), float(answer.headers.get("X-Processor", 0)))


@dataclass(frozen=True, slots=True)
class Page:
    """An address, and who asks for it."""

    caller: Caller
    path: str

    def warm_up(self) -> None:
        limit = time.perf_counter() + BLOCK_SECONDS
        for asked in range(WARM_UP):
            if asked < 2 or time.perf_counter() < limit:
                self.caller.ask(self.path)

    def block(self) -> Answer:
        """The fastest of a block of answers."""
        answers, limit = [], time.perf_counter() + BLOCK_SECONDS
        while len(answers) < BLOCK and (len(answers) < 3 or time.perf_counter() < limit):
            answers.append(self.caller.ask(self.path))
        return min(answers, key=lambda answer: answer.seconds)

    def processor_ms(self) -> float:
        """The least that an answer takes of the server's processor."""
        return min(self.caller.ask(self.path, **{"X-Processor": "1"}).processor_ms for _ in range(5))


def compare(name: str, floor: Page, subject: Page, blocks: int) -> Ratio:
    """The median over `blocks` of (fastest subject / fastest floor) within each pair of blocks."""
    for page in (floor, subject):
        page.warm_up()
    ratios, floors, subjects = [], [], []
    for _ in range(blocks):
        lowest, reached = floor.block(), subject.block()
        ratios.append(reached.seconds / lowest.seconds)
        floors.append(lowest.seconds)
        subjects.append(reached)
    return Ratio(
        name,
        median(ratios),
        min(floors) * 1000,
        min(answer.seconds for answer in subjects) * 1000,
        max(answer.statements for answer in subjects),
        subject.processor_ms(),
    )
