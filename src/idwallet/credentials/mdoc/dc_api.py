"""Mobile documents over the Digital Credentials API (ISO/IEC TS 18013-7 Annex C).

A page hands the browser a DeviceRequest and an EncryptionInfo; the answer is a
DeviceResponse encrypted to the key in it. Both are bound to the page's origin.

    EncryptionInfo    = ["dcapi", {"nonce": bstr, "recipientPublicKey": COSE_Key}]
    EncryptedResponse = ["dcapi", {"enc": bstr, "cipherText": bstr}]
"""

from dataclasses import dataclass, field
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.cbor import CborValue, read_cbor, write_cbor
from idwallet.credentials.mdoc.members import CborMap, a_list, a_map, map_in, member
from idwallet.credentials.mdoc.transcript import IsoDcApiHandover
from idwallet.crypto.hpke import RecipientKey, encrypt_to
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.ports import Random

CLAUSE: Final = "ISO/IEC TS 18013-7 §C"
PROTOCOL: Final = "org-iso-mdoc"
"""The name of the exchange in the Digital Credentials API (C.5)."""

_NAME: Final = "dcapi"
_NONCE_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class EncryptionInfo:
    """To which key an answer is encrypted; `text` is base64url, as it was received."""

    nonce: bytes = field(repr=False)
    recipient: PublicKey
    text: str = field(repr=False)

    def handover(self, origin: str) -> IsoDcApiHandover:
        """Return the conversation with the page of that origin."""
        return IsoDcApiHandover(self.text, origin)


def encryption_info(recipient: PublicKey, *, random: Random) -> EncryptionInfo:
    """Return an EncryptionInfo for one request, with a nonce of its own.

    Raises:
        UsageError: the key is not on P-256.
    """
    if recipient.kind.name != "P-256":
        raise UsageError("an answer is encrypted to a key on P-256 (C.4)")
    nonce = random(limits.NONCE_BYTES)
    key: CborMap = {}
    for label, value in recipient.to_cose().items():
        key[label] = value
    parameters: CborMap = {"nonce": nonce, "recipientPublicKey": key}
    text = b64.encode(write_cbor([_NAME, parameters]))
    return EncryptionInfo(nonce, recipient, text)


def read_encryption_info(text: str, *, at: str) -> EncryptionInfo:
    """Read an EncryptionInfo; nothing of it is believed.

    Raises:
        MalformedError: it breaks Annex C.
        UnsupportedError: its key is of a kind not known here.
        LimitError: it is too long.
    """
    held = _named(b64.decode(text, at=at, clause=CLAUSE), at=at)
    nonce = member(held, "nonce", kind=bytes, at=at, clause=CLAUSE)
    if len(nonce) < _NONCE_BYTES:
        raise MalformedError("too short a nonce", at=f"{at}/nonce", clause=CLAUSE)
    at_key = f"{at}/recipientPublicKey"
    key = map_in(held, "recipientPublicKey", at=at, clause=CLAUSE)
    recipient = PublicKey.from_cose(key, at=at_key)
    if recipient.kind.name != "P-256":
        raise MalformedError("a key that is not on P-256", at=at_key, clause=CLAUSE)
    return EncryptionInfo(nonce, recipient, text)


def encrypt_response(response: bytes, *, info: EncryptionInfo, origin: str) -> bytes:
    """Return a DeviceResponse encrypted to whoever asked, for that origin alone."""
    transcript = info.handover(origin).transcript()
    enc, ciphertext = encrypt_to(info.recipient, response, info=transcript)
    return write_cbor([_NAME, {"enc": enc, "cipherText": ciphertext}])


def decrypt_response(
    data: bytes, *, key: RecipientKey, handover: IsoDcApiHandover
) -> bytes:
    """Return the DeviceResponse that was encrypted to `key` in this conversation.

    Raises:
        MalformedError: it breaks Annex C, was changed, or is for another key, origin
            or EncryptionInfo.
        LimitError: it is too long.
    """
    if len(data) > limits.RESPONSE_BYTES:
        raise LimitError("too long", at="response", clause="idwallet limits")
    held = _named(data, at="response")
    enc, ciphertext = (
        member(held, name, kind=bytes, at="response", clause=CLAUSE)
        for name in ("enc", "cipherText")
    )
    return key.decrypt(enc, ciphertext, info=handover.transcript())


def _named(data: bytes, *, at: str) -> CborMap:
    """Return the one map behind the name of the exchange."""
    listed = a_list(read_cbor(data, at=at, clause=CLAUSE), at=at, clause=CLAUSE)
    name: CborValue = listed[0] if listed else None
    if len(listed) != 2 or name != _NAME:
        raise MalformedError("not of this exchange", at=at, clause=CLAUSE)
    return a_map(listed[1], at=at, clause=CLAUSE)
