"""Fields reserved for the signers of a document, before the first of them signs."""

from collections.abc import Sequence

from idwallet.documents.pades.profile import SignatureField


def reserve_fields(document: bytes, fields: Sequence[SignatureField]) -> bytes:
    """Return a PDF file with an empty field for each signer, in an update of its own.

    Reserve them all before the first signature: what is added under a signature is a
    change to what was signed. Each signer then names the field (`PAdES(field=...)`),
    and the fields may be signed in any order that their locks allow.

    Raises:
        UsageError: there are signatures already, or no fields are given; a name is
            taken, or a box is not on its page.
        UnsupportedError: an encrypted or hybrid file, or a form of XFA.
        MalformedError, LimitError: the file is broken where it is read.
    """
    from idwallet.documents.pades.signing.reserve import reserved

    return document + reserved(document, fields)
