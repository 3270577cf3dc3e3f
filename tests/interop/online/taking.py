"""What wallets of others are given, and whether what they got is for their keys."""

from typing import Any

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object
from idwallet.credentials.mdoc.structures import read_issuer_signed
from idwallet.credentials.sdjwt.structures import read_sd_jwt
from idwallet.crypto.keys import PublicKey
from tests.interop.mdoc_peers import Process
from tests.interop.online.issuing import ACCOUNT, LICENCE, IssuingWorld, now


def takes_up(peer: Process, **told: Any) -> JsonObject:
    """Let a wallet of others take an offer up, and return what it got."""
    result = peer.ask({"action": "takeUp", **told})["result"]
    assert isinstance(result, dict)
    return result


def offered(world: IssuingWorld, *names: str, code: bool = True) -> dict[str, Any]:
    """Make an offer, and return it as a wallet of others takes it."""
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


def require_bound(result: JsonObject, *names: str, count: int = 1) -> None:
    """Each key that the peer proved has a credential, in order, and no other has."""
    got: Any = result["got"]
    assert [each["id"] for each in got] == list(names)
    for each in got:
        keys = [PublicKey.from_jwk(jwk, at="test").thumbprint for jwk in each["keys"]]
        assert len(set(keys)) == count
        assert [_bound_to(one, each["id"]) for one in each["credentials"]] == keys
