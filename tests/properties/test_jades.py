"""Laws of JAdES: whoever signs what in which order, and whatever is changed after."""

import json
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec import b64
from idwallet.documents import (
    DOCUMENTS,
    JAdES,
    Level,
    Packaging,
    Serialisation,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.documents.model import Documents
from idwallet.roles.document_signer import DocumentSigner, evaluate_document
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.jades import jades_draft
from idwallet.testing.tsa import TestTsa
from idwallet.trust.anchors import TrustStore

INSIDE = Packaging.ENVELOPING
PACKED = st.sampled_from((Packaging.DETACHED, INSIDE))
LEVELS = st.sampled_from((Level.B_B, Level.B_T))
SHORT = st.binary(min_size=1, max_size=40)


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST laws of JAdES")


@cache
def trust() -> TrustStore:
    return jades_draft(scene()).trust()


def signing(profile: JAdES, number: int) -> DocumentSigner:
    who = (scene().signer, scene().second)[number]
    return DocumentSigner(
        profile,
        signer=who.signer,
        certificates=who.chain,
        authority=(
            TestTsa(scene().pki, identity=scene().authority)
            if profile.level is Level.B_T
            else None
        ),
    )


def judged(
    signed: bytes, documents: Documents | None
) -> VerifiedDocument | UnverifiedDocument:
    return evaluate_document(
        signed, document=documents, trust=trust(), policy=DOCUMENTS, at=scene().at
    )


@given(
    document=st.binary(max_size=200),
    packaging=PACKED,
    is_named=st.booleans(),
    signers=st.lists(st.tuples(st.integers(0, 1), LEVELS), min_size=1, max_size=4),
    witnesses=st.lists(st.tuples(st.integers(0, 1), LEVELS), max_size=2),
)
def test_any_document_signed_by_anybody_in_any_order_passes(
    document: bytes,
    packaging: Packaging,
    is_named: bool,
    signers: list[tuple[int, Level]],
    witnesses: list[tuple[int, Level]],
) -> None:
    held: Documents = {"a b.txt": document} if is_named else document
    made = None
    for number, level in signers:
        profile = JAdES(packaging=packaging, level=level)
        one = signing(profile, number)
        made = one.sign(held, signing_time=scene().at, beside=made)
    assert made is not None
    for number, level in witnesses:
        one = signing(JAdES(level=level), number)
        made = one.counter_sign(made, signing_time=scene().at)
    found = judged(made, None if packaging is INSIDE else held)
    assert isinstance(found, VerifiedDocument), found.report.failed()
    assert [each.level for each in found.signatures] == [e for _, e in signers]
    counters = found.signatures[0].counter_signatures
    assert [each.level for each in counters] == [e for _, e in witnesses]


@cache
def compact(document: bytes) -> bytes:
    profile = JAdES(serialisation=Serialisation.COMPACT, packaging=INSIDE)
    return signing(profile, 0).sign(document, signing_time=scene().at)


@given(data=st.data())
def test_no_octet_of_a_compact_signature_can_be_changed(data: st.DataObject) -> None:
    signed = bytearray(compact(b"a contract"))
    place = data.draw(st.integers(0, len(signed) - 1))
    bits = data.draw(st.integers(1, 255))
    signed[place] ^= bits
    assert isinstance(judged(bytes(signed), None), UnverifiedDocument)


@given(data=st.data())
def test_whatever_is_changed_in_json_the_document_is_the_one_that_was_signed(
    data: st.DataObject,
) -> None:
    """What nobody signed may be changed; what passes is still what was signed."""
    document = b"a contract"
    profile = JAdES(packaging=INSIDE, level=Level.B_T)
    signed = bytearray(stamped(profile, document))
    place = data.draw(st.integers(0, len(signed) - 1))
    signed[place] ^= data.draw(st.integers(1, 255))
    found = judged(bytes(signed), None)
    if isinstance(found, VerifiedDocument):
        assert found.content == document
        assert len(found.signatures) == 1


@cache
def stamped(profile: JAdES, document: bytes) -> bytes:
    return signing(profile, 0).sign(document, signing_time=scene().at)


@given(
    text=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(max_size=8), inner, max_size=3)
        ),
        max_leaves=12,
    ),
    member=st.sampled_from(("header", "protected", "signature", "payload", "x")),
)
def test_whatever_stands_in_a_member_nothing_raises(text: object, member: str) -> None:
    made = json.loads(
        signing(JAdES(packaging=INSIDE), 0).sign(b"x", signing_time=scene().at)
    )
    made[member] = text
    judged(json.dumps(made).encode(), None)


@given(
    value=SHORT, name=st.sampled_from(("etsiU", "cSig", "sigTst", "xVals", "arcTst"))
)
def test_whatever_stands_unsigned_nothing_raises(value: bytes, name: str) -> None:
    made = json.loads(
        signing(JAdES(packaging=INSIDE), 0).sign(b"x", signing_time=scene().at)
    )
    texts = [
        [b64.encode(value)],
        [
            b64.encode(
                json.dumps({name: {"tstTokens": [{"val": value.hex()}]}}).encode()
            )
        ],
        [b64.encode(json.dumps({name: [value.hex()]}).encode())],
        [{name: value.hex()}],
        value.hex(),
    ]
    for each in texts:
        made["header"] = {"etsiU": each}
        judged(json.dumps(made).encode(), None)
