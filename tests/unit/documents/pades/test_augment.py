"""PDF files reach every level, by one call or step by step."""

from datetime import datetime
from functools import cache

import pytest

from idwallet.documents import (
    DOCUMENTS,
    AllowedChanges,
    Level,
    PAdES,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.errors import VerificationFailed, VerificationIndeterminate
from idwallet.report import Outcome
from idwallet.roles.document_signer import (
    LongTerm,
    augment_document,
    evaluate_document,
    sign_document,
)
from idwallet.trust.anchors import TrustStore
from tests.unit.documents.archives import open_checks, scene
from tests.unit.documents.pades.papers import stream, table

PAPERS = {"table": table(), "stream": stream()}


@cache
def signed(name: str, level: Level = Level.B_T, **given: AllowedChanges) -> bytes:
    here = scene()
    return sign_document(
        PAPERS[name],
        PAdES(level=level, **given),  # type: ignore[arg-type]
        signer=here.signer.signer,
        certificates=here.signer.chain,
        signing_time=here.at,
        authority=None if level is Level.B_B else here.stamping(0),
    )


def raised(made: bytes, level: Level) -> bytes:
    here = scene()
    return augment_document(
        made,
        level,
        trust=here.trust(here.at),
        policy=DOCUMENTS,
        at=here.at,
        authority=here.stamping(1, here.at),
    )


def judged(
    made: bytes, at: datetime, *, trust: TrustStore
) -> VerifiedDocument | UnverifiedDocument:
    return evaluate_document(made, trust=trust, policy=DOCUMENTS, at=at)


def levels(found: VerifiedDocument | UnverifiedDocument) -> list[Level]:
    assert isinstance(found, VerifiedDocument), open_checks(found)
    return [each.level for each in found.signatures]


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("level", [Level.B_T, Level.B_LT, Level.B_LTA])
@pytest.mark.parametrize("first", [Level.B_B, Level.B_T])
def test_a_signature_goes_from_the_first_level_to_each(
    name: str, level: Level, first: Level
) -> None:
    here = scene()
    made = raised(signed(name, first), level)
    assert made.startswith(signed(name, first))
    assert levels(judged(made, here.at, trust=here.trust(here.at))) == [level]


def test_a_file_with_its_evidence_is_verified_with_nothing_else_at_hand() -> None:
    here = scene()
    kept = raised(signed("table"), Level.B_LT)
    assert levels(judged(kept, here.at, trust=here.bare())) == [Level.B_LT]
    alone = judged(signed("table"), here.at, trust=here.bare())
    assert alone.report.outcome is Outcome.INDETERMINATE


def test_what_has_the_level_comes_back_as_it_is_and_an_archive_is_renewed() -> None:
    kept = raised(signed("stream"), Level.B_LT)
    assert raised(kept, Level.B_LT) == kept
    archive = raised(kept, Level.B_LTA)
    assert archive.startswith(kept)
    assert raised(archive, Level.B_LT) == archive
    assert raised(archive, Level.B_LTA).startswith(archive)
    assert raised(archive, Level.B_LTA) != archive


def test_a_level_with_evidence_is_signed_in_one_call() -> None:
    here = scene()
    made = sign_document(
        PAPERS["table"],
        PAdES(level=Level.B_LTA),
        signer=here.signer.signer,
        certificates=here.signer.chain,
        signing_time=here.at,
        authority=here.stamping(0),
        long_term=LongTerm(here.trust(here.at), DOCUMENTS),
    )
    assert levels(judged(made, here.at, trust=here.trust(here.at))) == [Level.B_LTA]


def test_evidence_is_added_where_the_author_allows_no_changes() -> None:
    here = scene()
    made = signed("table", Level.B_T, certify=AllowedChanges.NONE)
    kept = raised(made, Level.B_LTA)
    assert levels(judged(kept, here.at, trust=here.trust(here.at))) == [Level.B_LTA]


def test_two_signers_are_kept_together() -> None:
    here = scene()
    made = sign_document(
        signed("stream"),
        PAdES(level=Level.B_T),
        signer=here.second.signer,
        certificates=here.second.chain,
        signing_time=here.at,
        authority=here.stamping(0),
    )
    kept = raised(made, Level.B_LTA)
    assert levels(judged(kept, here.at, trust=here.trust(here.at))) == [Level.B_LTA] * 2


def test_nothing_is_added_to_what_does_not_pass() -> None:
    here = scene()
    made = signed("table")
    broken = made.replace(b"0 0 m 9 l", b"0 0 m 8 l")
    with pytest.raises(VerificationFailed):
        raised(broken, Level.B_LT)
    with pytest.raises(VerificationIndeterminate):
        augment_document(
            made, Level.B_LT, trust=here.bare(), policy=DOCUMENTS, at=here.at
        )
