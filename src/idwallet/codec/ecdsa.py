"""ECDSA signatures as DER (RFC 3279 section 2.2.3)."""

from typing import Final

from idwallet.codec.der import INTEGER, sequence, tlv

# The highest bit of a number is its sign, and from this length on lengths are longer.
_SIGN: Final = 0x80
_LONG: Final = 0x80
_BOTH_OF_32: Final = 64
# What stands before numbers of 32 octets, by the highest bits of both.
_AROUND_32: Final = (
    ((b"\x30\x44\2\x20", b"\2\x20"), (b"\x30\x45\2\x20", b"\2\x21\0")),
    ((b"\x30\x45\2\x21\0", b"\2\x20"), (b"\x30\x46\2\x21\0", b"\2\x21\0")),
)


def ecdsa_value(signature: bytes) -> bytes:
    """Return an ECDSA signature r||s, halves of one length, as an Ecdsa-Sig-Value.

    It is written straight from the octets (RFC 3279 section 2.2.3): by way of numbers
    it takes twice as long, and every presentation holds two signatures.
    """
    if len(signature) == _BOTH_OF_32:
        first, second = signature[0], signature[32]
        if first and second:
            # Nothing to strip: one in 128 on P-256 is not so.
            start, between = _AROUND_32[first >> 7][second >> 7]
            return b"".join((start, signature[:32], between, signature[32:]))
    half = len(signature) >> 1
    r = signature[:half].lstrip(b"\0") or b"\0"
    s = signature[half:].lstrip(b"\0") or b"\0"
    # The highest bit is the sign of an INTEGER.
    if r[0] & _SIGN:
        r = b"\0" + r
    if s[0] & _SIGN:
        s = b"\0" + s
    size = len(r) + len(s) + 4
    if size >= _LONG:
        return sequence(tlv(INTEGER, r), tlv(INTEGER, s))
    return b"0%c\2%c%b\2%c%b" % (size, len(r), r, len(s), s)
