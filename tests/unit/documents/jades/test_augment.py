"""JAdES signatures are kept for decades, renewed, and added to at their end alone."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from itertools import combinations, permutations

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.documents import (
    DOCUMENTS,
    JAdES,
    Level,
    Packaging,
    Serialisation,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.documents.jades.augment import JadesAugmenter
from idwallet.documents.judging.settled import Settled
from idwallet.documents.model import Documents
from idwallet.errors import (
    MalformedError,
    UnsupportedError,
    UsageError,
    VerificationIndeterminate,
)
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.document_signer import (
    DocumentSigner,
    LongTerm,
    augment_document,
    evaluate_document,
    sign_document,
)
from idwallet.testing.archives import ArchiveScene
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.pki import TestIdentity
from idwallet.trust.anchors import TrustStore

NAMED = {"contract.txt": CONTRACT}
INSIDE = JAdES(packaging=Packaging.ENVELOPING)
WAYS: tuple[tuple[JAdES, Documents], ...] = (
    (JAdES(), CONTRACT),
    (JAdES(), NAMED),
    (INSIDE, CONTRACT),
)


@cache
def scene() -> ArchiveScene:
    return ArchiveScene(seed=b"idwallet TEST JAdES archives")


def by(number: int, profile: JAdES) -> DocumentSigner:
    who = (scene().signer, scene().second)[number]
    return DocumentSigner(
        profile,
        signer=who.signer,
        certificates=who.chain,
        authority=None if profile.level is Level.B_B else scene().stamping(0),
    )


@cache
def signed(way: int = 0) -> bytes:
    profile, documents = WAYS[way]
    return by(0, profile).sign(documents, signing_time=scene().at)


def apart(way: int) -> bytes | None:
    return None if WAYS[way][0] is INSIDE else CONTRACT


def raised(
    signature: bytes,
    level: Level,
    *,
    way: int = 0,
    stamping: int = 1,
    at: datetime | None = None,
    about: Iterable[TestIdentity] = (),
) -> bytes:
    here = scene()
    moment = at or here.at
    return augment_document(
        signature,
        level,
        trust=here.trust(moment, *about),
        policy=DOCUMENTS,
        at=moment,
        authority=here.stamping(stamping, moment),
        document=apart(way),
    )


def judged(
    signature: bytes, trust: TrustStore, *, way: int = 0, at: datetime | None = None
) -> VerifiedDocument | UnverifiedDocument:
    return evaluate_document(
        signature,
        document=apart(way),
        trust=trust,
        policy=DOCUMENTS,
        at=at or scene().at,
    )


def levels(found: VerifiedDocument | UnverifiedDocument) -> list[Level]:
    assert isinstance(found, VerifiedDocument), found.report.failed()
    return [each.level for each in found.signatures]


def elements(signature: bytes, number: int = 0) -> list[str]:
    data = read_object(signature, at="test", max_bytes=1 << 24)
    listed = data.get("signatures", [data])
    assert isinstance(listed, list)
    entry = listed[number]
    assert isinstance(entry, dict)
    header = entry["header"]
    assert isinstance(header, dict)
    return [str(each) for each in _list(header["etsiU"])]


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def names(signature: bytes, number: int = 0) -> list[str]:
    return [
        name
        for text in elements(signature, number)
        for name in read_object(b64.decode(text, at="test"), at="test")
    ]


@cache
def archived(way: int = 0) -> bytes:
    return raised(raised(signed(way), Level.B_T, way=way), Level.B_LTA, way=way)


@cache
def renewed(way: int = 0) -> bytes:
    here = scene()
    about = here.authorities[1:3]
    at = here.years(7)
    return raised(archived(way), Level.B_LTA, way=way, stamping=2, at=at, about=about)


@pytest.mark.parametrize("way", range(len(WAYS)))
def test_each_level_adds_to_the_end_and_stands_with_nothing_else_at_hand(
    way: int,
) -> None:
    here, made = scene(), signed(way)
    before: list[str] = []
    for level in (Level.B_T, Level.B_LT, Level.B_LTA):
        made = raised(made, level, way=way)
        assert levels(judged(made, here.trust(here.at), way=way)) == [level]
        after = elements(made)
        assert after[: len(before)] == before
        before = after
    assert levels(judged(made, here.bare(), way=way)) == [Level.B_LTA]
    assert names(made) == ["sigTst", "xVals", "rVals", "tstVD", "arcTst"]


@pytest.mark.parametrize("way", range(len(WAYS)))
def test_an_archive_outlives_every_certificate_when_it_is_renewed(way: int) -> None:
    here = scene()
    at = here.years(12)
    trust = here.trust(at, here.authorities[2])
    assert levels(judged(renewed(way), trust, way=way, at=at)) == [Level.B_LTA]
    late = judged(archived(way), trust, way=way, at=at)
    assert late.report.outcome is not Outcome.PASSED
    kept = elements(archived(way))
    assert elements(renewed(way))[: len(kept)] == kept


def test_what_was_signed_stays_octet_for_octet() -> None:
    first, last = (
        read_object(each, at="test", max_bytes=1 << 24)
        for each in (signed(0), renewed(0))
    )
    for name in ("protected", "signature"):
        assert first[name] == last[name]


def test_what_has_the_level_comes_back_and_an_archive_is_renewed() -> None:
    kept = raised(signed(), Level.B_LT)
    assert raised(kept, Level.B_LT) == kept
    assert raised(archived(), Level.B_LT) == archived()
    assert raised(archived(), Level.B_LTA) != archived()


def test_no_value_stands_twice_in_one_signature() -> None:
    texts = [
        each["val"]
        for text in elements(renewed())
        for value in read_object(b64.decode(text, at="test"), at="test").values()
        for each in objects(value)
    ]
    assert len(set(texts)) == len(texts)


def objects(value: object) -> Iterable[dict[str, str]]:
    if isinstance(value, dict):
        if "val" in value:
            yield value
        for each in value.values():
            yield from objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from objects(each)


def test_every_signature_and_what_stands_on_it_is_kept() -> None:
    here = scene()
    stamping = JAdES(level=Level.B_T)
    both = by(1, stamping).sign(CONTRACT, signing_time=here.at, beside=signed())
    witnessed = by(1, JAdES()).counter_sign(both, signing_time=here.at)
    kept = raised(witnessed, Level.B_LTA)
    at = here.years(7)
    found = judged(kept, here.trust(at, here.authorities[1]), at=at)
    assert levels(found) == [Level.B_LTA] * 2
    assert isinstance(found, VerifiedDocument)
    (counter,) = found.signatures[0].counter_signatures
    # It has no timestamp of its own: the one on the archive proves it.
    assert (counter.timestamped, counter.best_signature_time) == (True, here.at)


def test_a_counter_signature_added_after_the_archive_timestamp_stands_alone() -> None:
    here = scene()
    later = by(1, JAdES()).counter_sign(archived(), signing_time=here.at)
    at = here.years(7)
    found = judged(later, here.trust(at, here.authorities[1]), at=at)
    open_ones = {each.subject for each in found.report.indeterminate()}
    assert open_ones == {"signature[0].counter[0]"}


def test_a_signature_is_made_at_any_level_at_once() -> None:
    here = scene()
    trust = here.trust(here.at)
    for level in (Level.B_LT, Level.B_LTA):
        made = sign_document(
            CONTRACT,
            JAdES(level=level, packaging=Packaging.ENVELOPING),
            signer=here.signer.signer,
            certificates=here.signer.chain,
            signing_time=here.at,
            authority=here.stamping(1),
            long_term=LongTerm(trust, DOCUMENTS),
        )
        found = evaluate_document(made, trust=trust, policy=DOCUMENTS, at=here.at)
        assert levels(found) == [level]


def test_what_is_compact_or_cannot_be_read_is_not_augmented() -> None:
    compact = by(0, JAdES(serialisation=Serialisation.COMPACT)).sign(
        CONTRACT, signing_time=scene().at
    )
    with pytest.raises(UsageError, match="stays B-B"):
        raised(compact, Level.B_T)
    critical = JsonObject({"protected": b64.encode(b'{"alg":"ES256","crit":["x"]}')})
    with pytest.raises(MalformedError):
        JadesAugmenter().completed(write_json(critical), settled=Settled())


def test_without_evidence_at_hand_the_level_is_not_reached() -> None:
    here = scene()
    with pytest.raises(VerificationIndeterminate) as caught:
        augment_document(
            signed(),
            Level.B_LT,
            trust=here.bare(),
            policy=DOCUMENTS,
            at=here.at,
            authority=here.stamping(1),
            document=CONTRACT,
        )
    assert caught.value.report.missing()


def test_an_archive_timestamp_needs_the_document() -> None:
    with pytest.raises(UsageError, match="needs the document"):
        JadesAugmenter().archived(
            raised(signed(), Level.B_LT), authority=scene().stamping(1), document=None
        )


def in_clear(signature: bytes) -> bytes:
    """Write the elements as clear JSON, as some do."""
    data = read_object(signature, at="test", max_bytes=1 << 24)
    clear = [
        read_object(b64.decode(text, at="test"), at="test")
        for text in elements(signature)
    ]
    return write_json({**data, "header": {"etsiU": [*clear]}})


def test_clear_elements_are_read_and_added_to_but_not_archived() -> None:
    here = scene()
    clear = in_clear(raised(signed(), Level.B_T))
    kept = raised(clear, Level.B_LT)
    assert levels(judged(kept, here.bare())) == [Level.B_LT]
    assert isinstance(elements(kept)[0], str)
    with pytest.raises(UnsupportedError, match="in clear"):
        raised(clear, Level.B_LTA)
    found = judged(in_clear(archived()), here.trust(here.at))
    broken = [e for e in found.report.checks if e.id is CheckId.DOCUMENT_FORMAT]
    assert Reason.UNSUPPORTED in {each.reason for each in broken}


def test_without_the_document_an_archive_timestamp_waits_for_it() -> None:
    here = scene()
    found = evaluate_document(
        archived(), trust=here.trust(here.at), policy=DOCUMENTS, at=here.at
    )
    waits = {
        each.subject
        for each in found.report.checks
        if each.id is CheckId.TIMESTAMP_TRUST and each.reason is Reason.WAITING
    }
    assert waits == {"signature[0].archive[0]"}


def test_only_all_that_was_stamped_in_its_order_is_an_archive() -> None:
    data = read_object(archived(2), at="test", max_bytes=1 << 24)
    there = elements(archived(2))
    every = range(len(there))
    reached = []
    for order in (*permutations(every), *combinations(every, len(there) - 1)):
        listed: list[JsonValue] = [there[n] for n in order]
        changed = write_json({**data, "header": {"etsiU": listed}})
        found = judged(changed, scene().bare(), way=2)
        if isinstance(found, VerifiedDocument):
            reached += [(order, each.level) for each in found.signatures]
    archives = [order for order, level in reached if level is Level.B_LTA]
    assert archives == [tuple(every)]
