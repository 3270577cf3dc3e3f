"""A month of one till without a network: what it believes, and what it does not.

Run it: ``python examples/month_offline.py``. Everybody and every key is invented.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from idwallet import explain
from idwallet.testing import Ministry, Operator, Till, morning
from idwallet.trust import make_delta


def live(till: Till, operator: Operator) -> None:
    """Go through November 2026 and print what happens."""

    def note(day: int, what: str, *came_to: str) -> None:
        print(f"{day:2} November: {what}", *came_to, sep="\n    ")

    old, new = Ministry("Ministry"), Ministry("New Ministry")
    roots = [old.anchor]
    anna, boris = (old.issue(name, day=1, readers=till.readers) for name in ("A", "B"))
    first = operator.bundle(1, day=1, anchors=roots, lists=[old.listed(1)])
    note(1, "the shop opens with a bundle", till.take(first, day=1))
    note(2, "Anna buys", till.sell(anna, day=2))

    old.revoke(boris)
    note(3, "Boris loses his phone; the finder buys", till.sell(boris, day=3))
    second = operator.bundle(2, day=4, anchors=roots, lists=[old.listed(4)])
    delta = make_delta(first, second)
    note(4, "a courier brings what changed", till.take(delta, day=4))
    note(4, "the finder comes back", till.sell(boris, day=4))
    note(5, "he brings the old bundle along", till.take(first, day=5))
    note(5, "and tries again", till.sell(boris, day=5))

    wrong = morning(5).replace(year=2024)
    note(6, "the battery of the clock is empty", till.sell(anna, day=6, clock=wrong))
    note(6, "somebody sets it; Anna buys", till.sell(anna, day=6))
    note(9, "snow, and no courier: Anna buys", till.sell(anna, day=9))
    note(13, "still snow: Anna buys", till.sell(anna, day=13))
    third = operator.bundle(3, day=14, anchors=roots, lists=[old.listed(14)])
    note(14, "the road is free", till.take(third, day=14))
    note(14, "Anna buys", till.sell(anna, day=14))

    thief = old.issue("nobody", day=16, readers=till.readers)
    note(16, "a thief of the ministry's key buys", till.sell(thief, day=16))
    lost = replace(old.anchor, distrusted_after=morning(15))
    roots, lists = [lost, new.anchor], [old.listed(17), new.listed(17)]
    fourth = operator.bundle(4, day=17, anchors=roots, lists=lists)
    note(17, "the theft is known", till.take(fourth, day=17))
    note(17, "the thief comes back", till.sell(thief, day=17))
    note(17, "Anna's card is of the stolen key, too", till.sell(anna, day=17))
    anna = new.issue("A", day=18, readers=till.readers)
    note(18, "Anna has a new card", till.sell(anna, day=18))

    word = [operator.announcement(day=20, number=6)]
    lists = [new.listed(20)]
    fifth = operator.bundle(
        5, day=20, anchors=[new.anchor], lists=lists, announcements=word
    )
    note(20, "the operator announces a new key", till.take(fifth, day=20))
    lists, by = [new.listed(25)], operator.second
    sixth = operator.bundle(
        6, day=25, anchors=[new.anchor], lists=lists, by=by, announcements=word
    )
    note(25, "the new key signs", till.take(sixth, day=25))
    forged = operator.bundle(7, day=27, anchors=[old.anchor], lists=[old.listed(27)])
    note(27, "somebody has the old key", till.take(forged, day=27))
    note(28, "Anna buys", till.sell(anna, day=28))


with TemporaryDirectory() as folder:
    operator = Operator()
    words = partial(explain, reader="clerk")
    till = Till(Path(folder), operator, tell=lambda report: words(report).headline)
    live(till, operator)
