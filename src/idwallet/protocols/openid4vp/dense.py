"""A signed message in as few octets as it takes, signature and all: for a QR code.

Nothing is signed anew: what comes out is the JWT that went in, octet by octet.
"""

import binascii
import zlib
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.cbor import read_cbor, write_cbor
from idwallet.errors import LimitError, MalformedError

_CLAUSE: Final = "idwallet compact 1 §10"
_SEGMENTS, _OUTER, _INNER = 3, 2, 4
_WIDE: Final = -15
# What every message of a kind says; the most usual stands last, as RFC 1950 has it. It
# is part of the version of the code.
REQUEST: Final = (
    b'"claim_sets":"credential_sets":[{"options":[["age-proof-qr"],["national-id-qr"],'
    b'["driving-licence-qr"],["photo-id-qr"]]}]"multiple":"values":[true]'
    b'{"dc+sd-jwt":{"sd-jwt_alg_values":["ES256","ES384","ES512","Ed25519"],'
    b'"kb-jwt_alg_values":["ES256","ES384","ES512","Ed25519"]},"mso_mdoc":'
    b'{"issuerauth_alg_values":[-7,-35,-36,-8,-265,-267,-268],"deviceauth_alg_values":'
    b'"client_metadata":{"vp_formats_supported":{"idwallet-compact":'
    b'{"deviceauth_alg_values":[-7,-35,-36,-8]}}}'
    b'"urn:idwallet:age-proof:1"'
    b'"urn:eudi:pid:1""org.iso.18013.5.1.mDL""org.iso.23220.photoid.1""age_over_18"'
    b'{"format":"idwallet-compact","meta":{"type_values":["claims":[{"path":["'
    b'"idwallet_purpose":"age-restricted sale","exp":17"iat":17'
    b'"state":""nonce":""response_uri":"https://"response_mode":"direct_post",'
    b'"response_type":"vp_token","dcql_query":{"credentials":[{"id":"'
    b'"aud":"https://self-issued.me/v2","client_id":"x509_san_dns:x509_hash:'
    b'{"alg":"ES256","typ":"oauth-authz-req+jwt","x5c":["MII'
)
"""What requests say."""

RECEIPT: Final = (
    b'"basis":""witnessed":""eu.europa.ec.eudi.pid.1","org.iso.18013.5.1","mso_mdoc",'
    b'"type":"org.iso.18013.5.1.mDL""dc+sd-jwt""type":"urn:idwallet:age-proof:1"'
    b'"not_accepted""declined""age_over_18""address","nationalities","birthdate",'
    b'"place_of_birth","resident_address"],["resident_country"],["birth_place"],'
    b'["issuing_country"],["issuing_authority"],["issuance_date"],["nationality"],'
    b'["document_number"],["birth_date"],["given_name"],["family_name"]]}]'
    b'"disclosed":[{"query":"national-id-qr","format":"idwallet-compact","type":'
    b'"urn:eudi:pid:1","paths":[["purpose":"age-restricted-sale"hotel-check-in-'
    b'"retention":{"kept":false"kept":true,"until":17"outcome":"accepted",'
    b'"request":""jti":""iat":17"iss":"x509_san_dns:x509_hash:'
    b'"format":"idwallet-receipt/1",{"alg":"ES256","typ":"idwallet-receipt+jwt",'
    b'"x5c":["MII'
)
"""What receipts say."""


def write_dense(token: str, *, known: bytes = REQUEST) -> bytes:
    """Return a compact JWT as dense octets; `known` is what its kind says.

    Raises:
        MalformedError: it is no compact JWT.
    """
    parts = token.split(".")
    if len(parts) != _SEGMENTS:
        raise MalformedError("no compact JWT", at="request", clause=_CLAUSE)
    header, payload, signature = (
        b64.decode(each, at="request", clause=_CLAUSE) for each in parts
    )
    start, certificates, end = _without_chain(header)
    # Certificates of one chain have half of their octets in common.
    texts = write_cbor([start, end, payload, list(certificates)])
    press = zlib.compressobj(9, zlib.DEFLATED, _WIDE, 9, zdict=known)
    packed = press.compress(texts) + press.flush()
    return write_cbor([packed, signature])


def read_dense(octets: bytes, *, known: bytes = REQUEST) -> str:
    """Return the compact JWT that `write_dense` was given, of the same kind.

    Raises:
        MalformedError: it is no such thing.
        LimitError: it holds more than `limits.REQUEST_BYTES`.
    """
    parts = read_cbor(octets, at="request", clause=_CLAUSE)
    if not isinstance(parts, list) or len(parts) != _OUTER:
        raise _broken()
    packed, signature = parts
    if not (isinstance(packed, bytes) and isinstance(signature, bytes)):
        raise _broken()
    texts = read_cbor(_unpacked(packed, known), at="request", clause=_CLAUSE)
    if not isinstance(texts, list) or len(texts) != _INNER:
        raise _broken()
    start, end, payload, certificates = texts
    if not (
        isinstance(start, bytes)
        and isinstance(end, bytes)
        and isinstance(payload, bytes)
    ):
        raise _broken()
    chain = certificates if isinstance(certificates, list) else [None]
    written = [_certificate(e) for e in chain if isinstance(e, bytes)]
    if len(written) != len(chain):
        raise _broken()
    listed = ",".join(f'"{each}"' for each in written).encode("ascii")
    return ".".join(map(b64.encode, (start + listed + end, payload, signature)))


def _without_chain(header: bytes) -> tuple[bytes, tuple[bytes, ...], bytes]:
    """Cut the certificates out of a header, where that can be undone exactly."""
    start, mark, rest = header.partition(b'"x5c":[')
    listed, _, end = rest.partition(b"]")
    try:
        chain = tuple(
            binascii.a2b_base64(each.strip(b'"'), strict_mode=True)
            for each in listed.split(b",")
        )
    except ValueError:
        return header, (), b""
    again = ",".join(f'"{_certificate(each)}"' for each in chain).encode("ascii")
    if not mark or again != listed:
        return header, (), b""
    return start + mark, chain, b"]" + end


def _certificate(der: bytes) -> str:
    """Return it as a header has it (RFC 7515 4.1.6)."""
    return binascii.b2a_base64(der, newline=False).decode("ascii")


def _unpacked(packed: bytes, known: bytes) -> bytes:
    reader = zlib.decompressobj(_WIDE, zdict=known)
    try:
        found = reader.decompress(packed, limits.REQUEST_BYTES)
    except zlib.error:
        raise _broken() from None
    if reader.unconsumed_tail:
        raise LimitError("too long", at="request", clause="idwallet limits")
    if not reader.eof or reader.unused_data:
        raise _broken()
    return found


def _broken() -> MalformedError:
    return MalformedError("no dense request", at="request", clause=_CLAUSE)
