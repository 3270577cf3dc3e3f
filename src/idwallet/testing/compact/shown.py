"""Forgeries of what is shown of a compact credential, for whom, and when."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from idwallet.codec.cbor import write_cbor
from idwallet.credentials.compact import tree
from idwallet.credentials.compact.bound_to import hint_of
from idwallet.credentials.compact.issue import item_of
from idwallet.credentials.compact.present import Addressed
from idwallet.report import CheckId, Reason
from idwallet.testing.compact.changes import (
    Forger,
    flipping,
    list_in,
    map_in,
    number_of,
    octets_of,
    proving,
    setting,
    showing,
)
from idwallet.testing.compact.draft import OTHER_TILL, TILL, CompactDraft, Parts
from idwallet.trust.policy import OneWayRule

_C, _R = CheckId, Reason
_SECOND: Final = timedelta(seconds=1)


def _another_value(parts: Parts) -> None:
    """Say that somebody is 65 with the leaf of one who is 18."""
    parts[2] = item_of("age_over_65", value=True)


def _flipped_value(parts: Parts) -> None:
    parts[2] = item_of("age_over_18", value=False)


def _another_place(parts: Parts) -> None:
    """Show the leaf as if it stood elsewhere, with as many blocks as that takes."""
    parts[0] = 2
    parts[1] = bytes(4 * tree.SIZE)


def _invented_seed(parts: Parts) -> None:
    blocks = octets_of(parts[1])
    parts[1] = bytes(tree.SIZE) + blocks[tree.SIZE :]


def _swapped_blocks(parts: Parts) -> None:
    blocks = octets_of(parts[1])
    parts[1] = blocks[tree.SIZE :] + blocks[: tree.SIZE]


def _node_as_leaf(made: CompactDraft) -> None:
    """Show the two digests under a node as if they were a leaf of that tree."""

    def change(parts: Parts) -> None:
        blocks = octets_of(parts[1])
        parts[2] = write_cbor("x") + write_cbor(blocks)

    made.on_shown = change


def _of_another(made: CompactDraft) -> None:
    """Show a claim of another credential under this one's signature."""
    other = dict(made.content.claims) | {"age_over_18": False}
    theirs = type(made.content)(made.content.credential_type, other)
    items = [item_of(name, value) for name, value in theirs.claims.items()]
    context = bytes(32)

    def change(parts: Parts) -> None:
        parts[1] = tree.blocks_for(context, items, seed=made.seed, shown=1)
        parts[2] = items[0]

    made.on_shown = change


def _block_more(parts: Parts) -> None:
    parts[1] = octets_of(parts[1]) + bytes(tree.SIZE)


def _block_less(parts: Parts) -> None:
    parts[1] = octets_of(parts[1])[: -tree.SIZE]


def _half_a_block(parts: Parts) -> None:
    parts[1] = octets_of(parts[1])[:-1]


def _octet_more(parts: Parts) -> None:
    parts[1] = octets_of(parts[1]) + b"\0"


def _place_more(parts: Parts) -> None:
    parts[0] = 1 | 1 << 40


def _claim_more(parts: Parts) -> None:
    parts[2] = octets_of(parts[2]) + item_of("height", 190)


def _nothing(parts: Parts) -> None:
    parts[:] = [0, bytes(tree.SIZE), b""]


def _claim_twice(parts: Parts) -> None:
    parts[0] = 3
    parts[2] = octets_of(parts[2]) * 2


def _named(item: bytes) -> Forger:
    return showing(2, item)


def _photographed(made: CompactDraft) -> None:
    made.at += 31 * _SECOND


def _ahead(made: CompactDraft) -> None:
    made.moment += 31 * _SECOND


def _stopped_clock(made: CompactDraft) -> None:
    """The clock of a phone that stands before its credential was made."""
    made.moment = made.life.start - timedelta(days=1)


def _another_holder(made: CompactDraft) -> None:
    made.signed_by = made.scene.stranger


def _another_till(made: CompactDraft) -> None:
    made.to = Addressed(OTHER_TILL, made.to.nonce)


def _another_question(made: CompactDraft) -> None:
    made.to = Addressed(made.to.audience, "another nonce")


def _renamed_till(made: CompactDraft) -> None:
    """Say that a proof for another till is one for this, which its holder did not."""
    made.to = Addressed(OTHER_TILL, made.to.nonce)
    nonce = made.to.nonce
    made.hints = (hint_of(TILL), None if nonce is None else hint_of(nonce))


def _renamed_question(made: CompactDraft) -> None:
    asked = made.bound.nonce
    made.to = Addressed(made.to.audience, "another nonce")
    made.hints = (hint_of(TILL), hint_of(asked or ""))


def _without_question(made: CompactDraft) -> None:
    made.to = Addressed(made.to.audience)


def _answer_shown_unasked(made: CompactDraft) -> None:
    made.to = Addressed(TILL, "a question of somebody")


def _unbound(made: CompactDraft) -> None:
    made.to = Addressed()


def _where_nobody_may(made: CompactDraft) -> None:
    """Show it unasked where the policy takes nothing but answers."""
    made.policy = replace(made.policy, name="asked", one_way=OneWayRule.REFUSED)


def _asked_of_nobody(made: CompactDraft) -> None:
    made.hints = (None, hint_of("a nonce"))


def _later(parts: Parts) -> None:
    """Write a later moment under the same signature."""
    payload = list_in(parts[2])
    payload[0] = number_of(payload[0]) + 1
    parts[2] = write_cbor(payload)


def _verified_later(parts: Parts) -> None:
    """Say under the same signature that the person was verified by the face."""
    payload = list_in(parts[2])
    payload.append(9)
    parts[2] = write_cbor(payload)


def _header_more(parts: Parts) -> None:
    parts[0] = write_cbor({**map_in(parts[0]), 4: b"me"})


def _outside(parts: Parts) -> None:
    parts[1] = {4: b"me"}


def _mac(parts: Parts) -> None:
    parts[0] = write_cbor({1: 5})


FORMATS: Final[tuple[tuple[str, Forger], ...]] = (
    ("octets behind the proof", setting(on_octets=lambda octets: octets + b"\0")),
    ("a proof cut off", setting(on_octets=lambda octets: octets[:-1])),
    ("a tag around the proof", setting(on_octets=lambda octets: b"\xd2" + octets)),
    ("a length that is not shortest", setting(on_octets=lambda o: b"\x98\x04" + o[1:])),
    ("a second header of the holder", setting(on_envelope=_header_more)),
    ("something outside of the holder's signature", setting(on_envelope=_outside)),
    ("a moment that is text", proving(0, "now")),
    ("a moment with parts of a second", proving(0, 1.5)),
    ("a moment past all years", proving(0, 1 << 50)),
    ("a hint of three octets", proving(1, b"abc")),
    ("a hint that is text", proving(1, "till")),
    ("a nonce of nobody", _asked_of_nobody),
    ("a part of the proof more", setting(on_proof=lambda parts: parts.append(None))),
    ("a person verified in no way", setting(on_proof=lambda parts: parts.append(0))),
    ("a person verified truly", setting(on_proof=lambda parts: parts.append(True))),
    ("a person verified in words", setting(on_proof=lambda e: e.append("face"))),
    ("a person verified in two ways", setting(on_proof=lambda e: e.extend((7, 9)))),
    ("a part of the proof less", setting(on_proof=lambda parts: parts.pop())),
    ("nothing shown of a selective credential", proving(4, None)),
    ("places that are no bits", showing(0, -1)),
    ("no claim shown, under the root alone", setting(on_shown=_nothing)),
    ("blocks that are text", showing(1, "blocks")),
    ("half of a claim", showing(2, write_cbor("x"))),
    ("a claim shown twice", setting(on_shown=_claim_twice)),
    ("a claim that has a number, by its name", _named(b"\x6bage_over_18\xf5")),
    ("a day written as text", _named(b"\x03" + write_cbor("1990-05-17"))),
    ("Cyrillic written as UTF-8", _named(b"\x01" + write_cbor("Анна"))),
    ("plain letters written as octets", _named(b"\x01" + write_cbor(b"Anna"))),
    ("members of a claim out of order", _named(b"\x0b\xa2\x61b\x01\x61a\x02")),
    ("a day past the calendar", _named(b"\x03\xd8\x64\x1a\x7f\xff\xff\xff")),
)
UNSUPPORTED: Final[tuple[tuple[str, Forger], ...]] = (
    ("a claim of a later version", _named(b"\x19\x27\x0f\xf5")),
    ("a claim with parts of a number", _named(b"\x00\xf9\x3e\x00")),
    ("a person verified in a later way", setting(on_proof=lambda e: e.append(13))),
    ("a claim that is null", _named(b"\x00\xf6")),
    ("a claim with a tag not read here", _named(b"\x00\xc1\x01")),
)
DISCLOSURES: Final[tuple[tuple[str, Reason, Forger], ...]] = (
    (
        "another claim at its leaf",
        _R.INTEGRITY_MISMATCH,
        setting(on_shown=_another_value),
    ),
    (
        "another value at its leaf",
        _R.INTEGRITY_MISMATCH,
        setting(on_shown=_flipped_value),
    ),
    (
        "a salt of somebody's own",
        _R.INTEGRITY_MISMATCH,
        setting(on_shown=_invented_seed),
    ),
    ("the blocks swapped", _R.INTEGRITY_MISMATCH, setting(on_shown=_swapped_blocks)),
    (
        "a block with a bit flipped",
        _R.INTEGRITY_MISMATCH,
        setting(on_shown=flipping(1)),
    ),
    ("a node shown as a leaf", _R.INTEGRITY_MISMATCH, _node_as_leaf),
    ("a claim of another credential", _R.INTEGRITY_MISMATCH, _of_another),
    (
        "the leaf at another place",
        _R.INTEGRITY_MISMATCH,
        setting(on_shown=_another_place),
    ),
    ("a block more", _R.MALFORMED, setting(on_shown=_block_more)),
    ("a block less", _R.MALFORMED, setting(on_shown=_block_less)),
    ("half a block", _R.MALFORMED, setting(on_shown=_half_a_block)),
    ("an octet behind the blocks", _R.MALFORMED, setting(on_shown=_octet_more)),
    ("a place past the leaves", _R.MALFORMED, setting(on_shown=_place_more)),
    ("a claim more than places", _R.MALFORMED, setting(on_shown=_claim_more)),
)
BINDINGS: Final[tuple[tuple[str, CheckId, Reason, Forger], ...]] = (
    ("shown by another holder", _C.HOLDER_BINDING, _R.INVALID, _another_holder),
    (
        "a holder's signature with a bit flipped",
        _C.HOLDER_BINDING,
        _R.INVALID,
        setting(on_envelope=flipping(3)),
    ),
    (
        "a later moment under the same signature",
        _C.HOLDER_BINDING,
        _R.INVALID,
        setting(on_envelope=_later),
    ),
    ("another till named after signing", _C.HOLDER_BINDING, _R.INVALID, _renamed_till),
    (
        "a person verified after signing",
        _C.HOLDER_BINDING,
        _R.INVALID,
        setting(on_envelope=_verified_later),
    ),
    (
        "a MAC of the holder",
        _C.HOLDER_BINDING,
        _R.ALGORITHM_NOT_ALLOWED,
        setting(on_envelope=_mac),
    ),
    ("bound to another till", _C.PRESENTATION_AUDIENCE, _R.MISMATCH, _another_till),
    ("bound to no till", _C.PRESENTATION_AUDIENCE, _R.NOT_BOUND, _unbound),
    (
        "an answer to a question that was not asked",
        _C.PRESENTATION_NONCE,
        _R.MISMATCH,
        _answer_shown_unasked,
    ),
    (
        "shown unasked where only answers are taken",
        _C.PRESENTATION_RELAY,
        _R.RELAY_POSSIBLE,
        _where_nobody_may,
    ),
    ("photographed", _C.PRESENTATION_FRESHNESS, _R.TOO_OLD, _photographed),
    ("a step of time ahead", _C.PRESENTATION_FRESHNESS, _R.FROM_THE_FUTURE, _ahead),
    (
        "a clock that stopped before the credential was made",
        _C.PRESENTATION_FRESHNESS,
        _R.CLOCK_BEFORE_CREDENTIAL,
        _stopped_clock,
    ),
)
ANSWERS: Final[tuple[tuple[str, CheckId, Reason, Forger], ...]] = (
    (
        "an answer for another verifier",
        _C.PRESENTATION_AUDIENCE,
        _R.MISMATCH,
        _another_till,
    ),
    (
        "an answer to another question",
        _C.PRESENTATION_NONCE,
        _R.MISMATCH,
        _another_question,
    ),
    (
        "another question named after signing",
        _C.HOLDER_BINDING,
        _R.INVALID,
        _renamed_question,
    ),
    (
        "a code shown unasked in place of an answer",
        _C.PRESENTATION_NONCE,
        _R.ABSENT,
        _without_question,
    ),
)
