"""Compact credentials and the texts of QR codes, decoded: nothing of it is believed."""

from collections.abc import Iterator

from idwallet.cli.decode.found import Found, Part
from idwallet.cli.decode.keys import certificate_facts
from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.codec.qr_text import QrKind, is_qr_text, read_qr_text
from idwallet.credentials.compact.structures import (
    CompactCredential,
    CompactProof,
    read_issued,
    read_proof,
)
from idwallet.credentials.presence import PersonVerified
from idwallet.envelope.cose import CoseSign1
from idwallet.protocols.qr.till import read_till_code
from idwallet.roles.held.format import place_of

_ARRAY_OF_TWO = b"goR"


def is_compact(text: bytes) -> bool:
    """Whether a text begins as a compact credential in base64url does."""
    return text.startswith(_ARRAY_OF_TWO)


def is_code(text: bytes) -> bool:
    """Whether it is the text of a QR code of ours."""
    return is_qr_text(text.decode("latin-1"))


def decode_compact(text: bytes) -> Found:
    """Decode a compact credential as a wallet is given it.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none.
    """
    octets = b64.decode(text.decode("latin-1"), at="credential")
    issued = read_issued(octets, at="credential")
    claims = Part("claims", issued.claims)
    kind = f"compact credential, {len(octets):,} bytes"
    return Found(kind, (*_credential(issued.credential), claims))


def decode_code(text: bytes) -> Found:
    """Decode the text of a QR code.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none of ours, or what it
            holds cannot be read.
    """
    found = read_qr_text(text.decode("latin-1"), at="code")
    size = f"{len(found.octets):,} bytes"
    if found.kind is QrKind.PROOF:
        proof = read_proof(found.octets, at="code")
        return Found(f"compact credential shown, {size}", tuple(_proof(proof)))
    if found.kind is QrKind.TILL:
        return Found(f"code printed at a till, {size}", tuple(_till(found.octets)))
    named = Part("code", {"kind": found.kind.name.lower(), "bytes": len(found.octets)})
    return Found(f"QR code, {size}", (named,))


def _credential(credential: CompactCredential) -> Iterator[Part]:
    kid = credential.envelope.kid or b""
    yield Part(
        "credential",
        {
            "type": credential.type,
            "algorithm": _algorithm(credential.envelope),
            "kid": kid.hex(),
            "valid_from": f"{credential.valid_from:%Y-%m-%dT%H:%M:%SZ}",
            "valid_until": f"{credential.valid_until:%Y-%m-%dT%H:%M:%SZ}",
            "shape": "selective" if credential.single is None else "single-purpose",
        },
    )
    place = place_of(credential.status)
    if place is not None:
        yield Part("status", {"uri": place.uri, "idx": place.index})
    yield Part("holder's key", credential.key.to_jwk())
    for number, der in enumerate(credential.envelope.x5chain, start=1):
        yield Part(f"certificate {number}", certificate_facts(der))


def _proof(proof: CompactProof) -> Iterator[Part]:
    said: JsonObject = {
        "signed": f"{proof.moment:%Y-%m-%dT%H:%M:%SZ}",
        "algorithm": _algorithm(proof.envelope),
        "audience": _hint(proof.audience_hint),
        "nonce": _hint(proof.nonce_hint),
    }
    if proof.person is not PersonVerified.NONE:
        said["person"] = proof.person.value
    if proof.delegation is not None:
        said["acts_for_the_holder"] = True
    yield Part("proof", said)
    yield from _credential(proof.credential)
    single = proof.credential.single
    claims = single if proof.shown is None else proof.shown.claims
    yield Part("claims", claims or {})


def _till(octets: bytes) -> Iterator[Part]:
    read = read_till_code(octets, at="code")
    code = read.code
    yield Part(
        "till",
        {
            "client_id": code.client_id,
            "till": code.till,
            "since": f"{code.since:%Y-%m-%dT%H:%M:%SZ}",
            "until": f"{code.until:%Y-%m-%dT%H:%M:%SZ}",
            "purpose": code.purpose,
        },
    )
    yield Part("query", code.query.to_dcql())
    for number, der in enumerate(read.envelope.x5chain, start=1):
        yield Part(f"certificate {number}", certificate_facts(der))


def _algorithm(envelope: CoseSign1) -> str:
    return str(envelope.header.algorithm)


def _hint(hint: bytes | None) -> str:
    return "bound to none" if hint is None else f"digest begins {hint.hex()}"
