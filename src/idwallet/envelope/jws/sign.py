"""Making JWS in every serialisation (RFC 7515 §5.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.crypto.algorithms import COSE_ONLY, Algorithm
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws.compact import covered
from idwallet.envelope.jws.header import PROTECTED_ONLY, JwsHeader, read_header
from idwallet.errors import MalformedError, UnsupportedError, UsageError


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


class ProtectedHeader(NamedTuple):
    """A protected header ready to sign under; `head` is its base64url text."""

    header: JwsHeader
    head: bytes

    def message(self, payload: bytes) -> bytes:
        """Return what is signed with that payload (RFC 7515 5.1, RFC 7797 3)."""
        return covered(self.head, self.header, payload=payload)


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
    return CompactSigner(signer, header=header, form=form).sign(payload)


class CompactSigner:
    """Signs any number of payloads under one protected header, written once.

    Thread-safe when `signer` is.
    """

    __slots__ = ("_is_attached", "_protected", "_signer")

    def __init__(
        self,
        signer: Signer,
        *,
        header: Mapping[str, JsonValue],
        form: PayloadForm = PayloadForm.ATTACHED,
    ) -> None:
        """Write the header, as `sign_compact` says.

        Raises:
            UsageError: see `sign_compact`.
        """
        self._signer = signer
        self._is_attached = form is PayloadForm.ATTACHED
        self._protected = protect(header, algorithm=signer.algorithm, form=form)

    def sign(self, payload: bytes) -> str:
        """Return the compact JWS of the payload.

        Raises:
            SignerError: the key could not sign.
        """
        message = self._protected.message(payload)
        signature = b64.encode(self._signer.sign(message))
        shown = message if self._is_attached else self._protected.head + b"."
        return f"{shown.decode('ascii')}.{signature}"


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


def protect(
    given: Mapping[str, JsonValue],
    *,
    algorithm: Algorithm,
    form: PayloadForm = PayloadForm.ATTACHED,
) -> ProtectedHeader:
    """Return a protected header ready to sign under, for keys that sign elsewhere too.

    `alg` comes from the algorithm, `b64` and its place in `crit` from the form.

    Raises:
        UsageError: see `sign_compact`.
    """
    head = b64.encode(
        write_json(_complete(given, algorithm=algorithm, form=form))
    ).encode("ascii")
    try:
        # What is made here is held to what is read here; a header that was signed
        # before is remembered.
        return ProtectedHeader(read_header(head, at=""), head)
    except MalformedError as error:
        raise UsageError(f"no reader takes this header: {error}") from error


def _entry(payload: bytes, each: JsonSigner, *, form: PayloadForm) -> JsonObject:
    made = protect(each.protected, algorithm=each.signer.algorithm, form=form)
    if not made.header.parameters.keys().isdisjoint(each.unprotected):
        raise UsageError("a header parameter stands in both headers")
    if not PROTECTED_ONLY.isdisjoint(each.unprotected):
        raise UsageError("alg, crit and b64 must be protected")
    entry: JsonObject = {"protected": made.head.decode("ascii")}
    if each.unprotected:
        entry["header"] = dict(each.unprotected)
    entry["signature"] = b64.encode(each.signer.sign(made.message(payload)))
    return entry


def _complete(
    given: Mapping[str, JsonValue], *, algorithm: Algorithm, form: PayloadForm
) -> JsonObject:
    if "alg" in given or "b64" in given:
        raise UsageError("alg and b64 are set by the signer and the form")
    if algorithm in COSE_ONLY:
        raise UnsupportedError(
            f"{algorithm.jose} has no name in JOSE", clause="RFC 9864 §2.1"
        )
    header: JsonObject = {"alg": algorithm.jose, **given}
    if form is PayloadForm.UNENCODED_DETACHED:
        crit = header.get("crit", [])
        header["b64"] = False
        header["crit"] = [*crit, "b64"] if isinstance(crit, list) else crit
    return header
