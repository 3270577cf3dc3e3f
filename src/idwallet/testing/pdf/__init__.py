"""PDF files written part by part, signed, and forged, each forgery with its twin.

    from idwallet.testing.documents import DocumentScene
    from idwallet.testing.pdf.draft import pdf_draft

    made = pdf_draft(DocumentScene())
    made.to_bytes()                                  # signed, and valid

Every text and person in them is invented, and every key is a test key.
"""
