"""Papers to sign: one page each, in the styles that files come in."""

from functools import cache

from idwallet.testing.document_draft import DocumentScene
from tests.unit.codec.pdf.files import stream_file, table_file

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << >> >>"
TEXT = b"<< /Length 9 >>\nstream\n0 0 m 9 l\nendstream"


def table(
    *more: bytes, catalog: bytes = CATALOG, page: bytes = PAGE, trailer: bytes = b""
) -> bytes:
    """Return a paper with a table; `more` objects have the numbers from 5 on."""
    return table_file(catalog, PAGES, page, TEXT, *more, more=trailer)


def stream(*more: bytes, catalog: bytes = CATALOG, page: bytes = PAGE) -> bytes:
    """Return a paper with streams; `more` objects have the numbers from 5 on."""
    return stream_file(catalog, PAGES, page, b"null", *more, plain=(TEXT,))


@cache
def scene() -> DocumentScene:
    """Return who signs and who stamps."""
    return DocumentScene(seed=b"idwallet TEST signing PDF files")
