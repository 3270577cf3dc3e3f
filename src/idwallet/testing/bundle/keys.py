"""Bundles that their operator did not sign, or did with a key that may not."""

from dataclasses import replace
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import write_cbor
from idwallet.crypto.algorithms import Algorithm
from idwallet.envelope.cose.labels import ALG, KID
from idwallet.report import CheckId, Reason
from idwallet.testing.bundle.draft import SEQUENCE, BundleDraft
from idwallet.testing.bundle.forgers import (
    changed,
    flipped,
    forged,
    header,
    several,
)
from idwallet.trust.bundle.evaluate import ROTATIONS
from idwallet.trust.bundle.rotation import key_id


def _by_heir(made: BundleDraft) -> None:
    """Let the next key sign, as the pinned one announced."""
    made.signer = made.scene.next_operator
    made.announcements = [made.scene.announcement()]


def _unannounced(made: BundleDraft) -> None:
    made.announcements = ()


def _announced_by_stranger(made: BundleDraft) -> None:
    scene = made.scene
    made.announcements = [scene.announcement(scene.stranger)]


def _announced_falsely(made: BundleDraft) -> None:
    """A stranger's word that names the pinned key as its signer."""
    scene = made.scene
    word = scene.announcement(scene.stranger)
    mine, theirs = (key_id(k.public_key) for k in (scene.operator, scene.stranger))
    made.announcements = [word.replace(theirs, mine)]


def _of_another_series(made: BundleDraft) -> None:
    made.announcements = [made.scene.announcement(series="idwallet TEST hotels")]


def _too_early(made: BundleDraft) -> None:
    made.announcements = [made.scene.announcement(sequence=SEQUENCE + 1)]


def _old_key_on(made: BundleDraft) -> None:
    made.announcements = [made.scene.announcement()]


def _chain_broken(made: BundleDraft) -> None:
    scene = made.scene
    other = scene.announcement(
        scene.stranger, heir=scene.last_operator, sequence=SEQUENCE
    )
    made.announcements = [scene.announcement(sequence=SEQUENCE - 1), other]
    made.signer = scene.last_operator


def _chain_of_two(made: BundleDraft) -> None:
    scene = made.scene
    made.announcements = [
        scene.announcement(sequence=SEQUENCE - 1),
        scene.announcement(scene.next_operator, heir=scene.last_operator),
    ]
    made.signer = scene.last_operator


def _chain_in_a_circle(made: BundleDraft) -> None:
    scene = made.scene
    made.announcements = [
        scene.announcement(sequence=SEQUENCE - 1),
        scene.announcement(scene.next_operator, heir=scene.operator),
    ]
    made.signer = scene.operator


def _chain_turning_back(made: BundleDraft) -> None:
    scene = made.scene
    made.announcements = [
        scene.announcement(sequence=SEQUENCE),
        scene.announcement(
            scene.next_operator, heir=scene.last_operator, sequence=SEQUENCE
        ),
    ]
    made.signer = scene.last_operator


def _taken_from_heir(made: BundleDraft) -> None:
    """Remember that the heir has signed already."""
    heir = key_id(made.scene.next_operator.public_key)
    made.mark = replace(made.scene.mark(), signer=heir)


def _old_key_again(made: BundleDraft) -> None:
    made.signer = made.scene.operator
    made.announcements = ()


def _know_heir(made: BundleDraft) -> None:
    heir = key_id(made.scene.next_operator.public_key)
    made.mark = replace(made.scene.mark(), retires=SEQUENCE, heir=heir)


def _other_heir(made: BundleDraft) -> None:
    scene = made.scene
    made.signer = scene.stranger
    made.announcements = [scene.announcement(heir=scene.stranger)]


def _by_stranger(made: BundleDraft) -> None:
    made.signer = made.scene.stranger


def _in_a_false_name(made: BundleDraft) -> None:
    made.signer = made.scene.stranger
    header(KID, key_id(made.scene.operator.public_key))(made)


def _raised(manifest: bytes) -> bytes:
    number = write_cbor({"sequence": SEQUENCE})[1:]
    return manifest.replace(number, write_cbor({"sequence": SEQUENCE + 1})[1:])


_OPERATOR: Final = CheckId.BUNDLE_OPERATOR
_SIGNATURE: Final = CheckId.BUNDLE_SIGNATURE

KEY_FORGERIES: Final = (
    *forged(
        _OPERATOR,
        Reason.KEY_NOT_PINNED,
        said=(
            ("by a stranger", _by_stranger),
            ("by an heir that nobody announced", _unannounced, _by_heir),
            ("by an heir of a stranger", _announced_by_stranger, _by_heir),
            ("a kid cut short", header(KID, b"short")),
        ),
    ),
    *forged(
        _OPERATOR,
        Reason.ANNOUNCEMENT_BROKEN,
        said=(
            ("an announcement in a false name", _announced_falsely, _by_heir),
            ("an announcement for another series", _of_another_series, _by_heir),
            ("a chain with a stranger in it", _chain_broken, _chain_of_two),
            ("a chain in a circle", _chain_in_a_circle, _chain_of_two),
            ("a chain that turns back", _chain_turning_back, _chain_of_two),
            ("announcements that are no list", header(ROTATIONS, b"next"), _by_heir),
            ("an announcement that is a text", header(ROTATIONS, ["next"]), _by_heir),
            (
                "more announcements than anybody reads",
                header(ROTATIONS, [b"next"] * (limits.BUNDLE_ROTATIONS + 1)),
                _by_heir,
            ),
        ),
    ),
    *forged(
        _OPERATOR,
        Reason.KEY_RETIRED,
        said=(
            ("by an heir before its time", _too_early, _by_heir),
            ("by the old key after its time", _old_key_on),
            (
                "by the old key after the heir signed",
                _old_key_again,
                several(_by_heir, _taken_from_heir),
            ),
            (
                "by the old key that has an heir",
                _old_key_again,
                several(_by_heir, _know_heir),
            ),
            ("by another heir", _other_heir, several(_by_heir, _know_heir)),
        ),
    ),
    *forged(
        _SIGNATURE,
        Reason.INVALID,
        said=(
            ("a signature with a bit flipped", changed(bend_signature=flipped)),
            ("a signature of zeros", changed(bend_signature=lambda s: bytes(len(s)))),
            ("a signature cut short", changed(bend_signature=lambda s: s[:-1])),
            (
                "a signature with more behind",
                changed(bend_signature=lambda s: s + b"\0"),
            ),
            ("no signature", changed(bend_signature=lambda _: b"")),
            ("a manifest changed after signing", changed(bend_payload=flipped)),
            ("a number raised after signing", changed(bend_payload=_raised)),
            ("by a stranger in a false name", _in_a_false_name),
        ),
    ),
    *forged(
        _SIGNATURE,
        Reason.ALGORITHM_NOT_ALLOWED,
        said=(
            ("an algorithm that nobody knows", header(ALG, -8_000)),
            ("HMAC in place of a signature", header(ALG, 5)),
        ),
    ),
    *forged(
        _SIGNATURE,
        Reason.KEY_UNUSABLE,
        said=(("an algorithm of another key", header(ALG, Algorithm.ES384.cose)),),
    ),
)
