"""The EU reference library (openid4vci-kt) takes up what our credential service offers.

Of it 0.7.1 is to be had, which speaks draft 15: keys come in `proofs`, as in the final
version, only where they are several.
"""

from typing import Any, Final

import pytest

from tests.interop.mdoc_peers import Process
from tests.interop.online.issuing import (
    ACCOUNT,
    CARD,
    LICENCE,
    issuing,
    now,
)
from tests.interop.online.taking import offered, require_bound, takes_up
from tests.interop.online.tls import Authority
from tests.interop.peers import Refused

pytestmark = [pytest.mark.interop, pytest.mark.loopback]

BOTH: Final = (CARD, LICENCE)


def test_an_offer_with_a_code_gives_both_formats_bound_to_its_keys(
    eudi: Process, authority: Authority
) -> None:
    with issuing(authority) as world:
        result = takes_up(eudi, count=3, event="accepted", **offered(world, *BOTH))
    require_bound(result, *BOTH, count=3)
    assert result["tokenType"] == "DPoP"
    assert [each.configuration for each in world.told] == [*BOTH]


def test_a_mistyped_code_gives_nothing(eudi: Process, authority: Authority) -> None:
    with issuing(authority) as world:
        made = offered(world, CARD)
        wrong = str((int(made["txCode"]) + 1) % 1_000_000).zfill(6)
        with pytest.raises(Refused, match="invalid_grant"):
            takes_up(eudi, count=2, **made | {"txCode": wrong})
    assert world.orders == []


def test_a_browser_with_a_pushed_request_gives_both_formats(
    eudi: Process, authority: Authority
) -> None:
    with issuing(authority) as world:
        invited = world.service.invite(subject=ACCOUNT, configurations=BOTH, at=now())
        result = takes_up(eudi, count=2, offer=invited.to_uri(), browser=True)
    require_bound(result, *BOTH, count=2)
    assert ("/par", 201) in world.came
    assert ("/authorize", 302) in world.came


def test_what_takes_time_comes_later(eudi: Process, authority: Authority) -> None:
    with issuing(authority, pending=1) as world:
        result = takes_up(eudi, count=2, **offered(world, CARD))
    require_bound(result, CARD, count=2)
    got: Any = result["got"]
    assert got[0]["waited"] is True


def test_one_key_alone_comes_as_the_draft_had_it_and_is_refused(
    eudi: Process, authority: Authority
) -> None:
    with issuing(authority) as world:
        made = offered(world, CARD)
        with pytest.raises(Refused, match="invalid_credential_request"):
            takes_up(eudi, count=1, **made)
        assert world.orders == []
        require_bound(takes_up(eudi, count=2, **offered(world, CARD)), CARD, count=2)
