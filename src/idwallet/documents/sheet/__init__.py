"""Pages of labelled lines, made as a PDF file to be printed, read aloud and signed.

    sheet = Sheet(
        title="Анкета гостя", rows=(("Фамилия", "Образцова"),), lang="ru",
        font=default_font(), bold=default_font(bold=True),
    )
    octets = sheet.to_pdf(at=now())

For a form that was filled, a receipt, a record of what was agreed: not for layout.
"""

from idwallet.documents.sheet.sheet import Sheet

__all__ = ["Sheet"]
