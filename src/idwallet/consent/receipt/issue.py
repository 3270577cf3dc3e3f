"""Signing a receipt."""

from collections.abc import Sequence

from idwallet import limits
from idwallet.codec.json import JsonObject, write_json
from idwallet.consent.receipt.structures import TYP, Receipt, read_receipt
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import sign_compact, x5c_parameter
from idwallet.errors import MalformedError, UsageError


def sign_receipt(
    receipt: Receipt,
    *,
    signer: Signer,
    certificates: Sequence[bytes] = (),
    kid: str | None = None,
) -> str:
    """Sign a receipt with the key that signed the request, as a compact JWT.

    `certificates` are DER, leaf first, as the request had them; where wallets pinned
    the key there are none, and `kid` says which where they pinned several.

    Raises:
        UsageError: it would be longer than `limits.RECEIPT_BYTES`.
        SignerError: the key could not sign.
    """
    header: JsonObject = {"typ": TYP}
    if certificates:
        header["x5c"] = x5c_parameter(list(certificates))
    elif kid is not None:
        header["kid"] = kid
    token = sign_compact(write_json(receipt.to_claims()), header=header, signer=signer)
    if len(token) > limits.RECEIPT_BYTES:
        raise UsageError("no wallet takes a receipt that long")
    try:
        read_receipt(token)
    except MalformedError as error:
        raise UsageError(f"no wallet takes this receipt: {error}") from error
    return token
