"""Answers to readers of mobile documents: what a device signs, or proves by a MAC."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from idwallet.codec.cbor import CborValue
from idwallet.credentials.mdoc.present import (
    DeviceElements,
    authenticated_document,
    device_response,
    signed_document,
)
from idwallet.credentials.mdoc.transcript import Handover
from idwallet.crypto.agreement import StoredKeyAgreement
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.errors import UsageError
from idwallet.ports import StoredKey
from idwallet.roles.held.format import Chosen
from idwallet.roles.held.mdoc import MdocChosen

Given = tuple[StoredKey, Chosen, DeviceElements]
"""A document to give: its key, what of it is chosen, and what the device says."""


@dataclass(frozen=True, slots=True)
class DeviceProof:
    """For which conversation a device proves itself, and to whom.

    With `reader`, the reader's key of the session, it does by a MAC (9.1.3.5), else by
    a signature (9.1.3.6).
    """

    handover: Handover
    reader: PublicKey | None = field(default=None, repr=False)

    def document(self, given: Given) -> CborValue:
        """Return one document with the device's proof.

        Raises:
            UsageError: it is no mobile document, or the device may not say that.
            UnsupportedError: a MAC is wanted, and the key only signs.
            SignerError: the device could not.
        """
        stored, chosen, said = given
        if not isinstance(chosen, MdocChosen):
            raise UsageError("a reader of documents takes mobile documents alone")
        showing = chosen.showing(said=said)
        if self.reader is None:
            signer = StoredKeySigner(stored)
            return signed_document(showing, signer=signer, handover=self.handover)
        return authenticated_document(
            showing,
            key=StoredKeyAgreement(stored),
            reader=self.reader,
            handover=self.handover,
        )


def answer_reader(given: Iterable[Given], *, proof: DeviceProof) -> bytes:
    """Return a DeviceResponse of these documents (8.3.2.1.2.2)."""
    return device_response(map(proof.document, given))
