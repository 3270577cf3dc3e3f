"""What a wallet is to an issuer: its identifier, its addresses, and its key."""

import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from idwallet.crypto.signer import Signer
from idwallet.ports import Random
from idwallet.protocols.oauth.client_attestation import WalletAttestation
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import Policy


class SignedMetadataRule(StrEnum):
    """Whether an issuer's metadata have to be signed by somebody believed."""

    IF_BELIEVED = "if_believed"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletClient:
    """A wallet as an OAuth client.

    `client_id` is the same for every installation, else it would name the person
    (OpenID4VCI 1.0 section 15.4.4). `redirect_uri` is where the browser comes back,
    without a query. `dpop` signs the proofs that bind tokens to this wallet; make a new
    key for each issuer. `attestation` is shown to servers that authenticate wallets by
    one, and to no others. Requests and answers are encrypted wherever it is offered.
    With `trust` metadata are asked for signed, and judged at the moment by `policy`:
    what nobody believed signed is not read, and asked for plain, unless
    `signed_metadata` demands it.
    """

    client_id: str
    redirect_uri: str
    dpop: Signer = field(repr=False)
    attestation: WalletAttestation | None = None
    trust: TrustStore | None = field(default=None, repr=False)
    policy: Policy = WALLET
    signed_metadata: SignedMetadataRule = SignedMetadataRule.IF_BELIEVED
    random: Random = field(default=secrets.token_bytes, repr=False)
