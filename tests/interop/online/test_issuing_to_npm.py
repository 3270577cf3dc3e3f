"""The wallet of npm @openid4vc/openid4vci takes up what our credential service offers.

Over TLS on this machine, by an authority that the peer was told to believe.
"""

from typing import Any, Final

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object
from idwallet.credentials.mdoc.structures import read_issuer_signed
from idwallet.credentials.sdjwt.structures import read_sd_jwt
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.keys import PublicKey
from idwallet.protocols.openid4vci.credential import NotificationEvent
from idwallet.roles.credential_service import TokenRule
from tests.interop.mdoc_peers import Process
from tests.interop.online.issuing import (
    ACCOUNT,
    BACK,
    CARD,
    CLIENT_ID,
    LICENCE,
    IssuingWorld,
    issuing,
    now,
)
from tests.interop.online.tls import Authority
from tests.interop.peers import Refused

pytestmark = [pytest.mark.interop, pytest.mark.loopback]

BOTH: Final = (CARD, LICENCE)


def _takes_up(npm: Process, **told: Any) -> JsonObject:
    result = npm.ask({"action": "takeUp", **told})["result"]
    assert isinstance(result, dict)
    return result


def _offered(world: IssuingWorld, *names: str, code: bool = True) -> dict[str, Any]:
    made = world.service.offer(
        subject=ACCOUNT, configurations=names, transaction_code=code, at=now()
    )
    return {"offer": made.offer.to_uri(), "txCode": made.transaction_code}


def _bound_to(credential: str, name: str) -> str:
    """Return the thumbprint of the key that a credential is bound to."""
    if name == LICENCE:
        octets = b64.decode(credential, at="test")
        return read_issuer_signed(octets, at="test").mso.device_key.thumbprint
    payload = read_object(read_sd_jwt(credential).issuer_jwt.payload, at="test")
    held = payload["cnf"]
    assert isinstance(held, dict)
    return PublicKey.from_jwk(held["jwk"], at="test").thumbprint


def _require_bound(result: JsonObject, *names: str, count: int = 1) -> None:
    """Each key that the peer proved has a credential, in order, and no other has."""
    got: Any = result["got"]
    assert [each["id"] for each in got] == list(names)
    for each in got:
        keys = [PublicKey.from_jwk(jwk, at="test").thumbprint for jwk in each["keys"]]
        assert len(set(keys)) == count
        assert [_bound_to(one, each["id"]) for one in each["credentials"]] == keys


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
        result = _takes_up(npm, **_offered(world, *BOTH))
    _require_bound(result, *BOTH)
    assert result["tokenType"] == "DPoP"
    # The nonce of DPoP (RFC 9449 8) was asked for, and the peer came again with it.
    assert [each for each in world.came if each[0] == "/token"] == [
        ("/token", 400),
        ("/token", 200),
    ]


def test_a_mistyped_code_gives_nothing_and_the_right_one_still_does(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority) as world:
        offered = _offered(world, CARD)
        wrong = str((int(offered["txCode"]) + 1) % 1_000_000).zfill(6)
        with pytest.raises(Refused, match="invalid_grant"):
            _takes_up(npm, **offered | {"txCode": wrong})
        assert world.orders == []
        _require_bound(_takes_up(npm, **offered), CARD)
        with pytest.raises(Refused, match="invalid_grant"):
            _takes_up(npm, **offered)


def test_a_browser_with_a_pushed_request_gives_both_formats(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority) as world:
        invited = world.service.invite(subject=ACCOUNT, configurations=BOTH, at=now())
        result = _takes_up(
            npm,
            offer=invited.to_uri(),
            clientId=CLIENT_ID,
            redirectUri=BACK,
            scope=" ".join(BOTH),
        )
    _require_bound(result, *BOTH)
    assert ("/par", 201) in world.came
    assert ("/authorize", 302) in world.came


def test_a_batch_has_a_copy_for_each_key(npm: Process, authority: Authority) -> None:
    with issuing(authority) as world:
        result = _takes_up(npm, count=10, **_offered(world, *BOTH))
    _require_bound(result, *BOTH, count=10)


def test_eleven_keys_are_more_than_the_service_takes(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority) as world, pytest.raises(Refused, match="max batch size"):
        _takes_up(npm, count=11, **_offered(world, CARD))
    assert world.orders == []


def test_a_nonce_of_nobody_is_refused(npm: Process, authority: Authority) -> None:
    with issuing(authority) as world, pytest.raises(Refused, match="invalid_nonce"):
        _takes_up(npm, nonce="made up", **_offered(world, CARD))
    assert world.orders == []


def test_what_became_of_it_is_told(npm: Process, authority: Authority) -> None:
    with issuing(authority) as world:
        for event in NotificationEvent:
            _takes_up(npm, event=event.value, **_offered(world, LICENCE))
    assert [each.event for each in world.told] == [*NotificationEvent]
    assert {(each.subject, each.configuration) for each in world.told} == {
        (ACCOUNT, LICENCE)
    }


def test_what_takes_time_comes_later(npm: Process, authority: Authority) -> None:
    with issuing(authority, pending=1, notifies=False) as world:
        result = _takes_up(npm, count=2, deferred=True, **_offered(world, CARD))
    _require_bound(result, CARD, count=2)
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
        _takes_up(npm, count=2, deferred=True, **_offered(world, CARD))
    assert ("/deferred", 200) in world.came


def test_without_a_key_of_the_wallet_a_token_is_given_where_that_is_accepted(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority, tokens=TokenRule.BEARER_ACCEPTED) as world:
        result = _takes_up(npm, bearer=True, **_offered(world, *BOTH))
    _require_bound(result, *BOTH)
    assert result["tokenType"] == "Bearer"
    with issuing(authority) as strict, pytest.raises(Refused, match="invalid_dpop"):
        _takes_up(npm, bearer=True, **_offered(strict, CARD))


def test_what_jose_encrypts_is_read_and_answered_encrypted(
    npm: Process, authority: Authority
) -> None:
    with issuing(authority, encryption=EphemeralKey.generate()) as world:
        result = _takes_up(npm, count=2, encrypted=True, **_offered(world, *BOTH))
        _require_bound(result, *BOTH, count=2)
        with pytest.raises(Refused, match="invalid_credential_request"):
            _takes_up(npm, **_offered(world, CARD))
