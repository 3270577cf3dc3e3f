import io

import pytest

from idwallet.codec.der import OCTETS, OID, sequence, tlv
from idwallet.documents import (
    ARCHIVE,
    DOCUMENTS,
    OFFLINE,
    CAdES,
    Level,
    Packaging,
    VerifiedDocument,
)
from idwallet.documents.cades.augment import CadesAugmenter
from idwallet.documents.judging.settled import Settled
from idwallet.envelope.cms import (
    attribute,
    names,
    read_signed_data,
    revocation_of,
    with_material,
    with_unsigned,
)
from idwallet.errors import (
    UnsupportedError,
    UsageError,
    VerificationFailed,
    VerificationIndeterminate,
)
from idwallet.report import CrlNeeded, Outcome
from idwallet.roles.document_signer import (
    DocumentSigner,
    LongTerm,
    augment_document,
    evaluate_document,
    sign_document,
)
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.evidence import crls
from idwallet.trust.evidence import content_of
from tests.unit.documents.archives import (
    archived,
    judged,
    level_of,
    raised,
    renewed,
    scene,
    stamped,
)


def by(number: int, level: Level = Level.B_B) -> DocumentSigner:
    who = (scene().signer, scene().second)[number]
    return DocumentSigner(
        CAdES(level=level),
        signer=who.signer,
        certificates=who.chain,
        authority=None if level is Level.B_B else scene().stamping(0),
    )


def test_a_signature_with_its_evidence_is_verified_with_nothing_else_at_hand() -> None:
    here = scene()
    kept = raised(stamped(), Level.B_LT)
    assert level_of(judged(kept, here.at, trust=here.bare())) is Level.B_LT
    assert judged(stamped(), here.at, trust=here.bare()).report.outcome is (
        Outcome.INDETERMINATE
    )


def test_a_signature_goes_from_the_first_level_to_the_last_in_one_call() -> None:
    here = scene()
    first = by(0).sign(CONTRACT, signing_time=here.at)
    for level in (Level.B_T, Level.B_LT, Level.B_LTA):
        found = judged(raised(first, level), here.at, trust=here.trust(here.at))
        assert level_of(found) is level


def test_a_policy_that_wants_a_timestamp_is_met_by_the_one_that_is_put_on() -> None:
    here = scene()
    witnessed = by(1).counter_sign(
        by(0).sign(CONTRACT, signing_time=here.at), signing_time=here.at
    )
    kept = augment_document(
        witnessed,
        Level.B_LTA,
        trust=here.trust(here.at),
        policy=ARCHIVE,
        at=here.at,
        authority=here.stamping(1),
        document=CONTRACT,
    )
    found = judged(kept, here.at, trust=here.trust(here.at), policy=ARCHIVE)
    assert isinstance(found, VerifiedDocument)


def test_what_stands_on_a_signature_is_stamped_with_it_unless_an_archive_keeps_it() -> (
    None
):
    here = scene()
    first = by(1).counter_sign(stamped(), signing_time=here.at)
    both = by(0).counter_sign(first, signing_time=here.at)
    found = judged(raised(both, Level.B_T), here.at, trust=here.trust(here.at))
    assert isinstance(found, VerifiedDocument)
    counters = found.signatures[0].counter_signatures
    assert [each.level for each in counters] == [Level.B_T, Level.B_T]
    # On what an archive timestamp covers nothing is put; beside it, it is.
    kept = raised(first, Level.B_LTA)
    later = by(0).counter_sign(kept, signing_time=here.at)
    again = raised(later, Level.B_T)
    before = read_signed_data(kept, at="x").signers[0].unsigned
    after = read_signed_data(again, at="x").signers[0].unsigned
    assert after[: len(before)] == before
    found = judged(again, here.at, trust=here.trust(here.at))
    assert isinstance(found, VerifiedDocument)
    assert [e.timestamped for e in found.signatures[0].counter_signatures] == [
        True,
        True,
    ]
    assert raised(again, Level.B_T) == again


def test_what_has_the_level_comes_back_as_it_is_and_an_archive_is_renewed() -> None:
    kept = raised(stamped(), Level.B_LT)
    assert raised(kept, Level.B_LT) == kept
    assert raised(kept, Level.B_T) == kept
    assert raised(archived(), Level.B_LT) == archived()
    assert raised(archived(), Level.B_LTA) != archived()


def test_what_was_there_stays_octet_for_octet() -> None:
    before, after = (read_signed_data(e, at="x") for e in (archived(), renewed()))
    assert after.signers[0].signed == before.signers[0].signed
    assert after.signers[0].signature == before.signers[0].signature
    count = len(before.signers[0].unsigned)
    assert after.signers[0].unsigned[:count] == before.signers[0].unsigned
    have = len(before.parts.certificates), len(before.parts.revocations)
    assert after.parts.certificates[: have[0]] == before.parts.certificates
    assert after.parts.revocations[: have[1]] == before.parts.revocations


def test_nothing_is_written_twice() -> None:
    found = read_signed_data(renewed(), at="x")
    for listed in (found.certificates, found.parts.revocations):
        assert len(set(listed)) == len(listed)


def test_renewing_adds_the_evidence_about_the_newest_authority_only() -> None:
    here = scene()
    at = here.years(1)
    # Everybody's lists of that day are at hand.
    again = read_signed_data(raised(archived(), Level.B_LTA, by=1, at=at), at="x")
    before = read_signed_data(archived(), at="x")
    added = [e for e in again.crls if e not in before.crls]
    known = {content_of(e.der) for e in crls(here.authorities[1], at=at)}
    assert set(added) == known


def test_every_signature_and_what_stands_on_it_is_kept() -> None:
    here = scene()
    both = by(1, Level.B_T).sign(CONTRACT, signing_time=here.at, beside=stamped())
    witnessed = by(1).counter_sign(both, signing_time=here.at)
    kept = raised(witnessed, Level.B_LTA)
    at = here.years(7)
    found = judged(kept, at, trust=here.trust(at, here.authorities[1]))
    assert isinstance(found, VerifiedDocument)
    first, second = found.signatures
    assert {first.level, second.level} == {Level.B_LTA}
    (counter,) = first.counter_signatures
    # It has no timestamp of its own: the one on the archive proves it.
    assert (counter.timestamped, counter.best_signature_time) == (True, here.at)


def test_a_counter_signature_added_after_the_archive_timestamp_stands_alone() -> None:
    here = scene()
    later = by(1).counter_sign(archived(), signing_time=here.at)
    at = here.years(7)
    found = judged(later, at, trust=here.trust(at, here.authorities[1]))
    open_ones = {each.subject for each in found.report.indeterminate()}
    assert open_ones == {"signature[0].counter[0]"}


def test_a_document_inside_needs_no_other_and_a_stream_is_rewound() -> None:
    here = scene()
    who = here.signer
    trust = here.trust(here.at)
    inside = sign_document(
        CONTRACT,
        CAdES(level=Level.B_LTA, packaging=Packaging.ENVELOPING),
        signer=who.signer,
        certificates=who.chain,
        signing_time=here.at,
        authority=here.stamping(1),
        long_term=LongTerm(trust, DOCUMENTS),
    )
    found = evaluate_document(inside, trust=trust, policy=DOCUMENTS, at=here.at)
    assert isinstance(found, VerifiedDocument)
    assert (found.content, level_of(found)) == (CONTRACT, Level.B_LTA)
    apart = augment_document(
        stamped(),
        Level.B_LTA,
        trust=trust,
        policy=DOCUMENTS,
        at=here.at,
        authority=here.stamping(1),
        document=io.BytesIO(CONTRACT),
    )
    assert level_of(judged(apart, here.at, trust=trust)) is Level.B_LTA


class _Once:
    def read(self, size: int, /) -> bytes:
        return b""


def test_what_nobody_can_do_is_refused_before_anything_is_asked() -> None:
    here = scene()
    trust = here.trust(here.at)
    loose = {"trust": trust, "policy": DOCUMENTS, "at": here.at}
    tsa = here.stamping(0)
    refused: list[dict[str, object]] = [
        {"level": Level.B_B},
        {"level": Level.B_LT, "policy": OFFLINE},
        {"level": Level.B_LTA, "authority": None},
        {"level": Level.B_LTA, "document": _Once(), "authority": tsa},
        {"level": Level.B_T, "at": here.at.replace(tzinfo=None)},
    ]
    for each in refused:
        told = {"document": CONTRACT, **loose, **each}
        with pytest.raises(UsageError):
            augment_document(stamped(), **told)  # type: ignore[arg-type]  # on purpose
    assert not tsa.requests


def test_without_evidence_nothing_is_raised_and_what_is_missing_is_named() -> None:
    here = scene()
    with pytest.raises(VerificationIndeterminate) as caught:
        augment_document(
            stamped(),
            Level.B_LT,
            trust=here.bare(),
            policy=DOCUMENTS,
            at=here.at,
            document=CONTRACT,
        )
    assert any(isinstance(e, CrlNeeded) for e in caught.value.report.missing())


def test_a_forged_signature_is_never_raised() -> None:
    here = scene()
    with pytest.raises(VerificationFailed):
        augment_document(
            stamped(),
            Level.B_LT,
            trust=here.trust(here.at),
            policy=DOCUMENTS,
            at=here.at,
            document=CONTRACT + b".",
        )


@pytest.mark.parametrize("kind", sorted(names.EARLIER_ARCHIVES))
def test_nothing_is_added_beside_an_archive_timestamp_of_an_earlier_form(
    kind: bytes,
) -> None:
    message = read_signed_data(stamped(), at="x")
    older = with_unsigned(message, 0, attributes=[attribute(kind, sequence())])
    augmenter = CadesAugmenter()
    with pytest.raises(UnsupportedError):
        augmenter.completed(older, settled=Settled())
    with pytest.raises(UnsupportedError):
        augmenter.archived(older, authority=scene().stamping(0), document=CONTRACT)


def test_a_response_is_written_as_rfc_5940_has_it_and_makes_it_version_5() -> None:
    message = read_signed_data(stamped(), at="x")
    response = sequence(b"\x0a\x01\x06")  # unauthorized, RFC 6960 4.2.1
    held = read_signed_data(with_material(message, responses=[response]), at="x")
    assert (held.parts.version, held.responses, held.crls) == (5, (response,), ())
    (written,) = held.parts.revocations
    assert written == tlv(0xA1, tlv(OID, names.OCSP_RESPONSE), response)
    again = read_signed_data(with_material(held, responses=[response]), at="x")
    assert again.parts.revocations == (written,)


def test_a_basic_response_that_stands_alone_is_read_as_a_whole_one() -> None:
    basic = sequence(sequence(b"\x02\x01\x07"))
    kind, found = revocation_of(tlv(0xA1, tlv(OID, names.OCSP_BASIC), basic))
    typed = sequence(tlv(OID, names.OCSP_BASIC), tlv(OCTETS, basic))
    assert (kind, found) == ("ocsp", sequence(b"\x0a\x01\x00", tlv(0xA0, typed)))
