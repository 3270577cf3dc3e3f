"""Forged files of which the signature is broken, or covers not what it should.

Among them the universal signature forgery and signature wrapping, as they were
published of viewers in 2019.
"""

from typing import Final

from idwallet.codec.der import sequence, time
from idwallet.envelope.cms import names
from idwallet.report import CheckId, Reason
from idwallet.testing.cms_draft import CmsDraft, certificate_v1
from idwallet.testing.corpus.forgery import nothing
from idwallet.testing.pdf.draft import PdfDraft
from idwallet.testing.pdf.forgery import (
    Forger,
    PdfForgery,
    both,
    first,
    of,
    second,
    stamped,
    then,
)
from idwallet.testing.pdf.forgery import evidence as with_evidence
from idwallet.testing.pdf.writing import PdfFile, Style
from idwallet.testing.pki import MOMENT

_R = Reason
_COVERAGE: Final = CheckId.DOCUMENT_COVERAGE
_FORMAT: Final = CheckId.DOCUMENT_FORMAT


def _bent(old: bytes, new: bytes, *, at: int = 0) -> Forger:
    """Replace octets of the finished file, of the occurrence of that number."""

    def bend(data: bytes) -> bytes:
        parts = data.split(old)
        head, tail = old.join(parts[: at + 1]), old.join(parts[at + 1 :])
        return head + new + tail

    return lambda made: setattr(made, "bend", bend)


def _range(*changes: int) -> Forger:
    """Add to the four numbers of the ByteRange."""

    def bend(found: list[int]) -> list[int]:
        return [a + b for a, b in zip(found, changes, strict=True)]

    return first(byte_range=bend)


def _numbers(*numbers: int) -> Forger:
    return first(byte_range=lambda _: list(numbers))


def _wrapped(made: PdfDraft) -> None:
    """Put another tail before the signed one, which is moved (signature wrapping)."""
    made.first.hole = lambda tail: tail.replace(b"/F 132", b"/F 134")


def _cms(**changes: object) -> Forger:
    def change(draft: CmsDraft) -> None:
        for name, value in changes.items():
            setattr(draft, name, value)

    return first(cms=change)


def _signer(**changes: object) -> Forger:
    def change(draft: CmsDraft) -> None:
        for name, value in changes.items():
            setattr(draft.signer, name, value)

    return first(cms=change)


def _attribute(kind: bytes, *values: bytes) -> Forger:
    def change(draft: CmsDraft) -> None:
        held = draft.signer.attributes
        if held is not None:
            held.pop(kind, None)
            if values:
                held[kind] = values

    return first(cms=change)


def _two(draft: CmsDraft) -> None:
    draft.signers.append(draft.signer)


def _first_version(made: PdfDraft) -> None:
    who = made.scene.signer.chain[0]

    def change(draft: CmsDraft) -> None:
        if draft.signer.attributes is not None:
            held = draft.signer.attributes
            del held[names.SIGNING_CERTIFICATE_V2]
            held[names.SIGNING_CERTIFICATE] = (certificate_v1(who),)

    made.first.cms = change


def _by_another(made: PdfDraft) -> None:
    key = made.scene.second.signer

    def change(draft: CmsDraft) -> None:
        draft.signer.signer = key

    made.first.cms = change


def _without(key: str) -> Forger:
    """Leave an entry out of the signature's dictionary."""

    def forge(made: PdfDraft) -> None:
        value = {"M": b"null", "Filter": b"null"}[key]
        made.first.entries = {key: value}

    return forge


def _rolled_back(made: PdfDraft) -> None:
    """Have the file end at its first revision again, the signature out of reach."""

    def step(file: PdfFile) -> None:
        at = file.data.index(b"startxref")
        start = int(file.data[at:].split()[1])
        file.data += b"startxref\n%d\n%%%%EOF\n" % start

    made.steps.append(step)


def _bypassed(made: PdfDraft) -> None:
    """Have a later revision follow the first, and leave the signed one out."""

    def step(file: PdfFile) -> None:
        at = file.data.index(b"startxref")
        file.previous = int(file.data[at:].split()[1])
        file.change("info")["Producer"] = b"(x)"
        for each in (*file.objects,):
            if each > file.names["Signature1 value"] - 1:
                file.dirty.add(each)
        file.dirty.discard(file.names["Signature1 value"])
        file.commit()

    made.steps.append(step)


_COVERAGES: Final = (
    ("a range that begins late", _range(1, -1, 0, 0)),
    ("a gap that is larger than the value", _range(0, -1, 0, 0)),
    ("a gap that ends late", _range(0, 0, 1, -1)),
    ("a gap that is smaller than the value", _range(0, 1, 0, 0)),
    ("an end that is left out", _range(0, 0, 0, -8)),
    ("a range beyond the end", _range(0, 0, 0, 8)),
    ("overlapping ranges", first(byte_range=lambda r: [0, r[1], r[1] - 10, r[3]])),
    ("a negative number", _numbers(0, 10, -20, 10)),
    ("no range", _numbers()),
    ("one range", _numbers(0, 100)),
    ("six numbers", _numbers(0, 10, 20, 10, 40, 10)),
    ("nothing covered", _numbers(0, 0, 0, 0)),
    ("signature wrapping", _wrapped),
    ("a range of texts", _bent(b"/ByteRange [0 ", b"/ByteRange [/ ")),
)

_FORMATS: Final = (
    ("no header", _R.MALFORMED, _bent(b"%PDF-1.7", b"%PDX-1.7")),
    ("octets before the header", _R.MALFORMED, _bent(b"%PDF-1.7", b"\n%PDF-1.7")),
    ("no end", _R.MALFORMED, lambda made: setattr(made, "bend", lambda d: d[:-6])),
    (
        "octets behind the end",
        _R.MALFORMED,
        lambda made: setattr(made, "bend", lambda d: d + b"%more"),
    ),
    ("a broken message", _R.MALFORMED, first(bend=lambda der: der[1:])),
    ("an empty value", _R.MALFORMED, first(bend=lambda _: b"")),
    ("something after the message", _R.MALFORMED, first(bend=lambda d: d + b"x")),
    ("two signers in one message", _R.MALFORMED, first(cms=_two)),
    ("a message that is none", _R.MALFORMED, first(bend=lambda _: sequence())),
    ("a hidden SubFilter", _R.UNSUPPORTED, first(sub_filter=b"/adbe.pkcs7.sha1")),
    ("an unknown SubFilter", _R.UNSUPPORTED, first(sub_filter=b"/Example.unknown")),
)

COVERED: Final = (
    *(PdfForgery(f"range: {n}", _COVERAGE, _R.MISMATCH, f) for n, f in _COVERAGES),
    PdfForgery(
        "range: of a revision that is left out", _COVERAGE, _R.MISMATCH, _bypassed
    ),
    PdfForgery(
        "range: of a file taken back to before it", _COVERAGE, _R.MISMATCH, _rolled_back
    ),
    PdfForgery(
        "range: a second signature's that begins late",
        _COVERAGE,
        _R.MISMATCH,
        lambda made: setattr(
            made.steps[-1], "byte_range", lambda r: [r[0] + 1, r[1] - 1, *r[2:]]
        ),
        prepare=then(second()),
    ),
    PdfForgery(
        "range: a timestamp's that ends early",
        _COVERAGE,
        _R.MISMATCH,
        lambda made: setattr(
            made.steps[-1], "byte_range", lambda r: [*r[:3], r[3] - 8]
        ),
        prepare=then(stamped),
    ),
    *(PdfForgery(f"file: {n}", _FORMAT, r, f) for n, r, f in _FORMATS),
    PdfForgery(
        "content: a page that is another",
        CheckId.DOCUMENT_INTEGRITY,
        _R.INTEGRITY_MISMATCH,
        _bent(b"/MediaBox [0 0 595 842]", b"/MediaBox [0 0 595 841]"),
    ),
    PdfForgery(
        "content: another in streams of objects",
        CheckId.DOCUMENT_INTEGRITY,
        _R.INTEGRITY_MISMATCH,
        _bent(b"/Filter /FlateDecode", b"/Filter/FlateDecode "),
        prepare=of(style=Style.OBJECT_STREAMS),
    ),
    PdfForgery(
        "content: another reason",
        CheckId.DOCUMENT_INTEGRITY,
        _R.INTEGRITY_MISMATCH,
        _bent(b"(I agree)", b"(I do no)"),
        prepare=first(entries={"Reason": b"(I agree)"}),
    ),
    PdfForgery(
        "content: another digest signed",
        CheckId.DOCUMENT_INTEGRITY,
        _R.INTEGRITY_MISMATCH,
        first(covered=lambda d: d + b"."),
    ),
    PdfForgery(
        "signature: by another key", CheckId.SIGNER_SIGNATURE, _R.INVALID, _by_another
    ),
    PdfForgery(
        "signature: no signed attributes",
        CheckId.SIGNER_SIGNATURE,
        _R.ABSENT,
        _signer(attributes=None),
    ),
    PdfForgery(
        "signature: no certificate",
        CheckId.SIGNER_TRUST,
        _R.NO_KEY_MATERIAL,
        _cms(certificates=()),
    ),
    *(
        PdfForgery(f"profile: {n}", CheckId.SIGNATURE_PROFILE, _R.MISMATCH, f)
        for n, f in (
            ("a time in the message", _attribute(names.SIGNING_TIME, time(MOMENT))),
            ("no certificate named", _attribute(names.SIGNING_CERTIFICATE_V2)),
            ("the certificate named by SHA-1", _first_version),
            ("content in the message", _cms(is_detached=False)),
            ("another SubFilter", first(sub_filter=b"/adbe.pkcs7.detached")),
            ("no time in the dictionary", _without("M")),
            ("a certificate in the dictionary", first(entries={"Cert": b"<00>"})),
        )
    ),
    PdfForgery(
        "timestamp: on something else",
        CheckId.TIMESTAMP_TRUST,
        _R.INTEGRITY_MISMATCH,
        lambda made: setattr(made.steps[-1], "covered", lambda d: d + b"."),
        prepare=both(then(with_evidence, stamped), nothing),
    ),
    PdfForgery(
        "timestamp: broken",
        CheckId.TIMESTAMP_TRUST,
        _R.MALFORMED,
        lambda made: setattr(made.steps[-1], "bend", lambda _: b"\x30\x00"),
        prepare=then(stamped),
    ),
)
"""Every one of them."""
