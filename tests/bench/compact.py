"""How long a till takes for a QR code, from its text to the verdict.

Run it from the top of the repository::

    python -m tests.bench.compact [rounds]

`verify` is `verify_presentation` of a code shown unasked: Base45, two signatures, the
Merkle root, every check, the replay guard. `judge` is the same without the text and the
guard. The floor is two verifications and one key load, of a compressed point, as the
format has it; each code is of another holder. Times are of the processor, medians of
interleaved rounds. The goal is 0.65 of the floor.
"""

import sys
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from idwallet.codec.qr_text import QrKind, write_qr_text
from idwallet.credentials.compact.evaluate import evaluate
from idwallet.credentials.compact.structures import read_proof
from idwallet.credentials.query import Query
from idwallet.credentials.required import Context
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import signature_matches
from idwallet.crypto.short_key import short_key
from idwallet.crypto.software import SoftwareSigner
from idwallet.roles.presentation import verify_presentation
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.testing.compact import WINDOW, CompactDraft, CompactScene, compact_draft
from idwallet.trust.replay import MemoryReplay
from tests.bench.measure import batch, interleave, table

HOLDERS: Final = 64
ROUNDS: Final = 15
SCENE: Final = CompactScene()
PARTY: Final = SCENE.pki.reader("shop.example")
CURVE: Final = ec.SECP256R1()


def drafts(audience: str) -> list[CompactDraft]:
    """Return codes of as many holders."""
    made: list[CompactDraft] = []
    for _ in range(HOLDERS):
        each = compact_draft(SCENE)
        each.key = each.signed_by = SoftwareSigner.generate(Algorithm.ES256)
        each.to = type(each.to)(audience)
        made.append(each)
    return made


def floor() -> Callable[[], None]:
    """Return two verifications and one key load, for each holder."""
    signers = [SoftwareSigner.generate(Algorithm.ES256) for _ in range(HOLDERS)]
    message = bytes(300)
    pairs = [(e.public_key, e.sign(message), short_key(e.public_key)) for e in signers]
    issuer = SCENE.issuer.public_key
    own = SCENE.issuer.sign(message)

    def work() -> None:
        for key, signature, octets in pairs:
            ec.EllipticCurvePublicKey.from_encoded_point(CURVE, octets)
            signature_matches(issuer, Algorithm.ES256, signature=own, message=message)
            signature_matches(
                key, Algorithm.ES256, signature=signature, message=message
            )

    return work


def main(rounds: int = ROUNDS) -> None:
    """Measure, and print a table."""
    verifier = Verifier(
        identity=RelyingParty(
            signer=PARTY.signer,
            certificates=PARTY.chain,
            answer_to="https://s.example/a",
        ),
        policy=SCENE.policy,
        replay=MemoryReplay(),
    )
    query = Query.age_over(18, accept=["national-id"])
    standing = verifier.standing_request(query, window=WINDOW, till="till")
    made = drafts(standing.audience)
    octets = [each.proof() for each in made]
    texts = [write_qr_text(QrKind.PROOF, each) for each in octets]
    trust, bound = made[0].trust, type(made[0].bound)(standing.audience, None, WINDOW)
    context = Context(trust, SCENE.policy, SCENE.at)

    def verify() -> None:
        # A guard of its own each time: no code is taken twice.
        object.__setattr__(standing.verifier, "replay", MemoryReplay())
        for text in texts:
            verify_presentation(text, request=standing, trust=trust, at=SCENE.at)

    def judge() -> None:
        for each in octets:
            evaluate(
                read_proof(each, at="code"), bound=bound, context=context, subject="c"
            )

    cases = {"floor": floor(), "verify": verify, "judge": judge}
    figures = interleave(
        {name: batch(work, HOLDERS) for name, work in cases.items()}, rounds=rounds
    )
    print(table(figures, {"verify": "floor", "judge": "floor"}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
