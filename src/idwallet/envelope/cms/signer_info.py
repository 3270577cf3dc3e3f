"""One SignerInfo (RFC 5652 section 5.3)."""

from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec.der import (
    INTEGER,
    OCTETS,
    SEQUENCE,
    SET,
    DerError,
    Element,
    Fields,
    read_integer,
    value,
    whole,
)
from idwallet.envelope.cms.algorithms import read_digest, read_scheme
from idwallet.envelope.cms.attributes import (
    by_type,
    protected_algorithms,
    read_attributes,
)
from idwallet.envelope.cms.structures import IssuerSerial, SignerInfo
from idwallet.errors import LimitError, MalformedError

_KEY_IDENTIFIER: Final = 0x80
_SIGNED: Final = 0xA0
_UNSIGNED: Final = 0xA1
_CLAUSE: Final = "RFC 5652 §5.3"


def read_signer_info(der: bytes, *, at: str) -> SignerInfo:
    """Read a DER SignerInfo.

    Raises:
        LimitError: it has more attributes or a longer signature than `limits` says.
        MalformedError: a signed attribute stands there twice, or the algorithms that
            were signed are not those that are named (RFC 6211 2).
        DerError: it is none.
    """
    fields = Fields(der)
    version = read_integer(fields.value(INTEGER))
    sid = _identifier(fields, version=version)
    digest_at = fields.one(SEQUENCE)
    digest = read_digest(der, digest_at)
    signed = fields.maybe(_SIGNED)
    scheme_at = fields.one(SEQUENCE)
    scheme = read_scheme(der, scheme_at, digest=digest)
    signature = fields.value(OCTETS)
    unsigned = fields.maybe(_UNSIGNED)
    fields.done()
    if len(signature) > limits.CMS_SIGNATURE_BYTES:
        raise LimitError("signature is too long", at=at, clause="idwallet limits")
    found = SignerInfo(
        sid=sid,
        digest=digest,
        scheme=scheme,
        attributes=(
            MappingProxyType({})
            if signed is None
            else by_type(read_attributes(der, signed, at=at))
        ),
        signed=b"" if signed is None else _as_signed(der, signed),
        signature=signature,
        unsigned=() if unsigned is None else read_attributes(der, unsigned, at=at),
        der=der,
        at=at,
    )
    _require_protected(found, whole(der, digest_at), whole(der, scheme_at))
    return found


def _as_signed(der: bytes, found: Element) -> bytes:
    """Return the signed attributes under the tag of a SET (RFC 5652 5.4)."""
    return bytes((SET,)) + der[found.start + 1 : found.end]


def _identifier(fields: Fields, *, version: int) -> IssuerSerial | bytes:
    """Read which certificate is meant; the version says in which way."""
    if version == 1:
        named = Fields(fields.der, fields.one(SEQUENCE))
        issuer = whole(fields.der, named.one(SEQUENCE))
        serial = read_integer(named.value(INTEGER))
        named.done()
        return IssuerSerial(issuer, serial)
    if version == 3:
        return value(fields.der, fields.one(_KEY_IDENTIFIER))
    raise DerError("a version of a signer that there is not")


def _require_protected(found: SignerInfo, *algorithms: bytes) -> None:
    """Hold the algorithms against those that were signed, if they were (RFC 6211)."""
    protected = protected_algorithms(found)
    if protected is not None and protected != algorithms:
        raise MalformedError(
            "other algorithms than those that were signed",
            at=found.at,
            clause="RFC 6211 §3",
        )
