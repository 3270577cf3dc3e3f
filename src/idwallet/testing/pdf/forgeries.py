"""Forged signed PDF files, each with its valid twin.

    from idwallet.testing.documents import DocumentScene
    from idwallet.testing.pdf.forgeries import PDF_FORGERIES

    scene = DocumentScene()
    for forgery in PDF_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert my_reader(valid.to_bytes())
        assert not my_reader(forged.to_bytes())

A twin differs from its forgery in nothing but the fault.
"""

from typing import Final

from idwallet.testing.pdf.changed import CHANGED
from idwallet.testing.pdf.covered import COVERED
from idwallet.testing.pdf.forgery import PdfForgery
from idwallet.testing.pdf.shared import SHARED

__all__ = ["PDF_FORGERIES", "PdfForgery"]

PDF_FORGERIES: Final = (*COVERED, *CHANGED, *SHARED)
"""Every forged PDF file there is here."""
