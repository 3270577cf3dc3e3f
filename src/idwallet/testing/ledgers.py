"""Exported ledgers with any one thing wrong; see `idwallet.testing.ledger_draft`."""

from collections.abc import Callable
from dataclasses import replace
from secrets import token_bytes
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonValue
from idwallet.consent.ledger.anchor import AnchoredCheckpoint, stamped
from idwallet.consent.ledger.chain import IDENTITY_BYTES
from idwallet.consent.ledger.entry import Entry
from idwallet.report import CheckId, Reason
from idwallet.testing.authorities import timestamp_authority
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.ledger_draft import (
    HOUR,
    REQUEST,
    SALT,
    LedgerDraft,
    LedgerScene,
    as_object,
    ledger_draft,
)
from idwallet.testing.pki import Fault
from idwallet.testing.tsa import TestTsa

Forger = Callable[[LedgerDraft], None]


def _member(name: str, value: JsonValue) -> Forger:
    def forge(made: LedgerDraft) -> None:
        made.members[name] = value

    return forge


def _of_entry(index: int, name: str, *, value: JsonValue) -> Forger:
    def forge(made: LedgerDraft) -> None:
        made.entry(index)[name] = value

    return forge


def _cut(made: LedgerDraft) -> None:
    made.bend = lambda data: data[:-1]


def _huge_purpose(made: LedgerDraft) -> None:
    """Enter a text longer than any entry may hold, with the digest that it has."""
    _rewrite(made, lambda each: replace(each, purpose="x" * 5_000))


def _rewrite(made: LedgerDraft, change: Callable[[Entry], Entry]) -> None:
    """Write the whole ledger anew, as its owner could."""
    first, *rest = made.scene.entries()
    made.members["entries"] = ledger_draft(
        made.scene, entries=(change(first), *rest)
    ).entries()


def _another_history(made: LedgerDraft) -> None:
    _rewrite(made, lambda each: replace(each, purpose="something nicer"))


def _content(made: LedgerDraft) -> None:
    each = made.entry(0)
    each["content"] = str(each["content"]).replace("Test Shop", "Best Shop")


def _another_salt(made: LedgerDraft) -> None:
    each = made.entry(1)
    salt = b64.encode(SALT)
    each["content"] = str(each["content"]).replace(salt, b64.encode(bytes(16)))


def _evidence(made: LedgerDraft) -> None:
    made.entry(0)["request"] = b64.encode(REQUEST.replace(b"test", b"best"))


def _evidence_of_nothing(made: LedgerDraft) -> None:
    made.entry(1)["request"] = b64.encode(REQUEST)


def _evidence_of_the_concealed(made: LedgerDraft) -> None:
    del made.entry(0)["content"]


def _without(*indexes: int) -> Forger:
    """Take entries out and number the rest anew."""

    def forge(made: LedgerDraft) -> None:
        entries = made.entries()
        kept = [each for n, each in enumerate(entries) if n not in indexes]
        for number, each in enumerate(kept):
            as_object(each)["index"] = number
        made.members["entries"] = kept

    return forge


def _twice(made: LedgerDraft) -> None:
    entries = made.entries()
    entries.insert(1, dict(as_object(entries[0])))
    for number, each in enumerate(entries):
        as_object(each)["index"] = number


def _swapped(made: LedgerDraft) -> None:
    entries = made.entries()
    entries[1], entries[2] = entries[2], entries[1]


def _swapped_and_numbered(made: LedgerDraft) -> None:
    _swapped(made)
    for number, each in enumerate(made.entries()):
        as_object(each)["index"] = number


def _head(made: LedgerDraft) -> None:
    made.entry(1)["head"] = b64.encode(bytes(32))


def _anchored(change: Callable[[LedgerScene], AnchoredCheckpoint]) -> Forger:
    def forge(made: LedgerDraft) -> None:
        made.members["checkpoints"] = [change(made.scene).to_json()]

    return forge


def _by_receipt(made: LedgerDraft) -> None:
    scene = made.scene
    found = scene.witnessed(scene.checkpoint(3))
    made.members["checkpoints"] = [found.to_json()]


def _stamp_of(count: int) -> Callable[[LedgerScene], AnchoredCheckpoint]:
    """Put the timestamp of another checkpoint to the one after three entries."""

    def change(scene: LedgerScene) -> AnchoredCheckpoint:
        other = scene.stamped(scene.checkpoint(count))
        return AnchoredCheckpoint(scene.checkpoint(3), timestamp=other.timestamp)

    return change


def _later_stamp(scene: LedgerScene) -> AnchoredCheckpoint:
    late = TestTsa(scene.pki, moment=scene.at + HOUR, identity=scene.authority.identity)
    point = scene.checkpoint(3)
    return stamped(point, authority=late, random=token_bytes)


def _stranger(scene: LedgerScene) -> AnchoredCheckpoint:
    who = timestamp_authority(scene.pki, fault=Fault.STRANGER_ROOT)
    tsa = TestTsa(scene.pki, moment=scene.pki.at, identity=who)
    return stamped(scene.checkpoint(3), authority=tsa, random=token_bytes)


def _broken_stamp(scene: LedgerScene) -> AnchoredCheckpoint:
    found = scene.stamped(scene.checkpoint(3))
    octets = bytearray(found.timestamp or b"")
    octets[-1] ^= 1
    return replace(found, timestamp=bytes(octets))


def _no_stamp(scene: LedgerScene) -> AnchoredCheckpoint:
    return AnchoredCheckpoint(scene.checkpoint(3), timestamp=b"0\x00")


def _another_witness(scene: LedgerScene) -> AnchoredCheckpoint:
    return scene.witnessed(scene.checkpoint(3), of=bytes(32))


def _broken_witness(scene: LedgerScene) -> AnchoredCheckpoint:
    found = scene.witnessed(scene.checkpoint(3))
    head, _, signature = (found.receipt or "").rpartition(".")
    other = "B" if signature[0] == "A" else "A"
    return replace(found, receipt=f"{head}.{other}{signature[1:]}")


def _unwitnessed(made: LedgerDraft) -> None:
    checkpoint = made.checkpoint()
    del checkpoint["timestamp"]
    made.members["assertion"] = "self-asserted"


def _kept(made: LedgerDraft) -> None:
    """Have the judge keep a checkpoint of the whole."""
    made.kept = (made.scene.checkpoint(4),)


def _kept_of_another(made: LedgerDraft) -> None:
    made.kept = (replace(made.kept[0], ledger=bytes(IDENTITY_BYTES)),)


def _tail(made: LedgerDraft) -> None:
    made.entries().pop()


_C, _R = CheckId, Reason


def _all_of(
    check_id: CheckId, reason: Reason, *named: tuple[str, Forger]
) -> tuple[Forged[LedgerDraft], ...]:
    return tuple(
        Forged(f"ledger: {name}", check_id, reason, forge) for name, forge in named
    )


LEDGER_FORGERIES: Final = (
    *_all_of(
        _C.LEDGER_FORMAT,
        _R.MALFORMED,
        ("cut short", _cut),
        ("of a later version", _member("format", "idwallet-ledger-export/2")),
        ("a member more", _member("also", 1)),
        ("that calls itself what it is not", _member("assertion", "self-asserted")),
        ("without a name", _member("ledger", "")),
        ("a digest that is none", _of_entry(1, "digest", value="AAAA")),
        ("a member of an entry more", _of_entry(1, "note", value="AAAA")),
    ),
    *_all_of(
        _C.LEDGER_FORMAT, _R.LIMIT_EXCEEDED, ("a text without end", _huge_purpose)
    ),
    *_all_of(
        _C.LEDGER_CHAIN,
        _R.INTEGRITY_MISMATCH,
        ("another party", _content),
        ("another salt", _another_salt),
        ("another digest", _of_entry(1, "digest", value=b64.encode(bytes(32)))),
        ("another request for evidence", _evidence),
        ("evidence of what has none", _evidence_of_nothing),
        ("evidence of what is concealed", _evidence_of_the_concealed),
    ),
    *_all_of(
        _C.LEDGER_CHAIN,
        _R.OUT_OF_ORDER,
        ("the first one out", _without(0)),
        ("one out of the middle", _without(1)),
        ("one put in twice", _twice),
        ("two swapped", _swapped),
        ("two swapped and numbered", _swapped_and_numbered),
        ("another head", _head),
        ("numbered otherwise", _of_entry(2, "index", value=7)),
    ),
    *_all_of(
        _C.LEDGER_ANCHOR,
        _R.MISMATCH,
        ("the timestamp of an earlier checkpoint", _anchored(_stamp_of(2))),
        ("a receipt that saw something else", _anchored(_another_witness)),
    ),
    *_all_of(
        _C.LEDGER_ANCHOR,
        _R.INVALID,
        ("a timestamp that was changed", _anchored(_broken_stamp)),
        ("a receipt that was changed", _anchored(_broken_witness)),
    ),
    *_all_of(
        _C.LEDGER_ANCHOR, _R.MALFORMED, ("no timestamp at all", _anchored(_no_stamp))
    ),
    *_all_of(
        _C.LEDGER_ANCHOR,
        _R.FROM_THE_FUTURE,
        ("a timestamp of tomorrow", _anchored(_later_stamp)),
    ),
    *_all_of(
        _C.LEDGER_ANCHOR,
        _R.NO_TRUSTED_PATH,
        ("a timestamp by a stranger", _anchored(_stranger)),
    ),
    *_all_of(
        _C.LEDGER_COMPLETENESS,
        _R.CUT_OFF,
        ("the end cut off behind a timestamp", _without(2, 3)),
    ),
    *_all_of(
        _C.LEDGER_COMPLETENESS,
        _R.FORKED,
        ("another history than was stamped", _another_history),
    ),
    *_all_of(
        _C.LEDGER_COMPLETENESS, _R.SELF_ASSERTED, ("nobody's witness", _unwitnessed)
    ),
    Forged(
        "ledger: the end cut off behind what was kept",
        _C.LEDGER_COMPLETENESS,
        _R.CUT_OFF,
        _tail,
        _kept,
    ),
    Forged(
        "ledger: another ledger than what was kept",
        _C.LEDGER_COMPLETENESS,
        _R.FORKED,
        _kept_of_another,
        _kept,
    ),
    Forged(
        "ledger: another history than a receipt saw",
        _C.LEDGER_COMPLETENESS,
        _R.FORKED,
        _another_history,
        _by_receipt,
    ),
)
"""Every forged export there is here; each one's twin is `ledger_draft`, prepared."""
