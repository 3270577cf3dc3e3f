"""CRLs and OCSP responses for tests, right or wrong in any one field."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import ReasonFlags
from cryptography.x509.ocsp import OCSPCertStatus, OCSPResponseStatus

from idwallet.codec.der import element
from idwallet.testing.certificates import PrivateKey, key_identifier
from idwallet.testing.pki import MOMENT
from idwallet.testing.revocation.writing import (
    OCTETS,
    Extensions,
    algorithm_of,
    bits,
    enumerated,
    extensions,
    generalized_time,
    integer,
    oid,
    sequence,
    signature,
    tlv,
    utc_time,
)

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPlan:
    """One entry of a CRL; `issuer` is written where the CRL is indirect."""

    serial: int
    revoked_at: datetime = MOMENT - 2 * DAY
    reason: ReasonFlags | None = None
    invalid_since: datetime | None = None
    issuer: x509.Name | None = None
    extensions: Extensions = ()

    def to_der(self) -> bytes:
        """Return the entry."""
        found: Extensions = ()
        if self.reason is not None:
            found += ((x509.CRLReason(self.reason), False),)
        if self.invalid_since is not None:
            found += ((x509.InvalidityDate(self.invalid_since), False),)
        if self.issuer is not None:
            named = x509.CertificateIssuer([x509.DirectoryName(self.issuer)])
            found += ((named, True),)
        return sequence(
            integer(self.serial),
            utc_time(self.revoked_at),
            extensions(found + self.extensions),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlPlan:
    """Everything that stands in a CRL; nothing is checked. Change it with `replace`.

    An `algorithm` names another than the key signs with; `inner_algorithm` stands in
    what is signed only.
    """

    issuer: x509.Name
    signing_key: PrivateKey
    number: int | None = 7
    this_update: datetime = MOMENT - HOUR
    next_update: datetime | None = MOMENT + DAY
    entries: tuple[EntryPlan, ...] = ()
    base_number: int | None = None
    scope: x509.IssuingDistributionPoint | None = None
    authority_key_id: bytes | None = None
    extensions: Extensions = ()
    version: int | None = 1
    algorithm: bytes | None = None
    inner_algorithm: bytes | None = None

    def to_der(self) -> bytes:
        """Sign the CRL and return it."""
        algorithm = self.algorithm or algorithm_of(self.signing_key)
        listed = b"".join(each.to_der() for each in self.entries)
        marks = extensions(self._extensions())
        body = sequence(
            b"" if self.version is None else integer(self.version),
            self.inner_algorithm or algorithm,
            self.issuer.public_bytes(),
            utc_time(self.this_update),
            b"" if self.next_update is None else utc_time(self.next_update),
            sequence(listed) if listed else b"",
            tlv(0xA0, marks) if marks else b"",
        )
        return sequence(body, algorithm, bits(signature(self.signing_key, body)))

    def _extensions(self) -> Extensions:
        found: Extensions = ()
        if self.authority_key_id is not None:
            named = x509.AuthorityKeyIdentifier(self.authority_key_id, None, None)
            found += ((named, False),)
        if self.number is not None:
            found += ((x509.CRLNumber(self.number), False),)
        if self.base_number is not None:
            found += ((x509.DeltaCRLIndicator(self.base_number), True),)
        if self.scope is not None:
            found += ((self.scope, True),)
        return found + self.extensions


def scope(
    *,
    uri: str | None = None,
    relative: x509.RelativeDistinguishedName | None = None,
    only: str | None = None,
    reasons: frozenset[ReasonFlags] | None = None,
    indirect: bool = False,
) -> x509.IssuingDistributionPoint:
    """Return an issuing distribution point.

    `only` is ``user``, ``ca`` or ``attribute`` (RFC 5280 5.2.5).
    """
    return x509.IssuingDistributionPoint(
        full_name=None if uri is None else [x509.UniformResourceIdentifier(uri)],
        relative_name=relative,
        only_contains_user_certs=only == "user",
        only_contains_ca_certs=only == "ca",
        only_some_reasons=reasons,
        indirect_crl=indirect,
        only_contains_attribute_certs=only == "attribute",
    )


_HASHES: Final = {
    "sha1": "300906052b0e03021a0500",
    "sha256": "300d06096086480165030402010500",
    "sha384": "300d06096086480165030402020500",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SinglePlan:
    """What a response says of one certificate (RFC 6960 4.2.1).

    `issuer` and `issuer_key` make the identifier, with the hash `algorithm`.
    """

    issuer: x509.Name
    issuer_key: PrivateKey
    serial: int
    algorithm: str = "sha1"
    status: OCSPCertStatus = OCSPCertStatus.GOOD
    revoked_at: datetime = MOMENT - 2 * DAY
    reason: int | None = None
    this_update: datetime = MOMENT - HOUR
    next_update: datetime | None = MOMENT + DAY
    extensions: Extensions = ()

    def to_der(self) -> bytes:
        """Return the single response."""
        until = self.next_update
        marks = extensions(self.extensions)
        return sequence(
            self._identifier(),
            self._status(),
            generalized_time(self.this_update),
            b"" if until is None else tlv(0xA0, generalized_time(until)),
            tlv(0xA1, marks) if marks else b"",
        )

    def _identifier(self) -> bytes:
        name = hashlib.new(self.algorithm, self.issuer.public_bytes()).digest()
        key = hashlib.new(self.algorithm, public_bits(self.issuer_key)).digest()
        return sequence(
            bytes.fromhex(_HASHES[self.algorithm]),
            tlv(OCTETS, name),
            tlv(OCTETS, key),
            integer(self.serial),
        )

    def _status(self) -> bytes:
        if self.status is OCSPCertStatus.GOOD:
            return tlv(0x80)
        if self.status is OCSPCertStatus.UNKNOWN:
            return tlv(0x82)
        reason = b"" if self.reason is None else tlv(0xA0, enumerated(self.reason))
        return tlv(0xA1, generalized_time(self.revoked_at), reason)


def public_bits(key: PrivateKey) -> bytes:
    """Return the public key as it stands in a certificate's bit string."""
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    outer, _, _ = element(spki, 0)
    _, end, _ = element(spki, outer)
    start, stop, _ = element(spki, end)
    return spki[start + 1 : stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspPlan:
    """Everything that stands in an OCSP response; nothing is checked.

    `responder` is a name, or None for the hash of the signing key.
    """

    signing_key: PrivateKey
    singles: tuple[SinglePlan, ...]
    responder: x509.Name | None = None
    responder_key: PrivateKey | None = None
    produced_at: datetime = MOMENT - HOUR
    nonce: bytes | None = None
    certificates: tuple[bytes, ...] = ()
    extensions: Extensions = ()
    response_status: OCSPResponseStatus = OCSPResponseStatus.SUCCESSFUL
    response_type: str = "1.3.6.1.5.5.7.48.1.1"

    def to_der(self) -> bytes:
        """Sign the response and return it."""
        status = enumerated(self.response_status.value)
        if self.response_status is not OCSPResponseStatus.SUCCESSFUL:
            return sequence(status)
        body = self._body()
        basic = sequence(
            body,
            algorithm_of(self.signing_key),
            bits(signature(self.signing_key, body)),
            tlv(0xA0, sequence(*self.certificates)) if self.certificates else b"",
        )
        typed = sequence(oid(self.response_type), tlv(OCTETS, basic))
        return sequence(status, tlv(0xA0, typed))

    def _body(self) -> bytes:
        found = self.extensions
        if self.nonce is not None:
            found = ((x509.OCSPNonce(self.nonce), False), *found)
        marks = extensions(found)
        return sequence(
            self._responder(),
            generalized_time(self.produced_at),
            sequence(*(each.to_der() for each in self.singles)),
            tlv(0xA1, marks) if marks else b"",
        )

    def _responder(self) -> bytes:
        if self.responder is not None:
            return tlv(0xA1, self.responder.public_bytes())
        key = self.responder_key or self.signing_key
        return tlv(0xA2, tlv(OCTETS, key_identifier(key)))

    def saying(self, **changes: object) -> "OcspPlan":
        """Return the plan with its first answer changed."""
        first, *rest = self.singles
        changed = replace(first, **changes)  # type: ignore[arg-type]  # any field
        return replace(self, singles=(changed, *rest))
