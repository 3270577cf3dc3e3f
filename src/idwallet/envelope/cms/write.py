"""Signed data made: what is the same in every message is encoded once.

    writer = CmsWriter(plan, public_key=signer.public_key, algorithm=signer.algorithm)
    to_sign = writer.prepare(digest, signing_time=at)
    message = writer.finish(to_sign, signer.sign(to_sign))

Between the two calls may lie seconds and another machine: a key elsewhere signs the
octets that `prepare` returns.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec.der import (
    OCTETS,
    OID,
    SET,
    DerError,
    Fields,
    head,
    integer,
    sequence,
    set_of,
    time,
    tlv,
)
from idwallet.codec.ecdsa import ecdsa_value
from idwallet.crypto.algorithms import ECDSA, Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import require_fit
from idwallet.envelope.cms import names
from idwallet.envelope.cms.attributes import issuer_serial_of
from idwallet.errors import UsageError

_SIGNED: Final = b"\xa0"
_EXPLICIT: Final = 0xA0
_CERTIFICATES: Final = 0xA0


@dataclass(frozen=True, slots=True, kw_only=True)
class CmsPlan:
    """What every message of one signer has in common.

    `certificates` are DER, the signer's first. `attributes` are further signed
    attributes, each one DER `Attribute`, other than those that are made here: content
    type, message digest, signing time, signing certificate and algorithm protection.
    Without a `content_type` it is for counter-signatures, which sign none (RFC 5652
    11.4).
    """

    certificates: tuple[bytes, ...] = field(repr=False)
    content_type: bytes | None = names.DATA
    attributes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a plan that no reader takes.

        Raises:
            UsageError: no certificate, too many, or one that is none.
        """
        if not 0 < len(self.certificates) <= limits.CMS_CERTIFICATES:
            raise UsageError("a signature needs its certificates, and not too many")
        try:
            issuer_serial_of(self.certificates[0])
        except DerError as error:
            raise UsageError(f"the signer's certificate is none: {error}") from error


class CmsWriter:
    """Makes messages of one signer by a plan; immutable and thread-safe."""

    __slots__ = (
        "_after",
        "_algorithm",
        "_attributes",
        "_before",
        "_body",
        "_certificates",
        "_encapsulated",
        "_templates",
        "digest",
    )

    def __init__(
        self, plan: CmsPlan, *, public_key: PublicKey, algorithm: Algorithm
    ) -> None:
        """Encode what stays the same.

        Raises:
            UsageError: the algorithm is not the key's, or an attribute is one of those
                that are made here, or stands there twice.
        """
        require_fit(public_key, algorithm)
        self._algorithm = algorithm
        self.digest, signs = names.SIGNS[algorithm]
        digest_id = names.digest_identifier(self.digest)
        issuer, serial = issuer_serial_of(plan.certificates[0])
        sid = sequence(issuer, integer(serial))
        is_data = plan.content_type in {names.DATA, None}
        self._before = b"".join((integer(1), sid, digest_id))
        self._after = signs
        # RFC 5652 5.1: another type than data makes it version 3.
        self._body = integer(1 if is_data else 3) + set_of(digest_id)
        self._encapsulated = tlv(OID, plan.content_type or names.DATA)
        self._certificates = tlv(
            _CERTIFICATES, *sorted(dict.fromkeys(plan.certificates))
        )
        self._attributes = _constant_attributes(plan, digest_id=digest_id, signs=signs)
        self._templates: dict[int, _Template] = {}

    def prepare(self, digest: bytes, *, signing_time: datetime | None) -> bytes:
        """Return what is to be signed: the signed attributes as DER.

        `digest` is that of the content by `self.digest` (a name of hashlib). What is
        prepared twice with the same arguments is the same.

        Raises:
            UsageError: the digest has another length, or the moment no zone.
        """
        if len(digest) != hashlib.new(self.digest).digest_size:
            raise UsageError("the digest is not one of the writer's")
        moment = b""
        if signing_time is not None:
            if signing_time.utcoffset() is None:
                raise UsageError("the time of signing needs a zone")
            moment = time(signing_time)
        template = self._templates.get(len(moment))
        if template is None:
            template = _Template(self._attributes, digest=len(digest), time=len(moment))
            self._templates[len(moment)] = template
        return template.filled(digest, moment)

    def finish(
        self, to_sign: bytes, signature: bytes, *, content: bytes | None = None
    ) -> bytes:
        """Return the message; `signature` is in JOSE form, as every `Signer` gives it.

        With `content` it travels inside, else apart: a counter-signature goes by
        `signer_info` alone. Whether the signature is one of
        this key over `to_sign` is for whoever got it to see (`TwoStepSigner.finish`).
        """
        info = self.signer_info(to_sign, signature)
        infos = tlv(SET, info)
        held = b"" if content is None else tlv(_EXPLICIT, tlv(OCTETS, content))
        encapsulated = sequence(self._encapsulated, held)
        signed = sequence(self._body, encapsulated, self._certificates, infos)
        return sequence(_SIGNED_DATA, tlv(_EXPLICIT, signed))

    def signer_info(self, to_sign: bytes, signature: bytes) -> bytes:
        """Return the SignerInfo alone, as for a counter-signature (RFC 5652 11.4)."""
        if self._algorithm in ECDSA:
            signature = ecdsa_value(signature)
        return sequence(
            self._before,
            _SIGNED,
            to_sign[1:],
            self._after,
            head(OCTETS, len(signature)),
            signature,
        )


_SIGNED_DATA: Final = tlv(OID, names.SIGNED_DATA)


class _Template:
    """Signed attributes in the order of DER with room for a digest and a time.

    Attributes differ in length or in type before any value begins, so that their order
    (X.690 11.6) is the same whatever the digest and the time are.
    """

    __slots__ = ("_has_time", "_middle", "_pieces", "_time_first")

    def __init__(self, constant: tuple[bytes, ...], *, digest: int, time: int) -> None:
        digest_mark, time_mark = b"\xff" * digest, b"\xfe" * time
        varying = [attribute(names.MESSAGE_DIGEST, tlv(OCTETS, digest_mark))]
        self._has_time = bool(time)
        if time:
            varying.append(attribute(names.SIGNING_TIME, time_mark))
        whole = set_of(*constant, *varying)
        at = whole.index(varying[0]) + len(varying[0]) - digest
        cuts = [(at, at + digest)]
        if time:
            at = whole.index(varying[1]) + len(varying[1]) - time
            cuts.append((at, at + time))
        self._time_first = cuts != sorted(cuts)
        cuts.sort()
        ends = [0, *(end for _, end in cuts)]
        starts = [*(start for start, _ in cuts), len(whole)]
        self._pieces = tuple(whole[a:b] for a, b in zip(ends, starts, strict=True))

    def filled(self, digest: bytes, moment: bytes) -> bytes:
        if not self._has_time:
            before, after = self._pieces
            return b"".join((before, digest, after))
        before, middle, after = self._pieces
        if self._time_first:
            return b"".join((before, moment, middle, digest, after))
        return b"".join((before, digest, middle, moment, after))


def attribute(kind: bytes, *values: bytes) -> bytes:
    """Return a DER Attribute of that type (the value of its OID) and these values."""
    return sequence(tlv(OID, kind), set_of(*values))


_MADE_HERE: Final = frozenset(
    {
        names.CONTENT_TYPE,
        names.MESSAGE_DIGEST,
        names.SIGNING_TIME,
        names.SIGNING_CERTIFICATE,
        names.SIGNING_CERTIFICATE_V2,
        names.ALGORITHM_PROTECTION,
    }
)


def _constant_attributes(
    plan: CmsPlan, *, digest_id: bytes, signs: bytes
) -> tuple[bytes, ...]:
    """Return the attributes that are the same in every message."""
    _require_others(plan.attributes)
    protection = sequence(digest_id, b"\xa1" + signs[1:])
    kind = plan.content_type
    typed = () if kind is None else (attribute(names.CONTENT_TYPE, tlv(OID, kind)),)
    return (
        *typed,
        attribute(names.SIGNING_CERTIFICATE_V2, _reference(plan.certificates[0])),
        attribute(names.ALGORITHM_PROTECTION, protection),
        *plan.attributes,
    )


def _require_others(given: tuple[bytes, ...]) -> None:
    try:
        kinds = [Fields(each).value(OID) for each in given]
    except DerError as error:
        raise UsageError(f"an attribute that is none: {error}") from error
    if len(set(kinds)) != len(kinds) or not _MADE_HERE.isdisjoint(kinds):
        raise UsageError("a signed attribute twice, or one that is made here")


def _reference(certificate: bytes) -> bytes:
    """Return SigningCertificateV2 of one certificate, digested with SHA-256.

    SHA-256 is the default and so is not written (RFC 5035 4, X.690 11.5). Nor is the
    issuer beside it (EN 319 122-1 6.3 (g)): the digest says it all.
    """
    digest = tlv(OCTETS, hashlib.sha256(certificate).digest())
    return sequence(sequence(sequence(digest)))
