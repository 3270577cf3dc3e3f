"""The header labels that this package reads, and the numbers of algorithm and tags."""

from typing import Final

ALG: Final = 1
CRIT: Final = 2
CONTENT_TYPE: Final = 3
KID: Final = 4
TYP: Final = 16
X5CHAIN: Final = 33

PROTECTED_ONLY: Final = frozenset({ALG, CRIT, TYP})
"""What counts only under the signature (RFC 9052 §3.1, RFC 9596 §2)."""

ACTED_ON: Final = frozenset({ALG, CRIT, CONTENT_TYPE, KID, X5CHAIN})
"""What every reader here understands though `crit` names it (RFC 9052 §3.1)."""

HMAC_256_256: Final = 5
"""The one MAC algorithm (RFC 9053 §3.1)."""

MAC0_TAG: Final = 17
SIGN1_TAG: Final = 18
CWT_TAG: Final = 61

TAG_HEADS: Final = {
    MAC0_TAG: b"\xd1",
    SIGN1_TAG: b"\xd2",
    CWT_TAG: b"\xd8\x3d",
}

ARRAY: Final = b"\x84"
"""The head of an array of four, which is every structure here."""
