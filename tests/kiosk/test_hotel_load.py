"""One visitor after the other: each is served, and none of them stays in memory.

The long form is `python -m tests.soak.kiosk --visitors 2000`.
"""

import json
import os
import subprocess
import sys
from typing import Final

from tests.docs.pages import ROOT, python_path

VISITORS: Final = 24
BEFORE: Final = 16
MOST_EACH: Final = 10_000
"""Octets that may stay of a visitor, on the average.

What grows is bounded memos (checks of a verdict, parts of a font), which fill by a few
thousand octets with each visitor until they are full: measured 6,300 here, and 4,700
where 100 went before. A page with a card, or the objects of one judged answer, take
more: whatever is kept of everybody shows.
"""


def test_of_each_visitor_nothing_stays_in_memory() -> None:
    # A process of its own: nothing else in it takes memory.
    asked = [f"--visitors={VISITORS}", f"--before={BEFORE}"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.kiosk", *asked],
        cwd=ROOT,
        env={**os.environ, **python_path()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["visitors"] == VISITORS
    assert found["each"] < MOST_EACH, found
