"""What is signed here is judged here, at each level, with nothing but the anchors."""

from functools import cache

import pytest

from idwallet.documents import DOCUMENTS, Level, PAdES
from idwallet.documents.judging.context import Asked
from idwallet.documents.judging.outcome import concluded
from idwallet.documents.model import UnverifiedDocument, VerifiedDocument
from idwallet.documents.pades.augment import PadesAugmenter
from idwallet.documents.pades.evaluate import evaluate
from idwallet.report import Origin
from idwallet.roles.document_signer import DocumentSigner
from idwallet.testing.documents import DocumentScene
from idwallet.testing.pdf.contract import Contract
from idwallet.testing.pdf.draft import pdf_draft
from idwallet.testing.pdf.writing import Style
from idwallet.testing.tsa import TestTsa
from idwallet.trust.anchors import TrustStore

STYLES = [Style.CLASSIC, Style.XREF_STREAM, Style.OBJECT_STREAMS]


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST levels of PDF files")


def judge(
    octets: bytes, trust: TrustStore
) -> tuple[VerifiedDocument | UnverifiedDocument, Asked]:
    asked = Asked(trust, DOCUMENTS, scene().at)
    return concluded(evaluate(octets, asked=asked), asked), asked


def levels(octets: bytes, trust: TrustStore) -> set[Level]:
    found, _ = judge(octets, trust)
    assert isinstance(found, VerifiedDocument)
    return {each.level for each in found.signatures}


@pytest.mark.parametrize("style", STYLES)
def test_a_file_signed_by_two_reaches_each_level_in_turn(style: Style) -> None:
    tsa = TestTsa(scene().pki, identity=scene().authority)
    everything, alone = pdf_draft(scene()).trust(), scene().pki.store()
    made = bytes(Contract(style=style, form=True).file().data)
    for who, field in ((scene().signer, "Reserved"), (scene().second, None)):
        work = DocumentSigner(
            PAdES(field=field), signer=who.signer, certificates=who.chain
        )
        made = work.sign(made, signing_time=scene().at)
    assert levels(made, everything) == {Level.B_B}
    work = PadesAugmenter()
    made = work.stamped(made, authority=tsa)
    assert levels(made, everything) == {Level.B_T}
    assert isinstance(judge(made, alone)[0], UnverifiedDocument)
    made = work.completed(made, settled=judge(made, everything)[1].settled)
    assert levels(made, alone) == {Level.B_LT}
    made = work.archived(made, authority=tsa, document=None)
    assert levels(made, alone) == {Level.B_LTA}
    assert levels(work.archived(made, authority=tsa, document=None), alone) == {
        Level.B_LTA
    }


def test_what_came_inside_is_told_as_evidence_from_the_document() -> None:
    tsa = TestTsa(scene().pki, identity=scene().authority)
    who = scene().signer
    work = DocumentSigner(PAdES(), signer=who.signer, certificates=who.chain)
    made = work.sign(bytes(Contract().file().data), signing_time=scene().at)
    made = PadesAugmenter().stamped(made, authority=tsa)
    settled = judge(made, pdf_draft(scene()).trust())[1].settled
    made = PadesAugmenter().completed(made, settled=settled)
    found, _ = judge(made, scene().pki.store())
    sources = {each.origin for each in found.report.evidence}
    assert Origin(taken=None, source="document") in sources
