"""What a compact credential leaves with whoever receives it."""

from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.consent.linking.sdjwt import signer_of
from idwallet.consent.linking.traces import Trace, telling_claims
from idwallet.credentials.compact.structures import (
    CLAUSE,
    CompactCredential,
    read_issued,
    read_proof,
)
from idwallet.credentials.model import Format

_NOTHING_SKIPPED: Final[frozenset[str]] = frozenset()


def compact_trace(text: str, *, at: str) -> Trace:
    """Return what a proof, in base64url, can be known by.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none that can be read.
    """
    proof = read_proof(b64.decode(text, at=at, clause=CLAUSE), at=at)
    shown, single = proof.shown, proof.credential.single
    claims = single or {} if shown is None else shown.claims
    made = _of_issuer(proof.credential, claims)
    made.unique["device", "proof"] = frozenset({proof.envelope.signature})
    return made


def issued_compact_trace(raw: str, *, at: str) -> Trace:
    """Return what an issued one, in base64url, can be known by once it is shown.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none that can be read.
    """
    issued = read_issued(b64.decode(raw, at=at, clause=CLAUSE), at=at)
    made = _of_issuer(issued.credential, issued.claims)
    if issued.seed:
        made.salts = {issued.seed: "seed"}
    return made


def _of_issuer(credential: CompactCredential, claims: JsonObject) -> Trace:
    envelope = credential.envelope
    made = Trace(
        status=_place(credential),
        digests=frozenset({credential.root} if credential.root else ()),
        claims=telling_claims(
            claims,
            format_=Format.COMPACT.value,
            of_type=credential.type,
            skipped=_NOTHING_SKIPPED,
        ),
    )
    made.unique["signature", "issuer"] = frozenset(
        {credential.identity, envelope.signature}
    )
    key = credential.key.thumbprint.encode()
    made.unique["holder_key", "key"] = frozenset({key})
    made.times["starts"] = credential.valid_from.timestamp()
    made.times["ends"] = credential.valid_until.timestamp()
    if envelope.x5chain:
        made.signer = signer_of(envelope.x5chain[0])
    if envelope.kid is not None:
        made.common["kid"] = envelope.kid
    made.common["type"] = credential.type.encode()
    return made


def _place(credential: CompactCredential) -> tuple[str, int | str] | None:
    listed = (credential.status or {}).get("status_list")
    if not isinstance(listed, dict):
        return None
    return listed["uri"], listed["idx"]
