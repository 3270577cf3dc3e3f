"""XAdES signatures beside signxml, and lists of trust of a thousand entries.

Run it from the top of the repository::

    python -m tests.bench.xml_lists [--rounds 15]

The floor of judging a signature is one verification of the raw signature.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace

from signxml.xades import XAdESVerifier

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import signature_matches
from idwallet.envelope.xmldsig import judge_signature, read_signatures
from idwallet.testing.lists import ListScene, list_draft
from idwallet.testing.xml_signed import XmlDraft
from idwallet.trust.lists import ListForm, VerifiedList, evaluate_trusted_list
from tests.bench.measure import batch, interleave, table

TIMES = 100
CONTENT = b'<list xmlns="urn:list"><name>TEST</name></list>'


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    scene = ListScene()
    signatures = {
        name: batch(_repeated(work), TIMES) for name, work in _judging(scene).items()
    }
    print(table(interleave(signatures, rounds=rounds), {"judge": "judge.floor"}))
    lists = {each.value: batch(_reading(scene, each), 1) for each in ListForm}
    print()
    print(table(interleave(lists, rounds=rounds), {}))


def _repeated(work: Callable[[], object]) -> Callable[[], object]:
    return lambda: [work() for _ in range(TIMES)]


def _judging(scene: ListScene) -> dict[str, Callable[[], object]]:
    who = scene.operator
    document = XmlDraft(CONTENT, who.signer, who.chain).document()
    key, certificate = who.signer.public_key, who.chain[0]
    allowed = frozenset({Algorithm.ES256})
    signature = who.signer.sign(document)

    def ours() -> object:
        (found,) = read_signatures(document, at="bench")
        return judge_signature(found, key=key, certificate=certificate, allowed=allowed)

    def theirs() -> object:
        native = who.certificate.native
        return XAdESVerifier().verify(document, x509_cert=native, expect_references=2)

    def floor() -> object:
        return signature_matches(
            key, Algorithm.ES256, signature=signature, message=document
        )

    return {"judge.floor": floor, "judge.idwallet": ours, "judge.signxml": theirs}


def _reading(scene: ListScene, form: ListForm) -> Callable[[], object]:
    made = list_draft(scene, form)
    (entry,) = made.facts.entries
    made.facts.entries = [replace(entry, name=f"TEST {n}") for n in range(1_000)]
    data = made.data()

    def work() -> object:
        found = evaluate_trusted_list(data, expected=made.expected, rules=made.rules)
        if not isinstance(found, VerifiedList):
            raise TypeError("the list of the bench must be believed")
        return found.anchors(at=scene.at)

    return work


if __name__ == "__main__":
    main()
