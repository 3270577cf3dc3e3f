"""Certificates made for tests, right or wrong in any one field."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA65PrivateKey,
    MLDSA87PrivateKey,
)
from cryptography.x509.oid import NameOID, ObjectIdentifier

from idwallet.crypto.algorithms import Algorithm
from idwallet.errors import UsageError
from idwallet.trust.certificate import KeyUsage

PrivateKey = (
    ec.EllipticCurvePrivateKey
    | Ed25519PrivateKey
    | rsa.RSAPrivateKey
    | MLDSA44PrivateKey
    | MLDSA65PrivateKey
    | MLDSA87PrivateKey
)

ORGANISATION: Final = "idwallet TEST only"
"""The organisation in every name made here, so that nobody takes one for real."""


def test_name(common_name: str) -> x509.Name:
    """Return the distinguished name of a test subject; it says TEST twice."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "XX"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            # RFC 5280 A.1: a common name has at most 64 characters.
            x509.NameAttribute(NameOID.COMMON_NAME, f"TEST {common_name}"[:64]),
        ]
    )


test_name.__test__ = False  # type: ignore[attr-defined]  # pytest must not collect it


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePlan:
    """Everything that stands in a certificate; change one field with `replace`.

    Nothing is checked: a wrong plan makes a wrong certificate, which is the point.
    `key` is the subject's and `signing_key` the issuer's. An identifier of None is
    left out. `extensions` come last, with their critical marks.
    """

    subject: x509.Name
    issuer: x509.Name
    key: PrivateKey
    signing_key: PrivateKey
    serial: int
    not_before: datetime
    not_after: datetime
    is_ca: bool = False
    path_length: int | None = None
    key_usage: frozenset[KeyUsage] | None = frozenset({KeyUsage.DIGITAL_SIGNATURE})
    key_purposes: tuple[str, ...] = ()
    critical_purposes: bool = False
    alternative_names: tuple[x509.GeneralName, ...] = ()
    permitted: tuple[x509.GeneralName, ...] = ()
    excluded: tuple[x509.GeneralName, ...] = ()
    subject_key_id: bytes | None = None
    authority_key_id: bytes | None = None
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = ()

    def to_der(self) -> bytes:
        """Sign the certificate and return it; the same plan gives the same bytes.

        (ECDSA signs by RFC 6979 here, RSA by PKCS #1 v1.5. ML-DSA is randomised.)
        """
        builder = x509.CertificateBuilder(
            issuer_name=self.issuer,
            subject_name=self.subject,
            public_key=self.key.public_key(),
            serial_number=self.serial,
            not_valid_before=self.not_before,
            not_valid_after=self.not_after,
        )
        for extension, critical in self._extensions():
            builder = builder.add_extension(extension, critical=critical)
        signing = self.signing_key
        is_ec = isinstance(signing, ec.EllipticCurvePrivateKey)
        made = builder.sign(
            signing, _hash(signing), ecdsa_deterministic=True if is_ec else None
        )
        return made.public_bytes(serialization.Encoding.DER)

    def _extensions(self) -> list[tuple[x509.ExtensionType, bool]]:
        found: list[tuple[x509.ExtensionType, bool]] = [
            (x509.BasicConstraints(ca=self.is_ca, path_length=self.path_length), True)
        ]
        if self.key_usage is not None:
            found.append((_key_usage(self.key_usage), True))
        if self.key_purposes:
            oids = map(ObjectIdentifier, self.key_purposes)
            found.append((x509.ExtendedKeyUsage(oids), self.critical_purposes))
        if self.alternative_names:
            found.append((x509.SubjectAlternativeName(self.alternative_names), False))
        if self.permitted or self.excluded:
            found.append(
                (
                    x509.NameConstraints(self.permitted or None, self.excluded or None),
                    True,
                )
            )
        if self.subject_key_id is not None:
            found.append((x509.SubjectKeyIdentifier(self.subject_key_id), False))
        if self.authority_key_id is not None:
            identifier = x509.AuthorityKeyIdentifier(self.authority_key_id, None, None)
            found.append((identifier, False))
        return found + list(self.extensions)


def unknown_extension() -> tuple[x509.ExtensionType, bool]:
    """Return a critical extension that nobody knows (RFC 5280 4.2)."""
    oid = ObjectIdentifier("1.3.6.1.4.1.55555.1")
    return x509.UnrecognizedExtension(oid, b"\x05\x00"), True


def policy_constraints() -> tuple[x509.ExtensionType, bool]:
    """Return an extension that demands an explicit policy (RFC 5280 4.2.1.11)."""
    return x509.PolicyConstraints(0, None), True


def key_identifier(key: PrivateKey) -> bytes:
    """Return the SHA-1 key identifier of RFC 5280 4.2.1.2 method (1)."""
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest


def _key_usage(usage: frozenset[KeyUsage]) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=KeyUsage.DIGITAL_SIGNATURE in usage,
        content_commitment=KeyUsage.CONTENT_COMMITMENT in usage,
        key_encipherment=KeyUsage.KEY_ENCIPHERMENT in usage,
        data_encipherment=KeyUsage.DATA_ENCIPHERMENT in usage,
        key_agreement=KeyUsage.KEY_AGREEMENT in usage,
        key_cert_sign=KeyUsage.KEY_CERT_SIGN in usage,
        crl_sign=KeyUsage.CRL_SIGN in usage,
        encipher_only=False,
        decipher_only=False,
    )


def _hash(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | None:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _EC_HASHES[key.curve.name]
    return hashes.SHA256() if isinstance(key, rsa.RSAPrivateKey) else None


_EC_HASHES: Final[Mapping[str, hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
    "secp521r1": hashes.SHA512(),
    "brainpoolP256r1": hashes.SHA256(),
    "brainpoolP384r1": hashes.SHA384(),
    "brainpoolP512r1": hashes.SHA512(),
}
_CURVES: Final[Mapping[Algorithm, ec.EllipticCurve]] = {
    Algorithm.ES256: ec.SECP256R1(),
    Algorithm.ES384: ec.SECP384R1(),
    Algorithm.ES512: ec.SECP521R1(),
    Algorithm.ESB256: ec.BrainpoolP256R1(),
    Algorithm.ESB384: ec.BrainpoolP384R1(),
    Algorithm.ESB512: ec.BrainpoolP512R1(),
}


def key_from_seed(algorithm: Algorithm, *, seed: bytes, label: str) -> PrivateKey:
    """Derive a key that is the same on every run: a test key, and never a secret.

    Raises:
        UsageError: keys of that algorithm cannot be derived (RSA).
    """
    stream = hashlib.shake_256(b"idwallet TEST\0" + seed + b"\0" + label.encode())
    curve = _CURVES.get(algorithm)
    if curve is not None:
        # 16 octets more than the order, so that the remainder is even (FIPS 186-5 A.4).
        number = int.from_bytes(stream.digest(curve.key_size // 8 + 17))
        return ec.derive_private_key(number % (curve.group_order - 1) + 1, curve)
    from_seed = _SEEDED.get(algorithm)
    if from_seed is None:
        raise UsageError("RSA test keys cannot be derived from a seed")
    return from_seed(stream.digest(32))


_SEEDED: Final[Mapping[Algorithm, Callable[[bytes], PrivateKey]]] = {
    Algorithm.EDDSA: Ed25519PrivateKey.from_private_bytes,
    Algorithm.ML_DSA_44: MLDSA44PrivateKey.from_seed_bytes,
    Algorithm.ML_DSA_65: MLDSA65PrivateKey.from_seed_bytes,
    Algorithm.ML_DSA_87: MLDSA87PrivateKey.from_seed_bytes,
}
