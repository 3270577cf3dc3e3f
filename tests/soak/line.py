"""A line that loses, doubles, delays and reorders what it carries."""

import time
from collections import Counter
from collections.abc import Callable
from random import Random
from threading import Lock
from typing import Final

from idwallet.errors import PortError
from idwallet.protocols.http import HttpRequest, HttpResponse

Send = Callable[[HttpRequest], HttpResponse]

FAULTS: Final = (
    "lost on the way",
    "lost on the way back",
    "doubled",
    "delayed",
    "late",
)


class Lost(Exception):  # noqa: N818 - reads as what happened
    """No answer came; whoever asked cannot know whether the question arrived."""


class Line:
    """Carries messages of one client; about one in `rarity` meets a fault.

    `came` counts the faults of all lines that share it, `since` those of this one since
    it was last set to zero. A request that is late arrives after the next one: then its
    answer interests nobody any more.
    """

    def __init__(
        self, send: Send, random: Random, came: "Counter[str]", *, rarity: int = 6
    ) -> None:
        """Take what really carries."""
        self._send = send
        self._random = random
        self._came = came
        self._lock = Lock()
        self._rarity = rarity
        self._late: HttpRequest | None = None
        self.since = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        """Carry it once.

        Raises:
            Lost: no answer came.
        """
        fault = self._fault()
        if fault in {"lost on the way", "late"}:
            self._late = request if fault == "late" else None
            raise Lost
        if fault == "delayed":
            time.sleep(self._random.uniform(0, 0.05))
        answer = self._carried(request)
        if fault == "doubled":
            self._carried(request)
        late, self._late = self._late, None
        if late is not None:
            self._carried(late)
        if fault == "lost on the way back":
            raise Lost
        return answer

    def insist(self, request: HttpRequest) -> HttpResponse:
        """Carry the same request again until an answer comes."""
        for _ in range(100):
            try:
                return self.send(request)
            except Lost:
                continue
        raise AssertionError("a line that carries nothing")

    def _carried(self, request: HttpRequest) -> HttpResponse:
        try:
            return self._send(request)
        except PortError as error:
            self.since += 1  # a machine that is too busy to answer in time
            raise Lost from error

    def _fault(self) -> str | None:
        if self._random.randrange(self._rarity):
            return None
        fault = self._random.choice(FAULTS)
        self.since += 1
        with self._lock:
            self._came[fault] += 1
        return fault
