"""Which certificate a JAdES signature was made with, by what it signed alone."""

import binascii
import hashlib
from base64 import b64decode
from collections.abc import Sequence
from typing import Final, NamedTuple

from idwallet.codec import b64
from idwallet.codec.json import JsonValue
from idwallet.documents.jades.content import HASHES
from idwallet.envelope.jws import JwsHeader
from idwallet.errors import MalformedError, UnsupportedError

_TS: Final = "TS 119 182-1"


class CertificateReference(NamedTuple):
    """The digest of a certificate, by a name of hashlib."""

    hashed: str
    digest: bytes

    def names(self, der: bytes) -> bool:
        """Say whether it is the digest of this certificate."""
        return hashlib.new(self.hashed, der).digest() == self.digest


def read_reference(header: JwsHeader, *, at: str) -> CertificateReference | None:
    """Return the signed reference to the signer's certificate; None without one.

    It is ``x5t#S256``, ``x5t#o`` or the first of ``sigX5ts`` (5.1.7, 5.2.2).

    Raises:
        MalformedError: it is not of its form.
        UnsupportedError: its digest is none of `HASHES`.
    """
    found = header.parameters
    if "x5t#S256" in found:
        place = f"{at}/protected/x5t#S256"
        digest = b64.decode(str(found["x5t#S256"]), at=place, clause=f"{_TS} §5.1.7")
        return CertificateReference("sha256", digest)
    if "x5t#o" in found:
        return _other(found["x5t#o"], at=f"{at}/protected/x5t#o")
    listed = found.get("sigX5ts")
    if listed is None:
        return None
    place = f"{at}/protected/sigX5ts"
    if not isinstance(listed, list) or not listed:
        raise MalformedError("not an array", at=place, clause=f"{_TS} §5.2.2.3")
    return _other(listed[0], at=place)


def _other(value: JsonValue, *, at: str) -> CertificateReference:
    clause = f"{_TS} §5.2.2.2"
    if not isinstance(value, dict):
        raise MalformedError("not an object", at=at, clause=clause)
    hashed, digest = HASHES.get(str(value.get("digAlg"))), value.get("digVal")
    if hashed is None:
        raise UnsupportedError("digest", at=f"{at}/digAlg", clause=clause)
    if not isinstance(digest, str):
        raise MalformedError("no digest", at=f"{at}/digVal", clause=clause)
    return CertificateReference(hashed, _octets(digest, at=f"{at}/digVal"))


def _octets(text: str, *, at: str) -> bytes:
    """Read base64url, which signers write, or base64, which the schema has."""
    try:
        return b64.decode(text, at=at)
    except MalformedError:
        try:
            return b64decode(text, validate=True)
        except binascii.Error:  # it would hold the text
            clause = f"{_TS} §5.2.2.2"
            raise MalformedError("not base64", at=at, clause=clause) from None


def find_leaf(
    header: JwsHeader, certificates: Sequence[bytes], *, at: str
) -> bytes | None:
    """Return the certificate that a signature says it was made with; None without it.

    The first of ``x5c`` is it, else the one among `certificates` that is referred to.
    Neither ``kid`` nor ``jwk`` nor ``x5u`` finds one: they prove nothing.

    Raises:
        MalformedError, UnsupportedError: see `read_reference`.
    """
    if header.x5c:
        return header.x5c[0]
    named = read_reference(header, at=at)
    if named is None:
        return None
    return next((each for each in certificates if named.names(each)), None)


def reference_fault(header: JwsHeader, certificate: bytes, *, at: str) -> str | None:
    """Return whether a signature refers to another certificate, in a few words.

    Raises:
        MalformedError, UnsupportedError: see `read_reference`.
    """
    named = read_reference(header, at=at)
    if named is None or named.names(certificate):
        return None
    return f"another certificate is named ({_TS} §5.1.7)"
