"""Codes with faults in them: read or refused, never believed, and nothing else."""

import random
from collections import Counter

import pytest

from idwallet.codec.qr_text import QrKind, read_qr_text, write_qr_text
from idwallet.credentials.compact.evaluate import evaluate
from idwallet.credentials.compact.structures import read_issued, read_proof
from idwallet.credentials.required import Context
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.protocols.openid4vp.dense import read_dense
from idwallet.protocols.qr.frames import FrameReader, write_frames
from idwallet.protocols.qr.till import read_till_code
from idwallet.report import Outcome, conclude
from idwallet.testing.compact import CompactScene, compact_draft, single_draft

REFUSED = (MalformedError, LimitError, UnsupportedError)
SCENE = CompactScene()
DRAFTS = (compact_draft(SCENE), single_draft(SCENE))
PROOFS = tuple(each.proof() for each in DRAFTS)


def changed(octets: bytes, rng: random.Random) -> bytes:
    """Return octets with one to three faults in them."""
    made = bytearray(octets)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = rng.randrange(len(made) + 1)
        kind = rng.randrange(5)
        if kind == 0 and at < len(made):
            made[at] ^= 1 << rng.randrange(8)
        elif kind == 1 and at < len(made):
            made[at] = rng.choice((0, 0xFF, 0x58, 0x80, 0xA0, 0xF6, rng.randrange(256)))
        elif kind == 2:
            del made[at : at + rng.randrange(1, 9)]
        elif kind == 3:
            made[at:at] = rng.randbytes(rng.randrange(1, 9))
        else:
            made[at:at] = made[: rng.randrange(1, 40)]
    return bytes(made)


def run(count: int, *, seed: int) -> Counter[str]:
    """Read so many changed inputs by every reader; whatever else is raised, escapes."""
    rng = random.Random(seed)
    found: Counter[str] = Counter()
    frames = write_frames(QrKind.ANSWER, rng.randbytes(2000))
    readers = (
        lambda octets: read_proof(octets, at="x"),
        lambda octets: read_issued(octets, at="x"),
        lambda octets: read_till_code(octets, at="x"),
        read_dense,
        lambda octets: FrameReader().add(write_qr_text(QrKind.FRAME, octets)),
        lambda octets: read_qr_text(octets.decode("latin-1"), at="x"),
    )
    bases = (*PROOFS, read_qr_text(frames[0], at="x").octets, frames[1].encode())
    for _ in range(count):
        octets = changed(rng.choice(bases), rng)
        read = rng.choice((readers[0], readers[0], *readers))
        try:
            read(octets)
        except REFUSED as error:
            found[type(error).__name__] += 1
        else:
            found["read"] += 1
    return found


def test_whatever_comes_is_read_or_refused() -> None:
    found = run(4_000, seed=1)
    assert {"read", "MalformedError"} <= found.keys()


@pytest.mark.parametrize("which", range(len(PROOFS)))
def test_what_is_changed_is_never_believed(which: int) -> None:
    rng = random.Random(which)
    made, octets = DRAFTS[which], PROOFS[which]
    context = Context(made.trust, made.policy, made.at)
    judged = 0
    for _ in range(1_500):
        forged = changed(octets, rng)
        if forged == octets:
            continue
        try:
            proof = read_proof(forged, at="x")
        except REFUSED:
            continue
        verdict = evaluate(proof, bound=made.bound, context=context, subject="card")
        required = frozenset((each.id, "card") for each in verdict.checks)
        assert conclude(verdict.checks, required) is not Outcome.PASSED, forged.hex()
        judged += 1
    assert judged > 50
