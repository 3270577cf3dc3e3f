"""How a verifier shows who it is: the header that it signs its requests under."""

from collections.abc import Sequence
from typing import Final

from idwallet.codec.json import JsonObject
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import x5c_parameter
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.protocols.openid4vp.attestation import HEADER, read_attestation
from idwallet.protocols.openid4vp.client import (
    ClientId,
    ClientIdPrefix,
    names_certificate,
)
from idwallet.protocols.openid4vp.decentralized import method_of
from idwallet.trust.certificate import Certificate

TYP: Final = "oauth-authz-req+jwt"
"""The only `typ` of a request object (OpenID4VP 1.0 section 5)."""


def header_of(
    client: ClientId,
    *,
    signer: Signer,
    certificates: Sequence[bytes] = (),
    kid: str | None = None,
    attestation: str | None = None,
    answer_to: str | None = None,
) -> JsonObject:
    """Return the header of a request that is signed under this client identifier.

    `answer_to` is where the answer goes, None where a browser carries it back.

    Raises:
        UsageError: a wallet would refuse the request: what is given does not belong
            together.
    """
    header: JsonObject = {"typ": TYP}
    if client.prefix in (ClientIdPrefix.REDIRECT_URI, ClientIdPrefix.ORIGIN):
        raise UsageError("who is known by an address alone cannot sign")
    if client.prefix is ClientIdPrefix.VERIFIER_ATTESTATION:
        _require_attested(
            client, attestation=attestation, signer=signer, answer_to=answer_to
        )
        header[HEADER] = attestation
    elif client.prefix is ClientIdPrefix.DECENTRALIZED_IDENTIFIER:
        header["kid"] = method_of(client, kid, signer=signer)
    elif client.prefix is ClientIdPrefix.PRE_REGISTERED:
        if certificates:
            raise UsageError("a pre-registered client is known by its key")
        if kid is not None:
            header["kid"] = kid
    else:
        header["x5c"] = x5c_parameter(_chain(client, certificates, signer=signer))
    return header


def _require_attested(
    client: ClientId,
    *,
    attestation: str | None,
    signer: Signer,
    answer_to: str | None,
) -> None:
    """Refuse an attestation that no wallet would take for this request (§5.9.3)."""
    if attestation is None:
        raise UsageError("an attested client needs its attestation")
    try:
        found = read_attestation(attestation)
    except (MalformedError, UnsupportedError) as error:
        raise UsageError(f"no wallet takes this attestation: {error}") from error
    if found.subject != client.value:
        raise UsageError("the attestation is that of another client")
    if found.key != signer.public_key:
        raise UsageError("the signer's key is not that of the attestation")
    if None in (found.addresses, answer_to):
        return  # a browser carries the answer, or the attestation bounds nothing
    if answer_to not in (found.addresses or ()):
        raise UsageError("the attestation does not know the address of the answer")


def _chain(
    client: ClientId, certificates: Sequence[bytes], *, signer: Signer
) -> list[bytes]:
    if not certificates:
        raise UsageError("an x509 client identifier needs its certificates")
    try:
        chain = [Certificate.from_der(der, at="certificates") for der in certificates]
    except (MalformedError, UnsupportedError) as error:
        raise UsageError("a certificate cannot be read") from error
    leaf = chain[0]
    if leaf.self_issued:
        raise UsageError("the signing certificate is self-signed")
    if leaf.public_key != signer.public_key:
        raise UsageError("the signer's key is not that of the leaf certificate")
    if not names_certificate(client, leaf):
        raise UsageError("the client identifier is not that of the leaf certificate")
    return [each.der for each in chain if not each.self_issued]
