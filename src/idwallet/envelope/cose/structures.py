"""COSE structures that were read and not yet judged, and what their proofs cover."""

from typing import Final, NamedTuple

from idwallet.envelope.cose.header import CoseHeader, CoseMapping


class CoseSign1(NamedTuple):
    """One signature with what it covers.

    `protected` is the header as received and `signing_input` the Sig_structure over
    it, which the signature covers. `unprotected` is not signed: whoever carried the
    message may have written it. `kid` is a hint and unique to nobody; `x5chain` holds
    DER, the signer's certificate first; both may come from either header. It is a
    named tuple because one is made for every message, four times as fast.
    """

    header: CoseHeader
    protected: bytes
    unprotected: CoseMapping
    kid: bytes | None
    x5chain: tuple[bytes, ...]
    payload: bytes
    signature: bytes
    signing_input: bytes


class CoseMac0(NamedTuple):
    """One MAC with what it covers; never a signature of anybody.

    `mac_input` is the MAC_structure that the `tag` covers; all else is as in
    `CoseSign1`, except that no certificate says anything about a shared key.
    """

    header: CoseHeader
    protected: bytes
    unprotected: CoseMapping
    kid: bytes | None
    payload: bytes
    tag: bytes
    mac_input: bytes


# An array of four, and the context that keeps a MAC from being a signature.
_SIGNATURE: Final = b"\x84\x6aSignature1"
_EMPTY: Final = b"\x40"
_MAC: Final = b"\x84\x64MAC0"


def signing_input(protected: bytes, *, external_aad: bytes, payload: bytes) -> bytes:
    """Return the Sig_structure of a COSE_Sign1 (RFC 9052 §4.4)."""
    begun = _BEGUN.get(protected)
    if begun is not None and not external_aad:
        return b"".join((begun, string_head(len(payload)), payload))
    return _covered(_SIGNATURE, protected, aad=external_aad, payload=payload)


def mac_input(protected: bytes, *, external_aad: bytes, payload: bytes) -> bytes:
    """Return the MAC_structure of a COSE_Mac0 (RFC 9052 §6.3)."""
    return _covered(_MAC, protected, aad=external_aad, payload=payload)


def _covered(context: bytes, protected: bytes, *, aad: bytes, payload: bytes) -> bytes:
    """Write the array; the parts go in as they were received."""
    return b"".join(
        (
            context,
            string_head(len(protected)),
            protected,
            string_head(len(aad)) + aad if aad else _EMPTY,
            string_head(len(payload)),
            payload,
        )
    )


def string_head(length: int) -> bytes:
    """Return the shortest head of a byte string of that length (RFC 8949 §4.2.1)."""
    if length < 1 << 8:
        return _SHORT_HEADS[length]
    if length < 1 << 16:
        return b"\x59" + length.to_bytes(2, "big")
    if length < 1 << 32:
        return b"\x5a" + length.to_bytes(4, "big")
    return b"\x5b" + length.to_bytes(8, "big")


_SHORT_HEADS: Final = tuple(
    bytes((0x40 + length,)) if length < 24 else bytes((0x58, length))
    for length in range(1 << 8)
)

# How it begins under headers that name an algorithm and nothing else: ES256, ES384,
# ES512 and EdDSA.
_BEGUN: Final = {
    each: b"".join((_SIGNATURE, string_head(len(each)), each, _EMPTY))
    for each in map(bytes.fromhex, ("a10126", "a1013822", "a1013823", "a10127"))
}
