"""What is wrong with each forged document, and what a reader has to say of it."""

from dataclasses import dataclass
from typing import Final

from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.mdoc.changes import after_issuing, setting
from idwallet.testing.mdoc.draft import (
    MdocDraft,
    MdocScene,
    mdoc_draft,
)
from idwallet.testing.mdoc.issued import (
    DIGESTS,
    FORMATS,
    PROFILES,
    UNSUPPORTED,
    VALIDITIES,
    flipped,
    issued_in,
    resigned,
    strangers_key,
    without_chain,
)
from idwallet.testing.mdoc.shown import BINDINGS

_C, _R = CheckId, Reason


@dataclass(frozen=True, slots=True)
class MdocForgery(Forged[MdocDraft]):
    """A showing of a document that nobody may accept; see `Forged`."""

    def twins(self, scene: MdocScene) -> tuple[MdocDraft, MdocDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(lambda: mdoc_draft(scene))


_SINGLE: Final = (
    MdocForgery(
        "shown as another type",
        _C.CREDENTIAL_TYPE,
        _R.MISMATCH,
        setting(on_document=lambda held: held.update(docType="org.example.other")),
    ),
    MdocForgery(
        "issued in another country than its signer's",
        _C.ISSUER_TRUST,
        _R.COUNTRY_MISMATCH,
        issued_in("YY"),
    ),
    MdocForgery(
        "signed by another key", _C.ISSUER_SIGNATURE, _R.INVALID, strangers_key
    ),
    MdocForgery(
        "a signature with a bit flipped",
        _C.ISSUER_SIGNATURE,
        _R.INVALID,
        after_issuing(flipped),
    ),
    MdocForgery(
        "a longer life under the same signature",
        _C.ISSUER_SIGNATURE,
        _R.INVALID,
        resigned,
    ),
    MdocForgery("no certificate", _C.ISSUER_TRUST, _R.NO_KEY_MATERIAL, without_chain),
)


def _all() -> tuple[MdocForgery, ...]:
    made: list[MdocForgery] = []
    for name, forge in FORMATS:
        made.append(MdocForgery(name, _C.CREDENTIAL_FORMAT, _R.MALFORMED, forge))
    for name, forge in UNSUPPORTED:
        made.append(MdocForgery(name, _C.CREDENTIAL_FORMAT, _R.UNSUPPORTED, forge))
    for name, reason, forge in DIGESTS:
        made.append(MdocForgery(name, _C.CREDENTIAL_DISCLOSURES, reason, forge))
    for name, forge in PROFILES:
        made.append(MdocForgery(name, _C.ISSUER_TRUST, _R.CERTIFICATE_PROFILE, forge))
    for name, reason, forge in VALIDITIES:
        made.append(MdocForgery(name, _C.CREDENTIAL_VALIDITY, reason, forge))
    for name, reason, forge, prepare in BINDINGS:
        made.append(MdocForgery(name, _C.HOLDER_BINDING, reason, forge, prepare))
    return (*made, *_SINGLE)


MDOC_FORGERIES: Final = _all()
"""Every forged document, by the check that it is about."""
