"""What a child did not delegate gets into no wallet, and nothing of it is shown."""

from functools import cache

import pytest

from idwallet.errors import IdWalletError, MalformedError
from idwallet.report import TABLE, Outcome, Reason
from idwallet.roles.wards import Delegated
from idwallet.testing.compact.family import HOUR, Family
from idwallet.testing.compact.handed import HANDED_FORGERIES, HandedForgery
from idwallet.testing.scene import Scene


@cache
def scene() -> Scene:
    return Scene()


@pytest.mark.parametrize("forgery", HANDED_FORGERIES, ids=lambda each: each.name)
def test_the_fault_moves_its_check_and_no_other(forgery: HandedForgery) -> None:
    valid, forged = forgery.twins(scene())
    assert valid.judge() is None
    (kept,) = valid.parent.wallet.wards()
    assert kept.acts == frozenset(valid.acts)
    report = forged.judge()
    assert report is not None
    against = {
        each.id: each.reason
        for each in report.checks
        if each.outcome is not Outcome.PASSED and each.reason is not Reason.WAITING
    }
    assert against == {forgery.check: forgery.reason}
    assert report.outcome is TABLE[forgery.check, forgery.reason].outcome
    assert forged.parent.wallet.wards() == ()


def test_names_of_forgeries_are_their_own() -> None:
    names = [each.name for each in HANDED_FORGERIES]
    assert len(set(names)) == len(names) >= 15


def handed() -> tuple[Family, Delegated]:
    family = Family(scene())
    return family, family.delegated(life=HOUR)


def test_octets_that_are_no_delegation_raise_what_says_so() -> None:
    family, honest = handed()
    wallet = family.parent.wallet
    octets = honest.delegation
    broken = [b"", b"\x80", octets[:-1], octets + b"\0", bytes(len(octets))]
    for each in broken:
        with pytest.raises(MalformedError):
            wallet.add_ward(Delegated(honest.card, each), at=family.at)
    assert wallet.wards() == ()
    assert wallet.add_ward(honest, at=family.at).acts


@pytest.mark.parametrize("place", range(0, 200, 7))
def test_no_octet_of_a_delegation_can_be_changed(place: int) -> None:
    family, honest = handed()
    octets = bytearray(honest.delegation)
    octets[place % len(octets)] ^= 1
    with pytest.raises(IdWalletError):
        family.parent.wallet.add_ward(
            Delegated(honest.card, bytes(octets)), at=family.at
        )
    assert family.parent.wallet.wards() == ()
