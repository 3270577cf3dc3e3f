"""Whatever is done to a signed PDF file, it never passes as another or raises."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from idwallet.documents import describe_document
from idwallet.report import Outcome
from idwallet.roles.document_signer import evaluate_document
from idwallet.testing.documents import DocumentScene
from idwallet.testing.pdf.contract import Contract
from idwallet.testing.pdf.draft import PdfDraft, pdf_draft
from idwallet.testing.pdf.forgery import second, stamped, then
from idwallet.testing.pdf.writing import Style
from idwallet.trust.anchors import TrustStore

SCENE = DocumentScene(seed=b"idwallet TEST altered PDF files")


@cache
def made(style: Style) -> tuple[PdfDraft, bytes, TrustStore]:
    draft = pdf_draft(SCENE, contract=Contract(style=style, form=True))
    then(second(), stamped)(draft)
    return draft, draft.to_bytes(), draft.trust()


def outcome(octets: bytes, style: Style) -> Outcome:
    draft, _, trust = made(style)
    judged = evaluate_document(octets, trust=trust, policy=draft.policy, at=draft.at)
    describe_document(octets)
    return judged.report.outcome


styles = st.sampled_from([Style.CLASSIC, Style.OBJECT_STREAMS])


@given(styles, st.data())
def test_an_octet_that_was_altered_never_passes(
    style: Style, data: st.DataObject
) -> None:
    octets = bytearray(made(style)[1])
    at = data.draw(st.integers(0, len(octets) - 1))
    before = bytes(octets)
    octets[at] ^= data.draw(st.integers(1, 255))
    if outcome(bytes(octets), style) is Outcome.PASSED:
        # Nothing but the letters of the value's own digits may be others: 0a is 0A.
        # And the room behind a message may not hold anything else than zeros.
        assert bytes(octets).lower() == before.lower() or _is_end_of_line(before, at)


def _is_end_of_line(octets: bytes, at: int) -> bool:
    """Say whether it is what may stand behind the end, however a line ends."""
    return at == len(octets) - 1


@given(styles, st.data())
def test_a_file_that_was_cut_or_mixed_never_raises(
    style: Style, data: st.DataObject
) -> None:
    octets = made(style)[1]
    start = data.draw(st.integers(0, len(octets)))
    stop = data.draw(st.integers(0, len(octets)))
    again = data.draw(st.integers(0, len(octets)))
    mixed = octets[:start] + octets[stop:] + octets[again : again + 4_096]
    if mixed.rstrip(b"\r\n") != octets.rstrip(b"\r\n"):
        assert outcome(mixed, style) is not Outcome.PASSED


@given(st.binary(max_size=600))
def test_what_only_begins_as_a_pdf_file_never_raises(tail: bytes) -> None:
    assert outcome(b"%PDF-1.7\n" + tail, Style.CLASSIC) is Outcome.FAILED
