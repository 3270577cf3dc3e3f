"""Messages written by hand, so that a fault can be put into any part of them."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from idwallet.codec.cbor import CborKey, CborTag, CborValue, write_cbor
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import (
    ChainRule,
    CoseRules,
    CoseSign1,
    MacKey,
    TagRule,
    read_sign1,
    signature_reason,
)
from idwallet.report import Reason

PAYLOAD: Final = b"\xa1\x01\x02"
ES256: Final = -7
HMAC: Final = 5
KEY: Final = MacKey(bytes(range(32)))
EVERY_ALGORITHM: Final = frozenset(Algorithm)

TAGGED: Final = CoseRules(TagRule.TAGGED)
UNTAGGED: Final = CoseRules(TagRule.UNTAGGED)
ANY_CHAIN: Final = CoseRules(TagRule.TAGGED, chain=ChainRule.EITHER)

Headers = Mapping[CborKey, CborValue]


@cache
def signer(algorithm: Algorithm = Algorithm.ES256) -> SoftwareSigner:
    """One signer for each algorithm: RSA keys are slow to make."""
    return SoftwareSigner.generate(algorithm)


def encoded(protected: Headers | bytes) -> bytes:
    """The content of the protected byte string; bytes stay as they are."""
    return protected if isinstance(protected, bytes) else write_cbor(dict(protected))


def array(
    protected: Headers | bytes,
    *,
    unprotected: Headers | None = None,
    payload: bytes | None = PAYLOAD,
    covered: bytes | None = None,
    aad: bytes = b"",
) -> list[CborValue]:
    """A COSE_Sign1 without tag, validly signed by `signer()` over what it says.

    `covered` is the payload that is signed where the message shows another or none.
    """
    head = encoded(protected)
    content = covered if covered is not None else payload or b""
    structure = write_cbor(["Signature1", head, aad, content])
    return [head, dict(unprotected or {}), payload, signer().sign(structure)]


def message(
    protected: Headers | bytes,
    *,
    unprotected: Headers | None = None,
    payload: bytes | None = PAYLOAD,
    covered: bytes | None = None,
    aad: bytes = b"",
) -> bytes:
    """The same in tag 18, encoded."""
    made = array(
        protected, unprotected=unprotected, payload=payload, covered=covered, aad=aad
    )
    return write_cbor(CborTag(18, made))


def mac_array(
    protected: Headers | bytes,
    *,
    unprotected: Headers | None = None,
    payload: bytes | None = PAYLOAD,
    context: str = "MAC0",
    key: MacKey = KEY,
) -> list[CborValue]:
    """A COSE_Mac0 without tag, made with `key` over what it says."""
    head = encoded(protected)
    structure = write_cbor([context, head, b"", payload or b""])
    return [head, dict(unprotected or {}), payload, key.tag(structure)]


def reason(
    sign1: CoseSign1,
    *,
    key: PublicKey | None = None,
    allowed: frozenset[Algorithm] = DEFAULT_ALGORITHMS,
) -> Reason:
    """Judge by default with the key of `signer()`."""
    return signature_reason(sign1, key=key or signer().public_key, allowed=allowed)


def judged(data: bytes, *, rules: CoseRules = TAGGED) -> Reason:
    """Read the message and judge it with the key of `signer()`."""
    return reason(read_sign1(data, at="cose", rules=rules))
