"""Forgeries of what an issuer signed, and of who signed it."""

from datetime import timedelta
from typing import Final

from idwallet.codec.cbor import CborValue, write_cbor
from idwallet.credentials.compact.bound_to import PROOF_CONTEXT
from idwallet.credentials.compact.issue import CompactLife
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.short_key import short_key
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import CheckId, Reason
from idwallet.testing.compact.changes import (
    Forger,
    flipping,
    list_in,
    map_in,
    number_of,
    setting,
    signing,
)
from idwallet.testing.compact.draft import CompactDraft, Parts
from idwallet.trust.anchors import TrustStore

_C, _R = CheckId, Reason


def _issued_by_a_stranger(made: CompactDraft) -> None:
    made.issuer = made.scene.stranger


def _of_an_unknown_issuer(made: CompactDraft) -> None:
    made.kid = b"nobody"


def _pinned_twice(made: CompactDraft) -> None:
    """Two issuers under one identifier: neither is chosen."""
    other = made.scene.anchor(made.scene.stranger)
    other = type(other)(
        name="idwallet TEST namesake",
        purposes=other.purposes,
        issuer_names=frozenset({"https://namesake.example"}),
        keys=other.keys,
    )
    made.trust = TrustStore([made.scene.anchor(), other])


def _not_for_that_type(made: CompactDraft) -> None:
    whole = made.scene.anchor()
    narrow = type(whole)(
        name=whole.name,
        purposes=whole.purposes,
        issuer_names=whole.issuer_names,
        keys=whole.keys,
        credential_types=frozenset({"urn:eu.europa.ec.eudi:por:1"}),
    )
    made.trust = TrustStore([narrow])


def _longer_life(parts: Parts) -> None:
    """Write a longer life under the same signature."""
    payload = list_in(parts[2])
    payload[3] = number_of(payload[3]) + 60
    parts[2] = write_cbor(payload)


def _other_key(made: CompactDraft) -> None:
    """Write a stranger's key into somebody's credential, and sign the proof with it."""
    thief = SoftwareSigner.generate(Algorithm.ES256)
    made.signed_by = thief

    def change(parts: Parts) -> None:
        payload = list_in(parts[2])
        payload[4] = short_key(thief.public_key)
        parts[2] = write_cbor(payload)

    made.on_credential = change


def _algorithm(number: int) -> Forger:
    def change(parts: Parts) -> None:
        header = map_in(parts[0])
        header[1] = number
        parts[0] = write_cbor(header)

    return setting(on_credential=change)


def _header(label: int, value: CborValue) -> Forger:
    def change(parts: Parts) -> None:
        header = map_in(parts[0])
        header[label] = value
        parts[0] = write_cbor(header)

    return setting(on_credential=change)


def _outside(value: CborValue) -> Forger:
    def change(parts: Parts) -> None:
        parts[1] = value

    return setting(on_credential=change)


def _part_more(parts: Parts) -> None:
    parts.append(None)


def _part_less(parts: Parts) -> None:
    parts.pop()


def _expired(made: CompactDraft) -> None:
    made.life = CompactLife(made.at - timedelta(minutes=12), 10)


def _not_yet(made: CompactDraft) -> None:
    # Shown by a phone whose clock is right, so that nothing but the validity is at
    # fault: the moment of the proof is no earlier than the skew allows.
    made.life = CompactLife(made.at + timedelta(seconds=61), 10)
    made.moment = made.at + timedelta(seconds=1)


def _lives_too_long(made: CompactDraft) -> None:
    made.life = made.life._replace(minutes=2 * 24 * 60)


FORMATS: Final[tuple[tuple[str, Forger], ...]] = (
    ("no life at all", signing(3, 0)),
    ("a life before its beginning", signing(3, -10)),
    ("a life past all years", signing(3, 1 << 40)),
    ("a beginning that is text", signing(2, "2026-11-24")),
    ("a beginning before 1970", signing(2, -1)),
    ("a truth for a beginning", signing(2, value=True)),
    ("a type that has a number, by its name", signing(1, "urn:eudi:pid:1")),
    ("a type without a name", signing(1, "")),
    ("a type that is octets", signing(1, b"\x01")),
    ("a holder key off its curve", signing(4, b"\x02" + b"\xff" * 32)),
    ("a holder key of no length", signing(4, bytes(31))),
    ("a holder key that is not compressed", signing(4, b"\x04" + bytes(32))),
    ("no holder key", signing(4, None)),
    ("a status without an index", signing(5, ["list.example/1"])),
    ("a status with a negative index", signing(5, [-1, "list.example/1"])),
    ("a status without a place", signing(5, [1, ""])),
    ("a status that is text", signing(5, "list.example/1")),
    ("no leaves", signing(6, 0)),
    ("a number of leaves that is a truth", signing(6, value=True)),
    ("a root of eight octets", signing(7, bytes(8))),
    ("a root of thirty-two octets", signing(7, bytes(32))),
    ("a part more than the shape has", setting(on_payload=_part_more)),
    ("a part less than the shape has", setting(on_payload=_part_less)),
    ("another header parameter", _header(3, "application/cwt")),
    ("a key in the unprotected header", _outside({-1: b"\x02" * 33})),
    ("two key identifiers", _outside({4: b"other"})),
)
UNSUPPORTED: Final[tuple[tuple[str, Forger], ...]] = (
    ("a shape of a later version", signing(0, 3)),
    ("a type of a later version", signing(1, 9_999)),
)
LIMITS: Final[tuple[tuple[str, Forger], ...]] = (
    ("more leaves than any credential has", signing(6, 65)),
)
SIGNATURES: Final[tuple[tuple[str, Reason, Forger], ...]] = (
    ("signed by another key", _R.INVALID, _issued_by_a_stranger),
    (
        "an issuer's signature with a bit flipped",
        _R.INVALID,
        setting(on_credential=flipping(3)),
    ),
    ("signed for another structure", _R.INVALID, setting(aad=b"")),
    (
        "signed as a proof and not as a credential",
        _R.INVALID,
        setting(aad=write_cbor([PROOF_CONTEXT, None, None])),
    ),
    ("a MAC in place of a signature", _R.ALGORITHM_NOT_ALLOWED, _algorithm(5)),
    ("no algorithm that is known", _R.ALGORITHM_NOT_ALLOWED, _algorithm(-65_000)),
    ("an algorithm of another key", _R.KEY_UNUSABLE, _algorithm(-8)),
)
CHANGED: Final[tuple[tuple[str, Forger], ...]] = (
    ("a longer life under the same signature", setting(on_credential=_longer_life)),
    ("another holder's key under the same signature", _other_key),
)
"""Of the shape without a root: the root of the other covers all before it as well."""

TRUST: Final[tuple[tuple[str, Reason, Forger], ...]] = (
    ("an issuer that nobody pinned", _R.KEY_NOT_PINNED, _of_an_unknown_issuer),
    ("two issuers under one identifier", _R.KEY_AMBIGUOUS, _pinned_twice),
    (
        "a type that its issuer may not issue",
        _R.TYPE_NOT_REGISTERED,
        _not_for_that_type,
    ),
)
VALIDITIES: Final[tuple[tuple[str, CheckId, Reason, Forger], ...]] = (
    ("expired", _C.CREDENTIAL_VALIDITY, _R.EXPIRED, _expired),
    ("not yet valid", _C.CREDENTIAL_VALIDITY, _R.NOT_YET_VALID, _not_yet),
    (
        "no status, and days to live",
        _C.CREDENTIAL_STATUS,
        _R.NO_STATUS,
        _lives_too_long,
    ),
)
