"""Who may sign a list that another list points to (TS 119 612 section 5.3.13)."""

from datetime import UTC, datetime
from typing import Final

from idwallet.codec.text import show
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore, Validity
from idwallet.trust.certificate import Certificate
from idwallet.trust.lists.structures import ListPointer, jurisdiction

_ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)


def signers_of(pointer: ListPointer, *, until: datetime) -> TrustStore | None:
    """Return a store that believes the signers named for a list, and nobody else.

    Each certificate is believed itself, whoever issued it, until what names it may no
    longer be relied on. A CA's is none: it would let whoever it certifies sign. None
    where there is no certificate that could sign.
    """
    anchors = []
    for der in pointer.certificates:
        try:
            certificate = Certificate.from_der(der, at="pointer")
        except (MalformedError, UnsupportedError):
            continue
        if not certificate.is_ca:
            anchors.append(_anchor(certificate, pointer, until=until))
    return TrustStore(anchors) if anchors else None


def _anchor(
    certificate: Certificate, pointer: ListPointer, *, until: datetime
) -> TrustAnchor:
    return TrustAnchor(
        name=show(pointer.location),
        purposes=frozenset({Purpose.SIGN_TRUSTED_LISTS}),
        jurisdiction=jurisdiction(pointer.territory),
        certificate=certificate,
        validity=Validity(_ALWAYS, until),
    )
