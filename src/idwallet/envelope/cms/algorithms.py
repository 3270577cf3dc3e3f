"""Which digest and which scheme the algorithm identifiers of a signature name."""

from typing import Final

from idwallet.codec.der import (
    INTEGER,
    NULL,
    OID,
    SEQUENCE,
    DerError,
    Element,
    Fields,
    read_integer,
    require,
    value,
)
from idwallet.crypto.schemes import SignatureScheme
from idwallet.envelope.cms import names

_SALTS: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
_TRAILER: Final = 1


def read_digest(der: bytes, found: Element) -> str | None:
    """Return the digest of an AlgorithmIdentifier, None where it is none of ours.

    Raises:
        DerError: it is no AlgorithmIdentifier, or has parameters (RFC 5754 2).
    """
    fields = Fields(der, require(found, SEQUENCE))
    digest = names.DIGESTS.get(fields.value(OID))
    if digest is None:
        return None
    _no_parameters(fields)
    return digest


def _no_parameters(fields: Fields) -> None:
    """Take a NULL where one stands; many write it though it should not be there."""
    null = fields.maybe(NULL)
    if null is not None and null.end != null.value:
        raise DerError("a NULL that holds something")
    fields.done()


def read_scheme(
    der: bytes, found: Element, *, digest: str | None
) -> SignatureScheme | None:
    """Return the scheme of a signature, None where it is none of ours.

    The digest of the content goes with it, or it is none: a signature that hashes in
    two ways is as weak as the weaker, and no signer needs it (RFC 5652 5.6, RFC 5754 3,
    RFC 4056 3, RFC 8419 3.1, RFC 9882 3.3).

    Raises:
        DerError: it is no AlgorithmIdentifier, or its parameters are not its own.
    """
    fields = Fields(der, found)
    named = fields.value(OID)
    if digest is None:
        return None
    if named == names.PSS:
        return _pss(fields, digest)
    if named == names.RSA:
        _no_parameters(fields)
        return names.RSA_SCHEMES[digest]
    scheme = names.SCHEMES.get(named)
    if scheme is None:
        return None
    _no_parameters(fields)
    beside = names.BESIDE.get(scheme, frozenset({scheme.value.hash.name}))
    return scheme if digest in beside else None


def _pss(fields: Fields, digest: str) -> SignatureScheme | None:
    """Read RSASSA-PSS-params (RFC 4055 3.1); the defaults are SHA-1, so none of ours.

    One hash throughout, a salt of its length and the one trailer there is: it is what
    an honest signer writes, and anything else is no scheme here.
    """
    parameters = Fields(fields.der, fields.one(SEQUENCE))
    fields.done()
    hashed = parameters.maybe(0xA0)
    mask = parameters.maybe(0xA1)
    salt = parameters.maybe(0xA2)
    trailer = parameters.maybe(0xA3)
    parameters.done()
    if hashed is None or mask is None or salt is None:
        return None
    der = fields.der
    own = read_digest(der, Fields(der, hashed).one(SEQUENCE))
    if own != digest or _mask(der, mask) != digest:
        return None
    if _number(der, salt) != _SALTS[digest]:
        return None
    if trailer is not None and _number(der, trailer) != _TRAILER:
        return None
    return names.PSS_SCHEMES[digest]


def _mask(der: bytes, found: Element) -> str | None:
    fields = Fields(der, Fields(der, found).one(SEQUENCE))
    if fields.value(OID) != names.MGF1:
        return None
    return read_digest(der, fields.one(SEQUENCE))


def _number(der: bytes, found: Element) -> int:
    fields = Fields(der, found)
    number = fields.one(INTEGER)
    fields.done()
    return read_integer(value(der, number))
