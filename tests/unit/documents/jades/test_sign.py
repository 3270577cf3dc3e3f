"""JAdES signatures are made as the profile says, and judged as what they are."""

import hashlib
import io
import tracemalloc
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object
from idwallet.crypto.algorithms import JOSE_NAMES, Algorithm
from idwallet.documents import (
    DOCUMENTS,
    Document,
    DocumentPolicy,
    JAdES,
    Level,
    Packaging,
    Serialisation,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.documents.model import Documents
from idwallet.errors import MalformedError, UsageError
from idwallet.report import Reason
from idwallet.roles.document_signer import (
    DocumentSigner,
    evaluate_document,
    sign_document,
)
from idwallet.testing.authorities import document_signer
from idwallet.testing.document_draft import CONTRACT, DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity
from idwallet.testing.tsa import TestTsa
from idwallet.trust.evidence import EvidenceAtHand

COMPACT, JSON = Serialisation.COMPACT, Serialisation.JSON
INSIDE = Packaging.ENVELOPING
NAME = "договор один.txt"


class Case(NamedTuple):
    """A profile, and what the document is called where it is signed by its name."""

    profile: JAdES
    name: str | None = None

    def of(self, document: Document) -> Documents:
        return document if self.name is None else {self.name: document}

    def apart(self, document: bytes = CONTRACT) -> bytes | None:
        return None if self.profile.packaging is INSIDE else document


CASES = (
    Case(JAdES()),
    Case(JAdES(packaging=INSIDE)),
    Case(JAdES(), NAME),
    Case(JAdES(serialisation=COMPACT)),
    Case(JAdES(serialisation=COMPACT, packaging=INSIDE, media_type="text/plain")),
    Case(JAdES(serialisation=COMPACT), "contract.txt"),
)
WRITTEN = [each for each in CASES if each.profile.serialisation is JSON]
EVERY = DocumentPolicy(name="every algorithm", algorithms=frozenset(Algorithm))


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST JAdES signing")


def at() -> datetime:
    return scene().at


def authority() -> TestTsa:
    return TestTsa(scene().pki, identity=scene().authority)


def signing(profile: JAdES, who: TestIdentity | None = None) -> DocumentSigner:
    who = who or scene().signer
    return DocumentSigner(
        profile,
        signer=who.signer,
        certificates=who.chain,
        authority=authority() if profile.level is Level.B_T else None,
    )


def signed(case: Case | JAdES, document: Document = CONTRACT) -> bytes:
    case = case if isinstance(case, Case) else Case(case)
    return signing(case.profile).sign(case.of(document), signing_time=at())


def judged(
    signature: bytes,
    document: Documents | None = None,
    *more: TestIdentity,
    policy: DocumentPolicy = DOCUMENTS,
) -> VerifiedDocument | UnverifiedDocument:
    people = (scene().signer, scene().second, scene().authority, *more)
    found = EvidenceAtHand(crls=[each for who in people for each in crls(who, at=at())])
    trust = scene().pki.store().with_evidence(found)
    return evaluate_document(
        signature, document=document, trust=trust, policy=policy, at=at()
    )


def passed(
    signature: bytes, document: Documents | None = None, *more: TestIdentity
) -> VerifiedDocument:
    found = judged(signature, document, *more, policy=EVERY)
    assert isinstance(found, VerifiedDocument), found.report.failed()
    return found


def header(entry: JsonObject | bytes) -> JsonObject:
    text = entry.split(b".")[0] if isinstance(entry, bytes) else entry["protected"]
    assert isinstance(text, str | bytes)
    return read_object(b64.decode(text, at="test"), at="test")


def reasons(found: VerifiedDocument | UnverifiedDocument) -> set[Reason]:
    return {each.reason for each in found.report.checks}


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_what_is_signed_verifies_and_nothing_else(case: Case) -> None:
    signature = signed(case)
    found = passed(signature, case.apart())
    (one,) = found.signatures
    assert one.signing_time == at().replace(microsecond=0)
    assert (one.level, one.timestamped) == (Level.B_B, False)
    assert found.content == (CONTRACT if case.apart() is None else None)
    other = judged(signature, CONTRACT + b".")
    assert isinstance(other, UnverifiedDocument)


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_an_empty_document_is_signed_where_it_can_be_told_from_none(
    case: Case,
) -> None:
    if case.profile.serialisation is COMPACT and case.apart() is None:
        with pytest.raises(UsageError, match="alike"):
            signed(case, b"")
        return
    assert passed(signed(case, b""), case.apart(b"")).content in {None, b""}


@pytest.mark.parametrize("algorithm", sorted(set(JOSE_NAMES.values()), key=str))
def test_every_algorithm_signs(algorithm: Algorithm) -> None:
    who = document_signer(scene().pki, algorithm=algorithm)
    for case in (Case(JAdES(packaging=INSIDE)), Case(JAdES(), NAME)):
        making = signing(case.profile, who)
        signature = making.sign(case.of(CONTRACT), signing_time=at())
        entry = read_object(signature, at="test")
        assert header(entry)["alg"] == algorithm.jose
        assert passed(signature, case.apart(), who).signatures


def test_the_header_says_what_the_baseline_wants_and_no_more() -> None:
    compact = JAdES(serialisation=COMPACT, packaging=INSIDE, media_type="text/plain")
    found = header(signed(compact))
    assert [*found] == ["alg", "cty", "x5t#S256", "x5c", "iat"]
    assert found["cty"] == "text/plain"
    short = JAdES(packaging=INSIDE, media_type="application/json")
    assert header(read_object(signed(short), at="test"))["cty"] == "json"


def test_a_document_that_is_named_counts_by_its_own_digest() -> None:
    found = header(read_object(signed(Case(JAdES(), NAME)), at="test"))
    held = found["sigD"]
    assert isinstance(held, dict)
    assert held["pars"] == [quote(NAME)]
    assert held["hashV"] == [b64.encode(hashlib.sha256(CONTRACT).digest())]
    assert (found["b64"], found["crit"]) == (False, ["sigD", "b64"])


def test_a_timestamp_proves_when() -> None:
    stamped = JAdES(level=Level.B_T)
    (one,) = passed(signed(stamped), CONTRACT).signatures
    assert (one.level, one.timestamped) == (Level.B_T, True)
    assert one.best_signature_time == at()


@pytest.mark.parametrize("case", WRITTEN, ids=repr)
def test_several_sign_one_document_in_any_order(case: Case) -> None:
    orders = ((scene().signer, scene().second), (scene().second, scene().signer))
    for first, second in orders:
        document, profile = case.of(CONTRACT), case.profile
        one = signing(profile, first).sign(document, signing_time=at())
        later = at() + timedelta(seconds=1)
        both = signing(profile, second).sign(document, signing_time=later, beside=one)
        third = signing(profile, first).sign(document, signing_time=at(), beside=both)
        names = [each.name for each in passed(third, case.apart()).signatures]
        assert len(names) == 3
        assert names[0] == names[2] != names[1]


@pytest.mark.parametrize("case", WRITTEN, ids=repr)
def test_nobody_signs_beside_a_signature_on_another_document(case: Case) -> None:
    one, other = signed(case), case.of(CONTRACT + b".")
    with pytest.raises(UsageError, match="another document"):
        signing(case.profile).sign(other, signing_time=at(), beside=one)


@pytest.mark.parametrize("case", WRITTEN, ids=repr)
def test_nobody_signs_beside_a_signature_that_is_packed_otherwise(
    case: Case,
) -> None:
    document = case.of(CONTRACT)
    for other in CASES:
        if other == case:
            continue
        with pytest.raises(UsageError):
            signing(case.profile).sign(
                document, signing_time=at(), beside=signed(other)
            )


@pytest.mark.parametrize("case", WRITTEN, ids=repr)
def test_a_signature_is_counter_signed_and_that_one_too(case: Case) -> None:
    notary = signing(JAdES(level=Level.B_T), scene().second)
    one = notary.counter_sign(signed(case), signing_time=at())
    both = notary.counter_sign(one, signing_time=at())
    (found,) = passed(both, case.apart()).signatures
    assert [each.level for each in found.counter_signatures] == [Level.B_T] * 2


def test_counter_signing_takes_the_signature_that_is_meant() -> None:
    one = signed(JAdES())
    both = signing(JAdES()).sign(CONTRACT, signing_time=at(), beside=one)
    made = signing(JAdES(), scene().second).counter_sign(
        both, signing_time=at(), number=1
    )
    counts = [
        len(each.counter_signatures) for each in passed(made, CONTRACT).signatures
    ]
    assert counts == [0, 1]
    with pytest.raises(UsageError, match="number"):
        signing(JAdES()).counter_sign(both, signing_time=at(), number=2)


def test_a_compact_signature_stays_as_it_is() -> None:
    with pytest.raises(UsageError, match="stays B-B"):
        JAdES(serialisation=COMPACT, level=Level.B_T)
    compact = signed(JAdES(serialisation=COMPACT))
    with pytest.raises(UsageError, match="no place"):
        signing(JAdES()).counter_sign(compact, signing_time=at())
    with pytest.raises(UsageError, match="no place"):
        signing(JAdES(serialisation=COMPACT)).counter_sign(
            signed(JAdES()), signing_time=at()
        )
    with pytest.raises(UsageError, match="one signature"):
        signing(JAdES()).sign(CONTRACT, signing_time=at(), beside=compact)


@pytest.mark.parametrize(
    "wrong",
    [
        {"packaging": Packaging.ENVELOPED},
        {"packaging": INSIDE, "media_type": ""},
        {"media_type": "text/plain"},
    ],
    ids=repr,
)
def test_a_profile_that_cannot_be_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        JAdES(**wrong)  # type: ignore[arg-type]


def test_what_needs_an_authority_has_one_and_nothing_else_does() -> None:
    who = scene().signer
    for level, tsa in ((Level.B_T, None), (Level.B_B, authority())):
        with pytest.raises(UsageError, match="authority"):
            sign_document(
                CONTRACT,
                JAdES(level=level),
                signer=who.signer,
                certificates=who.chain,
                signing_time=at(),
                authority=tsa,
            )


def test_a_key_signs_under_its_own_certificate_only() -> None:
    with pytest.raises(UsageError, match="certificate"):
        DocumentSigner(
            JAdES(),
            signer=scene().signer.signer,
            certificates=scene().second.chain,
        )


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = at().replace(tzinfo=None)
    with pytest.raises(UsageError, match="zone"):
        signing(JAdES()).sign(CONTRACT, signing_time=naive)
    with pytest.raises(UsageError, match="zone"):
        signing(JAdES()).counter_sign(signed(JAdES()), signing_time=naive)


def test_beside_what_is_no_signature_nobody_signs() -> None:
    with pytest.raises(MalformedError):
        signing(JAdES()).sign(CONTRACT, signing_time=at(), beside=b"{}")


class Zeros(io.RawIOBase):
    """So many zeros, of which nothing is held."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self._left = length

    def read(self, size: int = -1, /) -> bytes:
        taken = min(size, self._left)
        self._left -= taken
        return bytes(taken)


def test_a_long_document_that_is_named_is_never_held() -> None:
    length = 48 << 20
    tracemalloc.start()
    signature = signed(Case(JAdES(), "disk.img"), Zeros(length))
    found = judged(signature, Zeros(length))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, VerifiedDocument)
    assert peak < 16 << 20


def test_a_document_too_long_to_be_held_is_refused_not_raised() -> None:
    signature = signed(JAdES())
    found = judged(signature, Zeros(65 << 20))
    assert Reason.LIMIT_EXCEEDED in reasons(found)
    with pytest.raises(UsageError, match="detached"):
        signed(JAdES(), Zeros(65 << 20))


def test_one_signature_is_on_several_documents() -> None:
    both = {"a.txt": CONTRACT, "b c.txt": b"annex"}
    signature = signing(JAdES()).sign(both, signing_time=at())
    assert passed(signature, both).signatures
    swapped = {"a.txt": b"annex", "b c.txt": CONTRACT}
    assert Reason.INTEGRITY_MISMATCH in reasons(judged(signature, swapped))
    with pytest.raises(UsageError):
        signing(JAdES(packaging=INSIDE)).sign(both, signing_time=at())
    with pytest.raises(UsageError, match="at least one"):
        signing(JAdES()).sign({}, signing_time=at())
