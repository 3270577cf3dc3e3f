"""What a service demands of wallets, and for how long what it hands out lives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.crypto.algorithms import Algorithm
from idwallet.errors import UsageError
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import Policy, StatusRule

_LONGEST_BEARER: Final = timedelta(minutes=5)  # OpenID4VCI 1.0 section 13.9


class TokenRule(StrEnum):
    """Whether an access token has to be bound to a key of the wallet."""

    BOUND = "bound"
    BEARER_ACCEPTED = "bearer_accepted"


class AttestationRule(StrEnum):
    """Whether a wallet has to show by an attestation what it is.

    `REQUIRED_SAME_KEY` wants its tokens bound to the very key that is attested, so that
    one proof cannot be another wallet's.
    """

    NOT_ASKED = "not_asked"
    REQUIRED = "required"
    REQUIRED_SAME_KEY = "required_same_key"


@dataclass(frozen=True, slots=True)
class Client:
    """A wallet that may come with a browser: where the browser may go back to.

    Compared character by character (RFC 9700 section 2.1). `providers` are the names
    (``iss``) of who may attest it, empty for everybody who is believed about wallets.
    """

    redirect_uris: frozenset[str]
    providers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceRules:
    """The rules of a service. Left out, each is at its strictest.

    `policy` bounds the algorithms of wallets' proofs and the clocks. `attempts` is how
    often a transaction code may be mistyped before its offer is over. `attestation` is
    demanded where wallets are let in; `attestation_status` says whether attestations,
    of wallets and keys, must be known not to be taken back. `unbound` names what may be
    issued to no key: whoever has a copy of such a credential can show it. With a
    `metadata_lifetime` the metadata are signed for who asks for that, and hold so long.
    """

    clients: Mapping[str, Client] = field(default_factory=dict)
    tokens: TokenRule = TokenRule.BOUND
    attestation: AttestationRule = AttestationRule.NOT_ASKED
    attestation_status: StatusRule = StatusRule.IF_PRESENT
    unbound: frozenset[str] = frozenset()
    metadata_lifetime: timedelta | None = None
    attempts: int = 5
    offer_lifetime: timedelta = timedelta(minutes=10)
    code_lifetime: timedelta = timedelta(minutes=1)
    token_lifetime: timedelta = timedelta(minutes=5)
    nonce_lifetime: timedelta = timedelta(minutes=5)
    refresh_lifetime: timedelta | None = None
    deferred_lifetime: timedelta = timedelta(days=30)
    policy: Policy = WALLET

    def __post_init__(self) -> None:
        """Refuse what is no rule.

        Raises:
            UsageError: a lifetime or a number that is not positive, more attempts than
                `limits.TRANSACTION_CODE_ATTEMPTS`, a bearer token of more than five
                minutes, or a rule that is no member of its enum.
        """
        if type(self.tokens) is not TokenRule:
            raise UsageError("tokens is a TokenRule, as TokenRule(text)")
        if type(self.attestation) is not AttestationRule:
            raise UsageError("attestation is an AttestationRule")
        if type(self.attestation_status) is not StatusRule:
            raise UsageError("attestation_status is a StatusRule")
        if not 0 < self.attempts <= limits.TRANSACTION_CODE_ATTEMPTS:
            raise UsageError("attempts pass limits.TRANSACTION_CODE_ATTEMPTS")
        lives = (
            self.offer_lifetime,
            self.code_lifetime,
            self.token_lifetime,
            self.nonce_lifetime,
            self.deferred_lifetime,
            self.refresh_lifetime or timedelta(1),
            self.metadata_lifetime or timedelta(1),
        )
        if min(lives) <= timedelta():
            raise UsageError("a lifetime is a positive time")
        bearer = self.tokens is TokenRule.BEARER_ACCEPTED
        if bearer and self.token_lifetime > _LONGEST_BEARER:
            raise UsageError("a token that serves anybody lives five minutes at most")

    @property
    def algorithms(self) -> frozenset[Algorithm]:
        """The algorithms of wallets' proofs that are taken."""
        return self.policy.algorithms
