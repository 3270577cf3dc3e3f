"""Making JWS in every serialisation (RFC 7515 §5.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws.compact import covered
from idwallet.envelope.jws.header import PROTECTED_ONLY, JwsHeader, read_header
from idwallet.errors import MalformedError, UsageError


class PayloadForm(Enum):
    """Where the payload travels, and how it is signed."""

    ATTACHED = "attached"
    """In the JWS, base64url."""

    DETACHED = "detached"
    """Elsewhere; signed as base64url (RFC 7515 Appendix F)."""

    UNENCODED_DETACHED = "unencoded_detached"
    """Elsewhere; signed as it is (RFC 7797), which saves a copy of a large document."""


class JsonShape(Enum):
    """Which JSON serialisation (RFC 7515 §7.2)."""

    FLATTENED = "flattened"
    """Exactly one signature, its members beside the payload."""

    GENERAL = "general"
    """A list of signatures, also of one."""


@dataclass(frozen=True, slots=True)
class JsonSigner:
    """One signature of a JSON serialisation: who signs, and its two headers.

    `unprotected` is written as it is and signed by nobody.
    """

    signer: Signer
    protected: Mapping[str, JsonValue]
    unprotected: Mapping[str, JsonValue] = field(default_factory=dict)


def sign_compact(
    payload: bytes,
    *,
    header: Mapping[str, JsonValue],
    signer: Signer,
    form: PayloadForm = PayloadForm.ATTACHED,
) -> str:
    """Sign the payload and return the compact JWS.

    `alg` comes from the signer, `b64` and its place in `crit` from the form; `header`
    holds all else.

    Raises:
        UsageError: the header is one that a strict reader refuses, or names what is
            set here.
        SignerError: the key could not sign.
    """
    head, _, signature = _sign(payload, header, signer=signer, form=form)
    body = b64.encode(payload) if form is PayloadForm.ATTACHED else ""
    return f"{head.decode('ascii')}.{body}.{signature}"


def sign_json_serialization(
    payload: bytes,
    *,
    signers: Sequence[JsonSigner],
    shape: JsonShape,
    form: PayloadForm = PayloadForm.ATTACHED,
) -> JsonObject:
    """Sign the payload once for each signer and return the JSON serialisation.

    Raises:
        UsageError: no signer, several for the flattened shape, too many, a header
            that a strict reader refuses, or a name in both headers of a signer.
        SignerError: a key could not sign.
    """
    if not 0 < len(signers) <= limits.JWS_SIGNATURES:
        raise UsageError("a JWS has at least one signature and a bounded number")
    if shape is JsonShape.FLATTENED and len(signers) > 1:
        raise UsageError("a flattened JWS has one signature")
    entries = [_entry(payload, each, form=form) for each in signers]
    made: JsonObject = {}
    if form is PayloadForm.ATTACHED:
        made["payload"] = b64.encode(payload)
    if shape is JsonShape.FLATTENED:
        return {**made, **entries[0]}
    return {**made, "signatures": list[JsonValue](entries)}


def _entry(payload: bytes, each: JsonSigner, *, form: PayloadForm) -> JsonObject:
    head, header, signature = _sign(
        payload, each.protected, signer=each.signer, form=form
    )
    if not header.parameters.keys().isdisjoint(each.unprotected):
        raise UsageError("a header parameter stands in both headers")
    if not PROTECTED_ONLY.isdisjoint(each.unprotected):
        raise UsageError("alg, crit and b64 must be protected")
    entry: JsonObject = {"protected": head.decode("ascii")}
    if each.unprotected:
        entry["header"] = dict(each.unprotected)
    entry["signature"] = signature
    return entry


def _sign(
    payload: bytes,
    given: Mapping[str, JsonValue],
    *,
    signer: Signer,
    form: PayloadForm,
) -> tuple[bytes, JwsHeader, str]:
    head = b64.encode(write_json(_complete(given, signer=signer, form=form))).encode(
        "ascii"
    )
    try:
        # What is made here is held to what is read here; a header that was signed
        # before is remembered.
        header = read_header(head, at="")
    except MalformedError as error:
        raise UsageError(f"no reader takes this header: {error}") from error
    signature = signer.sign(covered(head, header, payload=payload))
    return head, header, b64.encode(signature)


def _complete(
    given: Mapping[str, JsonValue], *, signer: Signer, form: PayloadForm
) -> JsonObject:
    if "alg" in given or "b64" in given:
        raise UsageError("alg and b64 are set by the signer and the form")
    header: JsonObject = {"alg": signer.algorithm.jose, **given}
    if form is PayloadForm.UNENCODED_DETACHED:
        crit = header.get("crit", [])
        header["b64"] = False
        header["crit"] = [*crit, "b64"] if isinstance(crit, list) else crit
    return header
