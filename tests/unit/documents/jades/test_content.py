"""What was signed apart is found by its name, and never looked for elsewhere."""

import hashlib
import io

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.documents import UnverifiedDocument, VerifiedDocument
from idwallet.documents.jades.content import (
    BY_HASH,
    BY_URI,
    Brought,
    Content,
    Documents,
    Wanted,
)
from idwallet.documents.jades.evaluate import evaluate
from idwallet.documents.judging.context import Asked
from idwallet.documents.judging.outcome import concluded
from idwallet.report import CheckId, Reason
from idwallet.testing.document_draft import CONTRACT, DocumentScene
from idwallet.testing.jades import JadesDraft, jades_draft

ANNEX = "Приложение".encode()
SCENE = DocumentScene(seed=b"idwallet TEST JAdES content")


def naming(documents: dict[str, bytes], *, encoded: bool, hashed: str) -> JadesDraft:
    """Sign the digests of documents."""
    made = jades_draft(SCENE)
    made.payload, made.signed, made.is_encoded = None, b"", encoded
    octets = [
        b64.encode(each).encode() if encoded else each for each in documents.values()
    ]
    held: JsonObject = {
        "mId": BY_HASH,
        "pars": [*documents],
        "hashM": hashed,
        "hashV": [
            b64.encode(hashlib.new(hashed.replace("S", "sha"), each).digest())
            for each in octets
        ],
    }
    critical: list[JsonValue] = ["sigD"]
    if not encoded:
        made.first.protected["b64"] = False
        critical.append("b64")
    made.first.protected.update({"sigD": held, "crit": critical})
    return made


def judged(
    made: JadesDraft, documents: Documents | None
) -> VerifiedDocument | UnverifiedDocument:
    asked = Asked(made.trust(), made.policy, made.at)
    return concluded(evaluate(made.to_bytes(), documents, asked=asked), asked)


def integrity(made: JadesDraft, documents: Documents | None) -> Reason:
    report = judged(made, documents).report
    (found,) = (e for e in report.checks if e.id is CheckId.DOCUMENT_INTEGRITY)
    return found.reason


@pytest.mark.parametrize("hashed", ["S256", "S384", "S512"])
@pytest.mark.parametrize("encoded", [True, False])
def test_a_document_is_held_against_its_digest(encoded: bool, hashed: str) -> None:
    made = naming({"a.txt": CONTRACT}, encoded=encoded, hashed=hashed)
    for document in (CONTRACT, io.BytesIO(CONTRACT), {"a.txt": CONTRACT}):
        assert isinstance(judged(made, document), VerifiedDocument)
    assert integrity(made, CONTRACT + b".") is Reason.INTEGRITY_MISMATCH
    assert integrity(made, {"b.txt": CONTRACT}) is Reason.NOT_AT_HAND


def test_every_document_that_is_named_has_to_be_there() -> None:
    both = {"a.txt": CONTRACT, "b.txt": ANNEX}
    made = naming(both, encoded=False, hashed="S256")
    assert isinstance(judged(made, both), VerifiedDocument)
    assert integrity(made, {"a.txt": CONTRACT}) is Reason.NOT_AT_HAND
    assert integrity(made, CONTRACT) is Reason.NOT_AT_HAND
    swapped = {"a.txt": ANNEX, "b.txt": CONTRACT}
    assert integrity(made, swapped) is Reason.INTEGRITY_MISMATCH


def test_another_document_weighs_more_than_a_missing_one() -> None:
    made = naming({"a.txt": CONTRACT, "b.txt": ANNEX}, encoded=False, hashed="S256")
    assert integrity(made, {"a.txt": ANNEX}) is Reason.INTEGRITY_MISMATCH


def test_one_document_may_be_signed_itself_though_it_is_named() -> None:
    made = jades_draft(SCENE)
    made.payload = None
    held: JsonObject = {"mId": BY_URI, "pars": ["a.txt"]}
    made.first.protected.update({"sigD": held, "crit": ["sigD"]})
    assert isinstance(judged(made, {"a.txt": CONTRACT}), VerifiedDocument)
    assert isinstance(judged(made, io.BytesIO(CONTRACT)), VerifiedDocument)
    assert integrity(made, None) is Reason.NOT_AT_HAND


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, (1 << 20) + 1])
def test_a_document_in_pieces_digests_as_in_one(length: int) -> None:
    octets = bytes(each % 251 for each in range(length))
    text = b64.encode(octets).encode()
    for encoded, whole in ((True, text), (False, octets)):
        of = Wanted("sha256", encoded)
        found = Content(io.BytesIO(octets), [of]).hash_of(of).digest()
        assert found == hashlib.sha256(whole).digest()


def test_a_stream_is_held_only_where_it_has_to_be() -> None:
    for whole, octets in ((True, CONTRACT), (False, None)):
        one = Brought(io.BytesIO(CONTRACT), wanted=[], whole=whole).one
        assert one is not None
        assert one.octets == octets


def test_what_no_signature_names_does_not_pass_beside_what_it_does() -> None:
    made = naming({"a.txt": CONTRACT}, encoded=False, hashed="S256")
    more = {"a.txt": CONTRACT, "b.txt": ANNEX}
    assert integrity(made, more) is Reason.INTEGRITY_MISMATCH
    inside = jades_draft(SCENE)
    assert integrity(inside, more) is Reason.INTEGRITY_MISMATCH
    assert isinstance(judged(inside, {"a.txt": CONTRACT}), VerifiedDocument)


def test_a_name_that_is_spelled_like_the_address_of_another_is_its_own() -> None:
    made = naming({"a%20b": CONTRACT}, encoded=False, hashed="S256")
    assert isinstance(judged(made, {"a b": CONTRACT}), VerifiedDocument)
    assert isinstance(judged(made, {"a%20b": CONTRACT}), VerifiedDocument)
    more = {"a%20b": CONTRACT, "a b": ANNEX}
    assert integrity(made, more) is Reason.INTEGRITY_MISMATCH
    both = naming({"a%20b": ANNEX, "a%2520b": CONTRACT}, encoded=False, hashed="S256")
    assert isinstance(judged(both, more), VerifiedDocument)


def test_nothing_passes_beside_one_document_that_is_signed_itself() -> None:
    made = jades_draft(SCENE)
    made.payload = None
    held: JsonObject = {"mId": BY_URI, "pars": ["a.txt"]}
    made.first.protected.update({"sigD": held, "crit": ["sigD"]})
    assert isinstance(judged(made, {"a.txt": CONTRACT}), VerifiedDocument)
    more = {"a.txt": CONTRACT, "b.txt": ANNEX}
    assert integrity(made, more) is Reason.INTEGRITY_MISMATCH
