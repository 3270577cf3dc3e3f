"""Every way to be refused is met by a forged input, or a line here says why not."""

from collections.abc import Iterable
from functools import cache
from typing import Final

import pytest

from idwallet.report import TABLE, CheckId, Outcome, Reason, Report
from idwallet.testing.archive_forgeries import ARCHIVE_FORGERIES
from idwallet.testing.archives import ArchiveScene
from idwallet.testing.bundle import (
    BUNDLE_FORGERIES,
    BundleScene,
    bundle_draft,
    judge_bundle,
)
from idwallet.testing.bundle.draft import SEQUENCE
from idwallet.testing.compact import COMPACT_FORGERIES, CompactScene
from idwallet.testing.compact.guardians import GUARDIAN_FORGERIES
from idwallet.testing.containers import CONTAINER_FORGERIES
from idwallet.testing.corpus import (
    CREDENTIALS,
    PORTRAITS,
    PRESENTATIONS,
    PROOFS,
    REQUESTS,
    add,
    judge,
    judge_portrait,
    judge_proof,
    judge_request,
)
from idwallet.testing.corpus.pages import PAGES
from idwallet.testing.documents import DOCUMENT_FORGERIES, DocumentScene
from idwallet.testing.jades import JADES_FORGERIES
from idwallet.testing.ledger_draft import LedgerScene, ledger_draft
from idwallet.testing.ledgers import LEDGER_FORGERIES
from idwallet.testing.lists import LIST_FORGERIES, ListScene
from idwallet.testing.mdoc import (
    MDOC_FORGERIES,
    READER_FORGERIES,
    MdocScene,
    judge_reader,
)
from idwallet.testing.mdoc import judge as judge_mdoc
from idwallet.testing.page_draft import judge_page
from idwallet.testing.pdf.forgeries import PDF_FORGERIES
from idwallet.testing.receipts import RECEIPT_FORGERIES, ReceiptScene, receipt_draft
from idwallet.testing.registrations import REGISTRATION_FORGERIES, RegistrationScene
from idwallet.testing.scene import Scene
from idwallet.testing.sessions import FORGERIES as SESSION_FORGERIES
from idwallet.testing.sessions import SessionScene, session_draft
from idwallet.testing.xades import XADES_FORGERIES
from idwallet.trust.bundle import evaluate_delta, make_delta

Row = tuple[CheckId, Reason]

REFUSALS: Final = {
    row for row, means in TABLE.items() if means.outcome is not Outcome.PASSED
}

ELSEWHERE: Final = {
    (CheckId.PRESENTATION_FRESHNESS, Reason.CLOCK_BEHIND): (
        "only where the till's clock is wrong, which no code can make it"
    ),
    (CheckId.READER_AUTHORISED, Reason.ANCHORS_FROM_THE_FUTURE): (
        "only where the wallet's clock is wrong, which no request can make it"
    ),
    **dict.fromkeys(
        (
            (CheckId.TIMESTAMP_TRUST, Reason.ANCHORS_FROM_THE_FUTURE),
            (CheckId.TIMESTAMP_TRUST, Reason.ANCHORS_STALE),
        ),
        "the anchors are the signer's too, and it is told of the signer first",
    ),
}
"""What no forged input can reach while its twin passes; `tests/checks` has them."""


def _rows(reports: Iterable[Report]) -> set[Row]:
    return {(each.id, each.reason) for report in reports for each in report.checks}


def _misfit(device: BundleScene) -> Report:
    """Judge a delta that was made for another bundle than the one at hand."""
    made, another = bundle_draft(device), bundle_draft(device)
    another.members = {"sequence": SEQUENCE - 2}
    delta = make_delta(another.file(), made.file())
    return evaluate_delta(made.file(), delta, context=made.context()).report


@cache
def reached() -> set[Row]:
    scene = Scene(seed=b"idwallet TEST coverage of the corpus")
    device = BundleScene(seed=b"idwallet TEST coverage of the corpus")
    shop = RegistrationScene(seed=b"idwallet TEST coverage of registrations")
    lists = ListScene(seed=b"idwallet TEST coverage of lists")
    papers = DocumentScene(seed=b"idwallet TEST coverage of documents")
    old = ArchiveScene(seed=b"idwallet TEST coverage of archives")
    cards = MdocScene()
    till = CompactScene()
    shown = ReceiptScene(seed=b"idwallet TEST coverage of receipts")
    written = LedgerScene(seed=b"idwallet TEST coverage of ledgers")
    desk = SessionScene(seed=b"idwallet TEST coverage of sessions")
    return (
        _rows(judge(each.twins(scene)[1]) for each in PRESENTATIONS)
        | _rows(judge_portrait(each.twins(scene)[1]) for each in PORTRAITS)
        | _rows(judge_page(each.twins(scene)[1]) for each in PAGES)
        | _rows(judge_request(each.twins(scene)[1]) for each in REQUESTS)
        | _rows(add(each.twins(scene)[1]) for each in CREDENTIALS)
        | _rows(judge_proof(each.twins(scene)[1]) for each in PROOFS)
        | _rows(judge_bundle(each.twins(device)[1]) for each in BUNDLE_FORGERIES)
        | _rows([_misfit(device)])
        | _rows(each.twins(lists)[1].judgement().report for each in LIST_FORGERIES)
        | _rows(
            each.twins(shop)[1].judgement().report for each in REGISTRATION_FORGERIES
        )
        | _rows(each.twins(papers)[1].report() for each in DOCUMENT_FORGERIES)
        | _rows(
            each.apart(lambda: session_draft(desk))[1].report()
            for each in SESSION_FORGERIES
        )
        | _rows(
            each.apart(lambda: receipt_draft(shown))[1].report()
            for each in RECEIPT_FORGERIES
        )
        | _rows(
            each.apart(lambda: ledger_draft(written))[1].report()
            for each in LEDGER_FORGERIES
        )
        | _rows(
            each.twins(papers)[1].report()
            for each in (
                *PDF_FORGERIES,
                *JADES_FORGERIES,
                *XADES_FORGERIES,
                *CONTAINER_FORGERIES,
            )
        )
        | _rows(each.twins(old)[1].report() for each in ARCHIVE_FORGERIES)
        | _rows(judge_mdoc(each.twins(cards)[1]) for each in MDOC_FORGERIES)
        | _rows(each.twins(till)[1].judge() for each in COMPACT_FORGERIES)
        | _rows(each.twins(scene)[1].judge() for each in GUARDIAN_FORGERIES)
        | _rows(judge_reader(each.twins(cards)[1]) for each in READER_FORGERIES)
    )


CORPORA: Final = (
    PRESENTATIONS,
    PORTRAITS,
    REQUESTS,
    CREDENTIALS,
    PROOFS,
    BUNDLE_FORGERIES,
    LIST_FORGERIES,
    REGISTRATION_FORGERIES,
    DOCUMENT_FORGERIES,
    SESSION_FORGERIES,
    RECEIPT_FORGERIES,
    LEDGER_FORGERIES,
    PDF_FORGERIES,
    JADES_FORGERIES,
    XADES_FORGERIES,
    CONTAINER_FORGERIES,
    ARCHIVE_FORGERIES,
    MDOC_FORGERIES,
    COMPACT_FORGERIES,
    GUARDIAN_FORGERIES,
)


def aimed_at() -> set[CheckId]:
    return {each.check for corpus in CORPORA for each in corpus}


@pytest.mark.parametrize("row", sorted(REFUSALS), ids=lambda row: f"{row[0]} {row[1]}")
def test_a_forged_input_is_refused_for_each_reason_or_it_is_said_why_not(
    row: Row,
) -> None:
    assert (row in reached()) is (row not in ELSEWHERE)


def test_what_is_said_to_stand_elsewhere_is_a_refusal() -> None:
    assert ELSEWHERE.keys() <= REFUSALS
    assert len(ELSEWHERE) <= 5


def test_every_check_is_the_aim_of_a_forged_input() -> None:
    assert set(CheckId) - aimed_at() == {
        CheckId.CREDENTIAL_TRACKING,
    }
