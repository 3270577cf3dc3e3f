"""PDF (ISO 32000-2): syntax, cross-references and objects, read strictly and on demand.

    file = read_pdf(octets)             # or a mapped file
    catalog = file.shallow(file.trailer.get(b"Root"))

Nothing is repaired and nothing is guessed: where two readers could see two documents,
there is none. What a document means is not known here.
"""

from idwallet.codec.pdf.file import Indirect, PdfFile, Place, read_pdf
from idwallet.codec.pdf.lexer import (
    Mapped,
    Ref,
    Source,
    Value,
    read_value,
)
from idwallet.codec.pdf.shallow import Shallow, read_raw, read_shallow
from idwallet.codec.pdf.text import read_text, write_date, write_text
from idwallet.codec.pdf.write import Update, edited, with_item
from idwallet.codec.pdf.xref import Entry, Kind, Section, read_section

__all__ = [
    "Entry",
    "Indirect",
    "Kind",
    "Mapped",
    "PdfFile",
    "Place",
    "Ref",
    "Section",
    "Shallow",
    "Source",
    "Update",
    "Value",
    "edited",
    "read_pdf",
    "read_raw",
    "read_section",
    "read_shallow",
    "read_text",
    "read_value",
    "with_item",
    "write_date",
    "write_text",
]
