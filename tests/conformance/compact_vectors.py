"""Write the test vectors of docs/reference/compact-vectors.json anew.

Run it from the top of the repository::

    python -m tests.conformance.compact_vectors

Keys and signatures are new each time, so write them only where the format changed: who
implements it holds on to them. `test_compact_vectors` judges what stands there.
"""

import json
from pathlib import Path
from typing import Any, Final

from idwallet.codec.qr_text import QrKind, write_qr_text
from idwallet.credentials.compact import tree
from idwallet.credentials.presence import PersonVerified
from idwallet.testing.compact import (
    COMPACT_FORGERIES,
    KID,
    CompactDraft,
    CompactScene,
    asked_draft,
    at_hand,
    compact_draft,
    profiles,
    single_draft,
)

FILE: Final = Path(__file__).parents[2] / "docs/reference/compact-vectors.json"
# What no draft but the till itself decides is no fault of a code.


def known_by_finger(scene: CompactScene) -> CompactDraft:
    """Return a code that says how the person was verified."""
    made = compact_draft(scene)
    made.person = PersonVerified.FINGERPRINT
    return made


OF_THE_TILL: Final = frozenset(
    {
        "two issuers under one identifier",
        "a type that its issuer may not issue",
        "shown unasked where only answers are taken",
        *(name for name, _, _ in at_hand.TRUST),
    }
)
VALID: Final = {
    "an age of twelve claims, for a till": compact_draft,
    "an age alone": single_draft,
    "an answer to a question": asked_draft,
    "an age whose holder's finger the phone knew": known_by_finger,
}


def vector(name: str, made: CompactDraft, *, check: str, reason: str) -> dict[str, Any]:
    """Return one vector: a code, whom it is for, and what has to be said of it."""
    return {
        "name": name,
        "code": write_qr_text(QrKind.PROOF, made.proof()),
        "audience": made.bound.audience,
        "nonce": made.bound.nonce,
        "window": int(made.bound.window.total_seconds()),
        "at": int(made.at.timestamp()),
        "check": check,
        "reason": reason,
    }


def trees() -> list[dict[str, Any]]:
    """Return trees of some sizes, and what shows some of their leaves."""
    seed, head = bytes(range(16)), b"idwallet test head"
    context = tree.context_of(head)
    found: list[dict[str, Any]] = []
    for leaves, shown in ((1, 1), (2, 2), (3, 1), (12, 1), (12, 0xFFE), (64, 1 << 63)):
        items = [f"item {n}".encode() for n in range(leaves)]
        blocks = tree.blocks_for(context, items, seed=seed, shown=shown)
        found.append(
            {
                "head": head.hex(),
                "seed": seed.hex(),
                "items": [each.hex() for each in items],
                "root": tree.root_of(context, items, seed=seed).hex(),
                "places": shown,
                "blocks": blocks.hex(),
            }
        )
    return found


def main() -> None:
    """Write the file."""
    scene = CompactScene()
    made = [
        vector(name, begin(scene), check="", reason="") for name, begin in VALID.items()
    ]
    made.append(vector("a hotel in Cyrillic", short_lived(scene), check="", reason=""))
    for each in COMPACT_FORGERIES:
        if each.name not in OF_THE_TILL:
            _, forged = each.twins(scene)
            made.append(
                vector(
                    each.name,
                    forged,
                    check=each.check.value,
                    reason=each.reason.value,
                )
            )
    page = {
        "format": "idwallet-compact-vectors/1",
        "note": "Test keys and invented people. A code passes where check is empty; "
        "else that check fails for that reason.",
        "issuer": {**scene.issuer.public_key.to_jwk(), "kid": KID},
        "trees": trees(),
        "codes": made,
    }
    text = json.dumps(page, ensure_ascii=False, indent=1)
    FILE.write_text(text + "\n", encoding="utf-8")


def short_lived(scene: CompactScene) -> CompactDraft:
    """Return the guest of a hotel, whose card lives for some hours."""
    made = profiles.hotel(scene)
    made.life = compact_draft(scene).life
    made.content = type(made.content)(made.content.credential_type, made.content.claims)
    return made


if __name__ == "__main__":
    main()
