"""What the security store of a document holds (EN 319 142-1 5.4.2.2)."""

from idwallet import limits
from idwallet.codec.pdf import Ref, Value
from idwallet.documents.judging.material import Material
from idwallet.documents.pades.view import View
from idwallet.errors import LimitError


def material_of(view: View) -> Material:
    """Return the certificates, CRLs and OCSP responses of a revision's store.

    Nothing of it is believed for being there. What is said of one signature alone (VRI)
    is in it too, as EN 319 142-1 5.4.2.3 wants it.

    Raises:
        MalformedError: the store is none.
        LimitError: it holds more than `limits.PDF_EVIDENCE`.
    """
    store = view.dictionary(view.catalog.get("DSS"))
    return Material(
        _streams(view, store.get("Certs")),
        _streams(view, store.get("CRLs")),
        _streams(view, store.get("OCSPs")),
    )


def _streams(view: View, value: Value) -> tuple[bytes, ...]:
    listed = view.array(value)
    if len(listed) > limits.PDF_EVIDENCE:
        raise LimitError("too much evidence", at="document", clause="idwallet limits")
    refs = dict.fromkeys(each for each in listed if isinstance(each, Ref))
    return tuple(view.file.data(view.get(each)) for each in refs)
