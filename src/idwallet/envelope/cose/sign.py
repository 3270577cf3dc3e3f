"""Making COSE_Sign1 and COSE_Mac0 (RFC 9052 §4.4, §6.3)."""

from idwallet.codec.cbor import CborValue
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import labels
from idwallet.envelope.cose.compose import (
    NO_HEADERS,
    TAGGED,
    Composition,
    CoseForm,
    CoseHeaders,
)
from idwallet.envelope.cose.mac import MacKey
from idwallet.envelope.cose.structures import mac_input, signing_input


class Sign1Signer:
    """Signs any number of payloads under the same headers, written once.

    Thread-safe when `signer` is.
    """

    __slots__ = ("_composition", "_signer")

    def __init__(
        self,
        signer: Signer,
        *,
        headers: CoseHeaders = NO_HEADERS,
        form: CoseForm = TAGGED,
    ) -> None:
        """Write the headers, as `sign_sign1` says.

        Raises:
            UsageError: see `sign_sign1`.
        """
        self._signer = signer
        self._composition = Composition(
            headers,
            algorithm=form.naming.number(signer.algorithm),
            own=labels.SIGN1_TAG,
            form=form,
        )

    def sign(self, payload: bytes, *, external_aad: bytes = b"") -> bytes:
        """Return the encoded COSE_Sign1 of the payload.

        Raises:
            SignerError: the key could not sign.
        """
        return self._composition.written(
            payload, self._signature(payload, external_aad)
        )

    def sign_value(self, payload: bytes, *, external_aad: bytes = b"") -> CborValue:
        """Return the COSE_Sign1 as a value, to stand in a larger structure.

        Raises:
            SignerError: the key could not sign.
        """
        return self._composition.value(payload, self._signature(payload, external_aad))

    def _signature(self, payload: bytes, external_aad: bytes) -> bytes:
        covered = signing_input(
            self._composition.protected, external_aad=external_aad, payload=payload
        )
        return self._signer.sign(covered)


def sign_sign1(
    payload: bytes,
    *,
    signer: Signer,
    headers: CoseHeaders = NO_HEADERS,
    form: CoseForm = TAGGED,
    external_aad: bytes = b"",
) -> bytes:
    """Sign the payload and return the encoded COSE_Sign1.

    `alg` comes from the signer; `headers` hold all else.

    Raises:
        UsageError: the headers are ones that a strict reader refuses, or name what is
            set here.
        SignerError: the key could not sign.
    """
    by = Sign1Signer(signer, headers=headers, form=form)
    return by.sign(payload, external_aad=external_aad)


def mac_mac0(
    payload: bytes,
    *,
    key: MacKey,
    headers: CoseHeaders = NO_HEADERS,
    form: CoseForm = TAGGED,
    external_aad: bytes = b"",
) -> bytes:
    """Return the encoded COSE_Mac0 of the payload, by HMAC 256/256.

    Raises:
        UsageError: see `sign_sign1`.
    """
    made, tag = _mac(payload, key=key, headers=headers, form=form, aad=external_aad)
    return made.written(payload, tag)


def mac0_value(
    payload: bytes,
    *,
    key: MacKey,
    headers: CoseHeaders = NO_HEADERS,
    form: CoseForm = TAGGED,
    external_aad: bytes = b"",
) -> CborValue:
    """Return what `mac_mac0` makes as a value, to stand in a larger structure.

    Raises:
        UsageError: see `sign_sign1`.
    """
    made, tag = _mac(payload, key=key, headers=headers, form=form, aad=external_aad)
    return made.value(payload, tag)


def _mac(
    payload: bytes, *, key: MacKey, headers: CoseHeaders, form: CoseForm, aad: bytes
) -> tuple[Composition, bytes]:
    made = Composition(
        headers, algorithm=labels.HMAC_256_256, own=labels.MAC0_TAG, form=form
    )
    covered = mac_input(made.protected, external_aad=aad, payload=payload)
    return made, key.tag(covered)
