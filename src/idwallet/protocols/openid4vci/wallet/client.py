"""What a wallet is to an issuer: its identifier, its addresses, and its key."""

import secrets
from dataclasses import dataclass, field

from idwallet.crypto.signer import Signer
from idwallet.ports import Random
from idwallet.protocols.oauth.client_attestation import WalletAttestation


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletClient:
    """A wallet as an OAuth client.

    `client_id` is the same for every installation, else it would name the person
    (OpenID4VCI 1.0 section 15.4.4). `redirect_uri` is where the browser comes back,
    without a query. `dpop` signs the proofs that bind tokens to this wallet; make a new
    key for each issuer. `attestation` is shown to servers that authenticate wallets by
    one, and to no others. Requests and answers are encrypted wherever it is offered.
    """

    client_id: str
    redirect_uri: str
    dpop: Signer = field(repr=False)
    attestation: WalletAttestation | None = None
    random: Random = field(default=secrets.token_bytes, repr=False)
