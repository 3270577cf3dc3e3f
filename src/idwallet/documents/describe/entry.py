"""The one way in: any document, told by what it is."""

import hashlib
from typing import Final

from idwallet.codec.pdf import Source
from idwallet.documents.describe.collect import Findings
from idwallet.documents.describe.model import Description, DocumentKind
from idwallet.documents.describe.others import describe_other, kind_of
from idwallet.documents.describe.packed import describe_archive
from idwallet.documents.describe.pdf import PdfTold, describe_pdf

_PIECE: Final = 1 << 20
_HEAD: Final = 4_096


def describe_document(data: Source) -> Description:
    """Return what a document holds, before anybody signs it.

    `data` is the document: its octets, or a mapped file (`mmap.mmap`), of which no more
    is held than is looked at. It is not rendered, nothing in it is run and nothing is
    fetched. Of a PDF file everything is told that is shown, done or hidden; of other
    formats what they are and what is known to hide in them. It never raises because of
    the document: what cannot be read is a finding.
    """
    work = hashlib.sha256()
    for at in range(0, len(data), _PIECE):
        work.update(data[at : at + _PIECE])
    findings = Findings()
    kind, told = kind_of(data[:_HEAD]), PdfTold()
    if kind is DocumentKind.PDF:
        told = describe_pdf(data, findings)
    elif kind is DocumentKind.ARCHIVE:
        kind = describe_archive(data, findings)
    else:
        describe_other(data, kind=kind, findings=findings)
    return Description(
        kind=kind,
        size=len(data),
        sha256=work.hexdigest(),
        findings=findings.all(),
        pages=told.pages,
        fields=told.fields,
        signatures=told.signatures,
    )
