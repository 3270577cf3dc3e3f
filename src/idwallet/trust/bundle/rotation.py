"""Which keys may sign: the one pinned, and those that it announced (bundle.md §4)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import write_cbor
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import (
    CoseHeaders,
    CoseRules,
    CoseSign1,
    TagRule,
    read_sign1,
    sign_sign1,
    signature_reason,
)
from idwallet.envelope.cose.labels import KID, TYP
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.report import Reason
from idwallet.trust.bundle.members import read_map, seconds
from idwallet.trust.bundle.structures import CLAUSE, Rotation

TYP_ROTATION: Final = "application/idwallet-bundle-rotation+cbor"

_SECTION: Final = f"{CLAUSE} §4"
_VERSION: Final = "idwallet-bundle-rotation/1"
_RULES: Final = CoseRules(TagRule.TAGGED)


def key_id(key: PublicKey) -> bytes:
    """Return how bundles call a key: the SHA-256 of its SubjectPublicKeyInfo."""
    return hashlib.sha256(key.spki).digest()


@dataclass(frozen=True, slots=True)
class KeyChain:
    """The keys that may sign, the pinned one first, each announced by the one before.

    `words` are the announcements, each by the key of its place.
    """

    keys: tuple[PublicKey, ...]
    words: tuple[Rotation, ...]

    def place(self, kid: bytes | None) -> int | None:
        """Return the place of the key of that identifier, None where it has none."""
        ids = [key_id(each) for each in self.keys]
        return ids.index(kid) if kid in ids else None

    def retires(self, place: int) -> int:
        """Return from which number on the key of that place signs no more, or 0."""
        return self.words[place].sequence if place < len(self.words) else 0

    def heir(self, place: int) -> bytes:
        """Return the identifier of the key that the one of that place announced."""
        return key_id(self.keys[place + 1]) if place < len(self.words) else b""


def announce_key(
    key: PublicKey, *, series: str, sequence: int, signer: Signer, issued: datetime
) -> bytes:
    """Sign, with the present key, that `key` signs the series from `sequence` on.

    The present key signs no bundle of that number or above.

    Raises:
        UsageError: no reader takes it.
        SignerError: the key could not sign.
    """
    if key == signer.public_key:
        raise UsageError("a key does not succeed itself")
    payload = write_cbor(
        {
            "format": _VERSION,
            "series": series,
            "key": key.spki,
            "sequence": sequence,
            "issued": seconds(issued),
        }
    )
    headers = CoseHeaders({KID: key_id(signer.public_key), TYP: TYP_ROTATION})
    made = sign_sign1(payload, signer=signer, headers=headers)
    try:
        _read_word(_envelope(made, at="announcement"), at="announcement")
    except (MalformedError, UnsupportedError) as error:
        raise UsageError(f"no reader takes this announcement: {error}") from error
    return made


def read_keys(
    statements: Sequence[bytes],
    *,
    pinned: PublicKey,
    algorithms: frozenset[Algorithm],
) -> KeyChain:
    """Return the keys that may sign where `pinned` is believed.

    Announcements older than the pinned key are passed over; from there on each must
    be by the key that the one before announced.

    Raises:
        LimitError: there are too many, or one is too long.
        MalformedError: one is broken, or by somebody else.
        UnsupportedError: one is of another version, or of a key not read here.
    """
    keys, words = [pinned], list[Rotation]()
    for n, each in enumerate(statements):
        at = f"announcements/{n}"
        sign1 = _envelope(each, at=at)
        if sign1.kid != key_id(keys[-1]):
            if words:
                raise _broken("not by the key announced before it", at=at)
            continue
        if signature_reason(sign1, key=keys[-1], allowed=algorithms) is not (
            Reason.VALID
        ):
            raise _broken("not signed by the key that it names", at=at)
        word = _read_word(sign1, at=at)
        _require_next(word, keys=keys, words=words, at=at)
        keys.append(word.key)
        words.append(word)
    return KeyChain(tuple(keys), tuple(words))


def require_of_series(words: Iterable[Rotation], *, series: str) -> None:
    """Return only if every announcement is about bundles of this series.

    Raises:
        MalformedError: one is about another.
    """
    if any(each.series != series for each in words):
        raise _broken("about another series", at="announcements")


def _require_next(
    word: Rotation, *, keys: list[PublicKey], words: list[Rotation], at: str
) -> None:
    if word.key in keys:
        raise _broken("a key that signed before", at=at)
    if words and word.sequence <= words[-1].sequence:
        raise _broken("from a number that is not above the last", at=at)


def _envelope(statement: bytes, *, at: str) -> CoseSign1:
    if len(statement) > limits.BUNDLE_ROTATION_BYTES:
        raise LimitError("too long", at=at, clause=_SECTION)
    sign1 = read_sign1(statement, at=at, rules=_RULES)
    if sign1.unprotected or sign1.header.typ != TYP_ROTATION:
        raise _broken("no announcement of a key", at=at)
    return sign1


def _read_word(sign1: CoseSign1, *, at: str) -> Rotation:
    members = read_map(sign1.payload, at=at, clause=_SECTION)
    if members.text("format") != _VERSION:
        raise UnsupportedError("another version", at=f"{at}/format", clause=_SECTION)
    spki = members.octets("key", most=limits.SPKI_BYTES)
    found = Rotation(
        series=members.text("series"),
        key=PublicKey.from_spki(spki, at=f"{at}/key"),
        sequence=members.number("sequence", least=2, most=limits.BUNDLE_SEQUENCE),
        issued=members.moment("issued"),
    )
    members.done()
    return found


def _broken(what: str, *, at: str) -> MalformedError:
    return MalformedError(what, at=at, clause=_SECTION)
