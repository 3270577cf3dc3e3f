"""The wallet of npm @openid4vc/openid4vci takes up what our credential service offers.

Over TLS on this machine, by an authority that the peer was told to believe.
"""

from typing import Any, Final

import pytest

from idwallet.crypto.agreement import EphemeralKey
from idwallet.protocols.openid4vci.credential import NotificationEvent
from idwallet.protocols.openid4vci.offer import offer_reference
from idwallet.roles.credential_service import AttestationRule, TokenRule
from tests.interop.mdoc_peers import Process
from tests.interop.online.issuing import (
    ACCOUNT,
    BACK,
    CARD,
    CLIENT_ID,
    LICENCE,
    issuing,
    now,
)
from tests.interop.online.taking import offered, require_bound, takes_up
from tests.interop.online.tls import Authority
from tests.interop.peers import Refused

pytestmark = [pytest.mark.interop, pytest.mark.loopback]

BOTH: Final = (CARD, LICENCE)


def test_it_reads_our_metadata_as_those_of_the_final_version(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority) as world:
        found = npm.ask({"action": "describe", "issuer": world.origin})["result"]
    assert found == {"version": "V1", "known": [*BOTH]}


def test_an_offer_with_a_code_gives_both_formats_bound_to_its_keys(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority) as world:
        result = takes_up(npm, **offered(world, *BOTH))
    require_bound(result, *BOTH)
    assert result["tokenType"] == "DPoP"
    # The nonce of DPoP (RFC 9449 8) was asked for, and the peer came again with it.
    assert [each for each in world.came if each[0] == "/token"] == [
        ("/token", 400),
        ("/token", 200),
    ]


def test_an_offer_is_fetched_from_where_the_link_says(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority) as world:
        made = world.service.offer(
            subject=ACCOUNT, configurations=[CARD], transaction_code=False, at=now()
        )
        place = f"{world.origin}/offers/1"
        world.offers[place] = made.offer
        result = takes_up(npm, offer=offer_reference(place))
    require_bound(result, CARD)


def test_a_mistyped_code_gives_nothing_and_the_right_one_still_does(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority) as world:
        made = offered(world, CARD)
        wrong = str((int(made["txCode"]) + 1) % 1_000_000).zfill(6)
        with pytest.raises(Refused, match="invalid_grant"):
            takes_up(npm, **made | {"txCode": wrong})
        assert world.orders == []
        require_bound(takes_up(npm, **made), CARD)
        with pytest.raises(Refused, match="invalid_grant"):
            takes_up(npm, **made)


def test_a_browser_with_a_pushed_request_gives_both_formats(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority) as world:
        invited = world.service.invite(subject=ACCOUNT, configurations=BOTH, at=now())
        result = takes_up(
            npm,
            offer=invited.to_uri(),
            clientId=CLIENT_ID,
            redirectUri=BACK,
            scope=" ".join(BOTH),
        )
    require_bound(result, *BOTH)
    assert ("/par", 201) in world.came
    assert ("/authorize", 302) in world.came


def test_a_batch_has_a_copy_for_each_key(npm: Process, authority: Authority) -> None:
    with issuing(authority) as world:
        result = takes_up(npm, count=10, **offered(world, *BOTH))
    require_bound(result, *BOTH, count=10)


def test_eleven_keys_are_more_than_the_service_takes(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority) as world, pytest.raises(Refused, match="max batch size"):
        takes_up(npm, count=11, **offered(world, CARD))
    assert world.orders == []


def test_a_nonce_of_nobody_is_refused(npm: Process, authority: Authority) -> None:
    with issuing(authority) as world, pytest.raises(Refused, match="invalid_nonce"):
        takes_up(npm, nonce="made up", **offered(world, CARD))
    assert world.orders == []


def test_what_became_of_it_is_told(npm: Process, authority: Authority) -> None:
    with issuing(authority) as world:
        for event in NotificationEvent:
            takes_up(npm, event=event.value, **offered(world, LICENCE))
    assert [each.event for each in world.told] == [*NotificationEvent]
    assert {(each.subject, each.configuration) for each in world.told} == {
        (ACCOUNT, LICENCE)
    }


def test_what_takes_time_comes_later(npm: Process, authority: Authority) -> None:
    with issuing(authority, pending=1, notifies=False) as world:
        result = takes_up(npm, count=2, deferred=True, **offered(world, CARD))
    require_bound(result, CARD, count=2)
    got: Any = result["got"]
    assert got[0]["waited"] is True


def test_it_refuses_what_comes_later_with_an_identifier_to_tell_of_it(
    npm: Process, authority: Authority
) -> None:
    """A fault of its own: the twin above differs in `notification_id` alone."""
    with (
        issuing(authority, pending=1) as world,
        pytest.raises(Refused, match="retrieving deferred credentials"),
    ):
        takes_up(npm, count=2, deferred=True, **offered(world, CARD))
    assert ("/deferred", 200) in world.came


def test_without_a_key_of_the_wallet_a_token_is_given_where_that_is_accepted(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority, tokens=TokenRule.BEARER_ACCEPTED) as world:
        result = takes_up(npm, bearer=True, **offered(world, *BOTH))
    require_bound(result, *BOTH)
    assert result["tokenType"] == "Bearer"
    with issuing(authority) as strict, pytest.raises(Refused, match="invalid_dpop"):
        takes_up(npm, bearer=True, **offered(strict, CARD))


def test_what_jose_encrypts_is_read_and_answered_encrypted(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority, encryption=EphemeralKey.generate()) as world:
        result = takes_up(npm, count=2, encrypted=True, **offered(world, *BOTH))
        require_bound(result, *BOTH, count=2)
        with pytest.raises(Refused, match="invalid_credential_request"):
            takes_up(npm, **offered(world, CARD))


def test_a_wallet_that_its_provider_attests_is_let_in_and_no_other(
    npm: Process, authority: Authority
) -> None:
    same = AttestationRule.REQUIRED_SAME_KEY
    with issuing(authority, attestation=same) as world:
        told = {"clientId": CLIENT_ID, "attestWallet": True, "sameKey": True}
        own = {**told, "provider": world.provider()}
        require_bound(takes_up(npm, **own, **offered(world, CARD)), CARD)
        for change in (
            {"provider": world.provider(believed=False)},
            {"sameKey": False},
            {"attestWallet": False},
        ):
            with pytest.raises(Refused, match=r"invalid_client|invalid_dpop_proof"):
                takes_up(npm, **own | change, **offered(world, CARD))


def test_keys_that_the_provider_attests_get_credentials_and_no_others(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority, keys_attested=True) as world:
        told = {"keysAttested": True, "provider": world.provider()}
        result = takes_up(npm, count=2, **told, **offered(world, *BOTH))
        require_bound(result, *BOTH, count=2)
        stranger = {**told, "provider": world.provider(believed=False)}
        with pytest.raises(Refused, match="invalid_proof"):
            takes_up(npm, **stranger, **offered(world, CARD))
