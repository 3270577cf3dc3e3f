"""Forged identifier lists, each with its valid twin.

    from idwallet.testing.identifiers import IDENTIFIER_FORGERIES, IdentifierScene

    scene = IdentifierScene()
    for forgery in IDENTIFIER_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert valid.judgement().reason is StatusReason.VALID
        assert forged.judgement().reason is forgery.reason

A twin differs from its forgery in nothing but the fault. Every key is a test key.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import TagForm
from idwallet.testing.identifier_draft import (
    LIST,
    REVOKED,
    IdentifierDraft,
    IdentifierScene,
    identifier_draft,
)
from idwallet.testing.list_forgery import ListForgery
from idwallet.testing.pki import Fault, TestIdentity
from idwallet.trust.status_list import ListFault, StatusReason

__all__ = [
    "IDENTIFIER_FORGERIES",
    "IdentifierDraft",
    "IdentifierForgery",
    "IdentifierScene",
    "identifier_draft",
]

Forger = Callable[[IdentifierDraft], None]


class IdentifierForgery(ListForgery[IdentifierDraft]):
    """One thing wrong with a list; see `ListForgery`."""

    __slots__ = ()

    def twins(self, scene: IdentifierScene) -> tuple[IdentifierDraft, IdentifierDraft]:
        """Return the valid draft and the forged one."""
        return self.pair(lambda: identifier_draft(scene))


def _claim(label: CborKey, value: CborValue) -> Forger:
    def forge(made: IdentifierDraft) -> None:
        made.claims[label] = value

    return forge


def _since(label: CborKey, **after: int) -> Forger:
    """Set a claim to a moment so long after the scene's own."""

    def forge(made: IdentifierDraft) -> None:
        moment = made.scene.at + timedelta(**after)
        made.claims[label] = int(moment.timestamp())

    return forge


def _no_claim(label: CborKey) -> Forger:
    def forge(made: IdentifierDraft) -> None:
        del made.claims[label]

    return forge


def _member(label: CborKey, value: CborValue) -> Forger:
    def forge(made: IdentifierDraft) -> None:
        made.members[label] = value

    return forge


def _listed(identifiers: dict[CborKey, CborValue]) -> Forger:
    return _member("identifiers", identifiers)


def _header(label: CborKey, value: CborValue) -> Forger:
    def forge(made: IdentifierDraft) -> None:
        made.header[label] = value

    return forge


def _no_header(label: CborKey) -> Forger:
    def forge(made: IdentifierDraft) -> None:
        del made.header[label]

    return forge


def _payload(change: Callable[[bytes], bytes]) -> Forger:
    """Change what is signed, where nothing that is written right is like it."""

    def forge(made: IdentifierDraft) -> None:
        made.bend_payload = change

    return forge


def _token(change: Callable[[bytes], bytes]) -> Forger:
    def forge(made: IdentifierDraft) -> None:
        made.bend = change

    return forge


def _swapped(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(octets: bytes) -> bytes:
        return octets.replace(old, new, 1)

    return change


def _signed_by(choose: Callable[[IdentifierScene], TestIdentity]) -> Forger:
    return lambda made: made.signed_by(choose(made.scene))


def _certified(fault: Fault) -> Forger:
    return _signed_by(lambda scene: scene.list_signer(fault=fault))


def _stranger(made: IdentifierDraft) -> None:
    made.signer = SoftwareSigner.generate(Algorithm.ES256)


def _unprotected(made: IdentifierDraft) -> None:
    made.unprotected[33] = made.header.pop(33)


def _asking(identifier: bytes) -> Forger:
    return lambda made: setattr(made, "identifier", identifier)


def _naming(choose: Callable[[IdentifierScene], bytes]) -> Forger:
    """Let the credential name an authority of its own for the list."""

    def forge(made: IdentifierDraft) -> None:
        made.certificate = choose(made.scene)

    return forge


_REVOKED: Final = write_cbor(REVOKED)
_WITH_MAP: Final = _REVOKED + b"\xa0"
_F, _S = ListFault, StatusReason

_CLAIMS: Final = (
    IdentifierForgery("no sub", _F.MALFORMED, _no_claim(2)),
    IdentifierForgery("sub is a number", _F.MALFORMED, _claim(2, 1)),
    IdentifierForgery("an empty sub", _F.MALFORMED, _claim(2, "")),
    IdentifierForgery(
        "a sub without an end",
        _F.LIMIT_EXCEEDED,
        _claim(2, LIST + "/" * limits.URI_CHARACTERS),
    ),
    IdentifierForgery("sub of another list", _F.URI_MISMATCH, _claim(2, LIST + "0")),
    IdentifierForgery("sub with a slash", _F.URI_MISMATCH, _claim(2, LIST + "/")),
    IdentifierForgery("no iat", _F.MALFORMED, _no_claim(6)),
    IdentifierForgery("iat is true", _F.MALFORMED, _claim(6, value=True)),
    IdentifierForgery("iat is no number", _F.MALFORMED, _claim(6, float("nan"))),
    IdentifierForgery(
        "issued tomorrow",
        _F.FROM_THE_FUTURE,
        _since(6, days=1),
        _S.LIST_FROM_THE_FUTURE,
        prepare=_since(4, days=3),
    ),
    IdentifierForgery("no exp", _F.MALFORMED, _no_claim(4)),
    IdentifierForgery("exp without end", _F.MALFORMED, _claim(4, float("inf"))),
    IdentifierForgery("expired", _F.EXPIRED, _since(4, minutes=-2), _S.LIST_EXPIRED),
    IdentifierForgery("not before tomorrow", _F.NOT_YET_VALID, _since(5, days=1)),
    IdentifierForgery("for somebody", _F.AUDIENCE, _claim(3, "https://a.example")),
    IdentifierForgery("a ttl of zero", _F.MALFORMED, _claim(65534, 0)),
    IdentifierForgery("ttl is true", _F.MALFORMED, _claim(65534, value=True)),
    IdentifierForgery("ttl is a fraction", _F.MALFORMED, _claim(65534, 1.5)),
    IdentifierForgery("past its ttl", _F.STALE, _since(6, hours=-2), _S.LIST_STALE),
    IdentifierForgery(
        "older than any may be",
        _F.STALE,
        _since(6, hours=-25),
        _S.LIST_STALE,
        prepare=_claim(65534, 10**9),
    ),
    IdentifierForgery("a status list too", _F.MALFORMED, _claim(65533, {})),
    IdentifierForgery("a claim by octets", _F.MALFORMED, _claim(b"\x01", 1)),
    IdentifierForgery(
        "claims without number",
        _F.LIMIT_EXCEEDED,
        lambda made: made.claims.update(dict.fromkeys(range(100, 200), 0)),
    ),
    IdentifierForgery(
        "sub twice",
        _F.MALFORMED,
        _payload(lambda octets: _more(octets, b"\x02\x61x")),
    ),
    IdentifierForgery(
        "claims in an array",
        _F.MALFORMED,
        _payload(lambda octets: b"\x81" + octets),
    ),
    IdentifierForgery(
        "octets behind the claims",
        _F.MALFORMED,
        _payload(lambda octets: octets + b"\xa0"),
    ),
    IdentifierForgery(
        "claims cut off", _F.MALFORMED, _payload(lambda octets: octets[:-1])
    ),
    IdentifierForgery("no claims at all", _F.MALFORMED, _payload(lambda _: b"")),
)


def _no_identifiers(made: IdentifierDraft) -> None:
    made.members.clear()


def _more(octets: bytes, pair: bytes) -> bytes:
    """Put one more pair into the map of claims, behind the first."""
    end = len(write_cbor(LIST)) + 2
    return bytes([octets[0] + 1]) + octets[1:end] + pair + octets[end:]


_LISTS: Final = (
    IdentifierForgery("no list", _F.MALFORMED, _no_claim(65530)),
    IdentifierForgery("the list is text", _F.MALFORMED, _claim(65530, "")),
    IdentifierForgery(
        "no identifiers", _F.MALFORMED, lambda made: made.members.clear()
    ),
    IdentifierForgery(
        "identifiers in an array",
        _F.MALFORMED,
        _member("identifiers", [REVOKED]),
    ),
    IdentifierForgery(
        "an identifier in hex", _F.MALFORMED, _listed({REVOKED.hex(): {}})
    ),
    IdentifierForgery("an identifier that is a number", _F.MALFORMED, _listed({7: {}})),
    IdentifierForgery("an empty identifier", _F.MALFORMED, _listed({b"": {}})),
    IdentifierForgery(
        "an identifier too long",
        _F.LIMIT_EXCEEDED,
        _listed({bytes(limits.IDENTIFIER_BYTES + 1): {}}),
        prepare=_listed({bytes(limits.IDENTIFIER_BYTES): {}}),
    ),
    IdentifierForgery(
        "an identifier far too long", _F.LIMIT_EXCEEDED, _listed({bytes(300): {}})
    ),
    IdentifierForgery(
        "no map beside one", _F.MALFORMED, _listed({REVOKED: True, b"12": {}})
    ),
    IdentifierForgery(
        "something unreadable beside one",
        _F.UNSUPPORTED,
        _payload(_swapped(_WITH_MAP, _REVOKED + b"\xa1\x01\xf7")),
    ),
    IdentifierForgery(
        "an identifier twice",
        _F.MALFORMED,
        _payload(_swapped(b"identifiers\xa3", b"identifiers\xa4\x4212\xa0")),
    ),
    IdentifierForgery(
        "an identifier twice in a list of one length",
        _F.MALFORMED,
        _payload(_swapped(b"\xa2\x42ab\xa0", b"\xa3" + b"\x42ab\xa0" * 2)),
        prepare=_listed({b"ab": {}, b"ac": {}}),
    ),
    IdentifierForgery(
        "a head that is not shortest",
        _F.MALFORMED,
        _payload(_swapped(_REVOKED, b"\x58\x10" + REVOKED)),
    ),
    IdentifierForgery(
        "more said than there are",
        _F.MALFORMED,
        _payload(_swapped(b"identifiers\xa3", b"identifiers\xb8\xff")),
    ),
    IdentifierForgery(
        "an indefinite map",
        _F.MALFORMED,
        _payload(_swapped(b"identifiers\xa3", b"identifiers\xbf")),
    ),
    IdentifierForgery(
        "more said than can be",
        _F.MALFORMED,
        _payload(_swapped(b"identifiers\xa3", b"identifiers\xbb" + b"\xff" * 8)),
    ),
    IdentifierForgery(
        "aggregation_uri is no text", _F.MALFORMED, _member("aggregation_uri", 1)
    ),
)

_TOKENS: Final = (
    IdentifierForgery("no typ", _F.TYP_MISMATCH, _no_header(16)),
    IdentifierForgery(
        "typ of a status list",
        _F.TYP_MISMATCH,
        _header(16, "application/statuslist+cwt"),
    ),
    IdentifierForgery("typ by number", _F.TYP_MISMATCH, _header(16, 61)),
    IdentifierForgery("no chain", _F.MALFORMED, _no_header(33)),
    IdentifierForgery("a chain outside of the signature", _F.MALFORMED, _unprotected),
    IdentifierForgery(
        "an extension that nobody knows",
        _F.UNSUPPORTED,
        _header(2, [70000]),
        prepare=_header(70000, 1),
    ),
    IdentifierForgery(
        "too long", _F.LIMIT_EXCEEDED, _token(lambda octets: octets + bytes(2**25))
    ),
    IdentifierForgery(
        "octets behind it", _F.MALFORMED, _token(lambda octets: octets + b"\0")
    ),
    IdentifierForgery(
        "a claim changed",
        _F.SIGNATURE_INVALID,
        _token(_swapped(_REVOKED, write_cbor(bytes(16)))),
    ),
    IdentifierForgery("no CBOR", _F.MALFORMED, _token(lambda _: b"eyJ")),
    IdentifierForgery("nothing", _F.MALFORMED, _token(lambda _: b"")),
    IdentifierForgery(
        "tag of a MAC", _F.MALFORMED, _token(lambda octets: b"\xd1" + octets[1:])
    ),
    IdentifierForgery(
        "a tag twice",
        _F.MALFORMED,
        _token(lambda octets: b"\xd2\xd2" + octets),
        prepare=lambda made: setattr(made, "tag", TagForm.UNTAGGED),
    ),
)

_SIGNERS: Final = (
    IdentifierForgery("signed by a stranger", _F.SIGNATURE_INVALID, _stranger),
    IdentifierForgery(
        "signed by RSA",
        _F.ALGORITHM_NOT_ALLOWED,
        lambda made: made.signed_by(made.scene.rsa_lister),
        prepare=lambda made: made.allow(Algorithm.PS256),
    ),
    IdentifierForgery(
        "signed by the document signer",
        _F.SIGNER_NOT_ENTITLED,
        _signed_by(lambda scene: scene.issuer),
    ),
    IdentifierForgery(
        "signed by another document signer",
        _F.SIGNER_NOT_ENTITLED,
        _signed_by(lambda scene: scene.other_issuer),
    ),
    IdentifierForgery(
        "signed under another anchor",
        _F.SIGNER_NOT_ENTITLED,
        _signed_by(lambda scene: scene.foreign_lister),
    ),
    IdentifierForgery(
        "signed by nobody whom the credential names",
        _F.SIGNER_NOT_TRUSTED,
        _naming(lambda scene: scene.foreign_root),
    ),
    IdentifierForgery(
        "the credential names no authority",
        _F.SIGNER_NOT_TRUSTED,
        _naming(lambda scene: scene.unknown_lister.chain[0]),
        prepare=_naming(lambda scene: scene.root),
    ),
    *(
        IdentifierForgery(
            f"signer: {fault.value}", _F.SIGNER_NOT_TRUSTED, _certified(fault)
        )
        for fault in Fault
    ),
)

_ANSWERS: Final = (
    IdentifierForgery("revoked", None, _asking(REVOKED), _S.REVOKED),
    IdentifierForgery(
        "revoked with a remark",
        None,
        _asking(b"12"),
        _S.REVOKED,
        prepare=_listed({b"12": {"note": {"a": [1]}}, REVOKED: {7: {}}}),
    ),
)

IDENTIFIER_FORGERIES: Final = (*_CLAIMS, *_LISTS, *_TOKENS, *_SIGNERS, *_ANSWERS)
"""Every forged identifier list."""
