"""Device authentication: that the device of the document was there (9.1.3)."""

from typing import Final

from idwallet.credentials.mdoc.transcript import mac_salt
from idwallet.crypto.agreement import Agreement, derive
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.cose import MacKey

_INFO: Final = b"EMacKey"


def mac_key(own: Agreement, peer: PublicKey, *, transcript: bytes) -> MacKey:
    """Return EMacKey (9.1.3.5): device and reader come to the same one.

    The device agrees by its own key with the reader's ephemeral one, the reader the
    other way round.

    Raises:
        UsageError, UnsupportedError: the two keys do not agree.
        SignerError: the device could not.
    """
    salt = mac_salt(transcript)
    return MacKey(derive(own.agree(peer), salt=salt, info=_INFO))
