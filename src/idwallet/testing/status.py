"""Forged status lists, each with its valid twin.

    from idwallet.testing.status import STATUS_FORGERIES, StatusScene

    scene = StatusScene()
    for forgery in STATUS_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert valid.judgement().reason is StatusReason.VALID
        assert forged.judgement().reason is forgery.reason

A twin differs from its forgery in nothing but the fault. Every key is a test key.
"""

import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.testing.corpus.tokens import (
    INVALID_SIGNATURES,
    MALFORMED_HEADERS,
    UNREADABLE,
    hmac_under,
    payload_replaced,
)
from idwallet.testing.draft import ABSENT, Bend
from idwallet.testing.list_forgery import ListForgery
from idwallet.testing.pki import Fault, TestIdentity
from idwallet.testing.status_draft import (
    LIST,
    REVOKED,
    SIZE,
    SUSPENDED,
    StatusDraft,
    StatusScene,
    status_draft,
)
from idwallet.trust.status_list import ListFault, StatusReason
from idwallet.trust.status_list.bitmap import deflate

__all__ = [
    "STATUS_FORGERIES",
    "StatusDraft",
    "StatusForgery",
    "StatusScene",
    "status_draft",
]

Forger = Callable[[StatusDraft], None]


class StatusForgery(ListForgery[StatusDraft]):
    """One thing wrong with a list; see `ListForgery`."""

    __slots__ = ()

    def twins(self, scene: StatusScene) -> tuple[StatusDraft, StatusDraft]:
        """Return the valid draft and the forged one."""
        return self.pair(lambda: status_draft(scene))


def _claim(name: str, value: JsonValue) -> Forger:
    def forge(made: StatusDraft) -> None:
        made.claims = {**made.claims, name: value}

    return forge


def _since(name: str, **after: int) -> Forger:
    """Set a claim to a moment so long after the scene's own."""

    def forge(made: StatusDraft) -> None:
        moment = made.scene.at + timedelta(**after)
        made.claims = {**made.claims, name: int(moment.timestamp())}

    return forge


def _entry(name: str, value: JsonValue) -> Forger:
    def forge(made: StatusDraft) -> None:
        made.entries = {**made.entries, name: value}

    return forge


def _header(name: str, value: JsonValue) -> Forger:
    def forge(made: StatusDraft) -> None:
        made.header = {**made.header, name: value}

    return forge


def _headers(changes: JsonObject) -> Forger:
    def forge(made: StatusDraft) -> None:
        made.header = changes

    return forge


def _stream(change: Callable[[bytes], bytes]) -> Forger:
    def forge(made: StatusDraft) -> None:
        made.bend_stream = change

    return forge


def _payload(change: Callable[[bytes], bytes]) -> Forger:
    def forge(made: StatusDraft) -> None:
        made.bend_payload = change

    return forge


def _bent(change: Bend) -> Forger:
    def forge(made: StatusDraft) -> None:
        made.bend = change

    return forge


def _asking(index: int) -> Forger:
    def forge(made: StatusDraft) -> None:
        made.index = index

    return forge


def _signed_by(choose: Callable[[StatusScene], TestIdentity]) -> Forger:
    def forge(made: StatusDraft) -> None:
        identity = choose(made.scene)
        made.signer, made.chain = identity.signer, identity.chain

    return forge


def _certified(fault: Fault) -> Forger:
    return _signed_by(lambda scene: scene.pki.issuer(fault=fault))


def _stranger(made: StatusDraft) -> None:
    made.signer = SoftwareSigner.generate(Algorithm.ES256)


def _embedded(made: StatusDraft) -> None:
    _stranger(made)
    made.header = {"jwk": made.signer.public_key.to_jwk(), "x5c": ABSENT}


def _hmac(made: StatusDraft) -> None:
    made.header = {"alg": "HS256"}
    made.bend = hmac_under(made.signer.public_key)


def _unsigned(made: StatusDraft) -> None:
    made.header = {"alg": "none"}
    made.bend = lambda token: token.rpartition(".")[0] + "."


def _bomb(_: bytes) -> bytes:
    """Compress what is one byte too long; it takes a thousandth of its size."""
    return zlib.compress(bytes(limits.STATUS_LIST_BITMAP_BYTES + 1), 9)


def _raw_deflate(stream: bytes) -> bytes:
    """Take the ZLIB header and checksum away (RFC 1951 alone)."""
    return stream[2:-4]


def _checksum(stream: bytes) -> bytes:
    return stream[:-1] + bytes([stream[-1] ^ 1])


def _gzip(stream: bytes) -> bytes:
    work = zlib.compressobj(9, zlib.DEFLATED, 31)
    return work.compress(zlib.decompress(stream)) + work.flush()


def _with_dictionary(stream: bytes) -> bytes:
    """Ask for a dictionary that nobody has (RFC 1950 section 2.2, FDICT)."""
    work = zlib.compressobj(9, zdict=b"a dictionary")
    return work.compress(zlib.decompress(stream)) + work.flush()


def _long_stream(made: StatusDraft) -> None:
    text = "A" * (limits.STATUS_LIST_COMPRESSED_BYTES // 3 * 4 + 8)
    made.entries = {"lst": text}


def _long_token(made: StatusDraft) -> None:
    made.bend = lambda token: token + "A" * limits.STATUS_LIST_TOKEN_BYTES


def _padded(made: StatusDraft) -> None:
    made.entries = {"lst": b64.encode(deflate(made.array)) + "="}


def _last_chance(made: StatusDraft) -> None:
    made.index = SIZE - 1


_F, _S = ListFault, StatusReason

_CLAIMS: Final = (
    StatusForgery("no sub", _F.MALFORMED, _claim("sub", ABSENT)),
    StatusForgery("sub is a number", _F.MALFORMED, _claim("sub", 1)),
    StatusForgery("an empty sub", _F.MALFORMED, _claim("sub", "")),
    StatusForgery(
        "a sub without an end",
        _F.LIMIT_EXCEEDED,
        _claim("sub", LIST + "/" * limits.URI_CHARACTERS),
    ),
    StatusForgery("sub of another list", _F.URI_MISMATCH, _claim("sub", LIST + "0")),
    StatusForgery("sub in capitals", _F.URI_MISMATCH, _claim("sub", LIST.upper())),
    StatusForgery("sub with a slash", _F.URI_MISMATCH, _claim("sub", LIST + "/")),
    StatusForgery("no iat", _F.MALFORMED, _claim("iat", ABSENT)),
    StatusForgery("iat is a text", _F.MALFORMED, _claim("iat", "1795521600")),
    StatusForgery("iat is true", _F.MALFORMED, _claim("iat", value=True)),
    StatusForgery("iat before 1970", _F.MALFORMED, _claim("iat", -1)),
    StatusForgery(
        "issued tomorrow",
        _F.FROM_THE_FUTURE,
        _since("iat", days=1),
        _S.LIST_FROM_THE_FUTURE,
        prepare=_since("exp", days=3),
    ),
    StatusForgery("expired", _F.EXPIRED, _since("exp", minutes=-2), _S.LIST_EXPIRED),
    StatusForgery("exp is a text", _F.MALFORMED, _claim("exp", "never")),
    StatusForgery("exp is null", _F.MALFORMED, _claim("exp", None)),
    StatusForgery("not valid before tomorrow", _F.NOT_YET_VALID, _since("nbf", days=1)),
    StatusForgery("nbf is a text", _F.MALFORMED, _claim("nbf", "now")),
    StatusForgery("for somebody", _F.AUDIENCE, _claim("aud", "https://a.example")),
    StatusForgery("iss is a number", _F.MALFORMED, _claim("iss", 7)),
    StatusForgery("a ttl of zero", _F.MALFORMED, _claim("ttl", 0)),
    StatusForgery("a negative ttl", _F.MALFORMED, _claim("ttl", -3600)),
    StatusForgery("ttl is a text", _F.MALFORMED, _claim("ttl", "3600")),
    StatusForgery("ttl is true", _F.MALFORMED, _claim("ttl", value=True)),
    StatusForgery("ttl is null", _F.MALFORMED, _claim("ttl", None)),
    StatusForgery("a ttl past all dates", _F.MALFORMED, _claim("ttl", 10**15)),
    StatusForgery("past its ttl", _F.STALE, _since("iat", hours=-2), _S.LIST_STALE),
    StatusForgery(
        "older than any may be",
        _F.STALE,
        _since("iat", hours=-25),
        _S.LIST_STALE,
        prepare=_claim("ttl", 10**9),
    ),
)

_LISTS: Final = (
    StatusForgery("no list", _F.MALFORMED, _claim("status_list", ABSENT)),
    StatusForgery("the list is a text", _F.MALFORMED, _claim("status_list", "eNo")),
    StatusForgery("no bits", _F.MALFORMED, _entry("bits", ABSENT)),
    StatusForgery("3 bits", _F.MALFORMED, _entry("bits", 3)),
    StatusForgery("16 bits", _F.MALFORMED, _entry("bits", 16)),
    StatusForgery("0 bits", _F.MALFORMED, _entry("bits", 0)),
    StatusForgery("2.0 bits", _F.MALFORMED, _entry("bits", 2.0)),
    StatusForgery("true bits", _F.MALFORMED, _entry("bits", value=True)),
    StatusForgery("bits in a text", _F.MALFORMED, _entry("bits", "2")),
    StatusForgery("no lst", _F.MALFORMED, _entry("lst", ABSENT)),
    StatusForgery("lst is an array", _F.MALFORMED, _entry("lst", [1, 0])),
    StatusForgery("lst is no base64url", _F.MALFORMED, _entry("lst", "eNr+uQ//")),
    StatusForgery(
        "lst is padded",
        _F.MALFORMED,
        _padded,
    ),
    StatusForgery("an empty lst", _F.MALFORMED, _entry("lst", "")),
    StatusForgery(
        "aggregation_uri is no text", _F.MALFORMED, _entry("aggregation_uri", [])
    ),
    StatusForgery("no ZLIB stream", _F.MALFORMED, _stream(lambda made: b"x" + made)),
    StatusForgery("DEFLATE without ZLIB", _F.MALFORMED, _stream(_raw_deflate)),
    StatusForgery("gzip", _F.MALFORMED, _stream(_gzip)),
    StatusForgery("a stream cut off", _F.MALFORMED, _stream(lambda made: made[:-5])),
    StatusForgery("a checksum cut off", _F.MALFORMED, _stream(lambda made: made[:-1])),
    StatusForgery("a wrong checksum", _F.MALFORMED, _stream(_checksum)),
    StatusForgery("a preset dictionary", _F.MALFORMED, _stream(_with_dictionary)),
    StatusForgery("a byte after it", _F.MALFORMED, _stream(lambda made: made + b"\0")),
    StatusForgery("two streams", _F.MALFORMED, _stream(lambda made: made + made)),
    StatusForgery("a bomb", _F.LIMIT_EXCEEDED, _stream(_bomb)),
    StatusForgery("a stream too long", _F.LIMIT_EXCEEDED, _long_stream),
)

_TOKENS: Final = (
    StatusForgery("no typ", _F.TYP_MISMATCH, _header("typ", ABSENT)),
    StatusForgery("typ JWT", _F.TYP_MISMATCH, _header("typ", "JWT")),
    StatusForgery("typ of a credential", _F.TYP_MISMATCH, _header("typ", "dc+sd-jwt")),
    StatusForgery("typ of a CWT", _F.TYP_MISMATCH, _header("typ", "statuslist+cwt")),
    StatusForgery("no signature at all", _F.ALGORITHM_NOT_ALLOWED, _unsigned),
    StatusForgery("a shared secret", _F.ALGORITHM_NOT_ALLOWED, _hmac),
    StatusForgery("alg of another curve", _F.KEY_UNUSABLE, _header("alg", "ES384")),
    StatusForgery(
        "an extension that nobody knows",
        _F.UNSUPPORTED,
        _header("crit", ["lists"]),
        prepare=_header("lists", 1),
    ),
    StatusForgery("a token too long", _F.LIMIT_EXCEEDED, _long_token),
    StatusForgery(
        "a payload changed",
        _F.SIGNATURE_INVALID,
        _bent(payload_replaced(b'"ttl":3600', b'"ttl":3601')),
    ),
    StatusForgery(
        "a claim twice",
        _F.MALFORMED,
        _payload(lambda text: b'{"sub":"https://a.example",' + text[1:]),
    ),
    StatusForgery(
        "bits twice",
        _F.MALFORMED,
        _payload(lambda text: text.replace(b'"bits":2', b'"bits":1,"bits":2')),
    ),
    StatusForgery(
        "claims without number",
        _F.LIMIT_EXCEEDED,
        _payload(lambda text: text[:-1] + b',"x":[' + b"[]," * 1_024 + b"[]]}"),
    ),
    StatusForgery("claims in an array", _F.MALFORMED, _payload(lambda _: b"[]")),
    StatusForgery("no JSON", _F.MALFORMED, _payload(lambda text: text[:-1])),
    *(
        StatusForgery(name, _F.SIGNATURE_INVALID, _bent(bend))
        for name, bend in INVALID_SIGNATURES
    ),
    *(StatusForgery(name, _F.MALFORMED, _bent(bend)) for name, bend in UNREADABLE),
    *(
        StatusForgery(
            name,
            _F.MALFORMED,
            _headers(changes),
        )
        for name, changes in MALFORMED_HEADERS
    ),
)

_SIGNERS: Final = (
    StatusForgery("signed by a stranger", _F.SIGNATURE_INVALID, _stranger),
    StatusForgery("a key of its own", _F.SIGNER_NOT_TRUSTED, _embedded),
    StatusForgery("no key named", _F.SIGNER_NOT_TRUSTED, _header("x5c", ABSENT)),
    StatusForgery(
        "signed by another issuer of the anchor",
        _F.SIGNER_NOT_ENTITLED,
        _signed_by(lambda scene: scene.other_issuer),
        prepare=_signed_by(lambda scene: scene.delegate),
    ),
    *(
        StatusForgery(
            f"signer: {fault.value}",
            _F.SIGNER_NOT_TRUSTED,
            _certified(fault),
        )
        for fault in Fault
    ),
)

_ANSWERS: Final = (
    StatusForgery("revoked", None, _asking(REVOKED), _S.REVOKED),
    StatusForgery("suspended", None, _asking(SUSPENDED), _S.SUSPENDED),
    StatusForgery(
        "one past the end", None, _asking(SIZE), _S.INDEX_OUT_OF_BOUNDS, _last_chance
    ),
    StatusForgery("a negative index", None, _asking(-1), _S.INDEX_OUT_OF_BOUNDS),
    StatusForgery("far past the end", None, _asking(2**70), _S.INDEX_OUT_OF_BOUNDS),
)

STATUS_FORGERIES: Final = (*_CLAIMS, *_LISTS, *_TOKENS, *_SIGNERS, *_ANSWERS)
"""Every forged status list."""
