"""The EU reference library (siop-openid4vp-kt) reads and answers what we ask.

Of it 0.9.0 is to be had, which speaks draft 24. It stops at a member that the final
version renamed; with that beside the new one it reads the rest, and answers in a form
that the final version has not.
"""

import json
from typing import Any, Final

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from idwallet.codec.json import JsonObject
from idwallet.credentials.model import Unverified
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.roles.verifier import PresentationRequest
from tests.interop.mdoc_peers import Process, private_jwk
from tests.interop.online.tls import Authority
from tests.interop.online.verifying import Trusted, VerifyingWorld, verifying
from tests.interop.peers import Refused

pytestmark = [pytest.mark.interop, pytest.mark.loopback]

ES256: Final = ["ES256"]
DRAFT: Final[JsonObject] = {
    "vp_formats": {
        "dc+sd-jwt": {"sd-jwt_alg_values": ES256, "kb-jwt_alg_values": ES256},
        "mso_mdoc": {"alg": ES256},
    },
    "authorization_encrypted_response_alg": "ECDH-ES",
    "authorization_encrypted_response_enc": "A256GCM",
}
"""What the draft's client metadata had where the final version has other names."""


@pytest.fixture(scope="module")
def trusted() -> Trusted:
    return Trusted()


def _as_the_draft_had_it(made: PresentationRequest, world: VerifyingWorld) -> str:
    """Return the request with the draft's names beside, signed anew by who asks."""
    signed = JWS()
    signed.deserialize(made.message.raw)
    key = JWK(**private_jwk(world.reader.signer))  # type: ignore[arg-type]
    signed.verify(key)
    claims: Any = json.loads(signed.payload)
    claims["client_metadata"] |= DRAFT
    again = JWS(json.dumps(claims).encode())
    again.add_signature(key, protected=json.dumps(signed.jose_header))
    text = again.serialize(compact=True)
    return made.message.to_uri().replace(made.message.raw, text)


def test_it_misses_a_member_of_the_draft_in_a_request_of_the_final_version(
    eudi: Process, authority: Authority, trusted: Trusted
) -> None:
    with verifying(authority, trusted, prefix=ClientIdPrefix.X509_SAN_DNS) as world:
        request = world.ask().message.to_uri()
        with pytest.raises(Refused, match="'vp_formats' is required"):
            eudi.ask({"action": "read", "request": request})


@pytest.mark.parametrize(
    "mode", [ResponseMode.DIRECT_POST, ResponseMode.DIRECT_POST_JWT]
)
def test_with_it_the_rest_is_read_and_answered_as_the_draft_had_it(
    mode: ResponseMode, eudi: Process, authority: Authority, trusted: Trusted
) -> None:
    with verifying(authority, trusted, prefix=ClientIdPrefix.X509_SAN_DNS) as world:
        made = world.ask(mode=mode)
        request = _as_the_draft_had_it(made, world)
        read: Any = eudi.ask({"action": "read", "request": request})["result"]
        assert read["nonce"] == made.nonce
        shown: JsonObject = {"pid": "a presentation", "mdl": "another"}
        sent: JsonObject = {"action": "answer", "request": request}
        told = eudi.ask({**sent, "presentations": shown})["result"]
        assert "Rejected" in str(told)
    (judged,) = world.verdicts
    assert isinstance(judged, Unverified)
    # It came, was decrypted where it was encrypted, and is refused for its form alone.
    (failed,) = judged.report.failed()
    assert dict(failed.facts)["at"] == "/vp_token/pid"
