"""A wallet that is issued credentials online: what `Holder` does with offers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from idwallet.crypto.seal import SealKey

if TYPE_CHECKING:  # whoever takes nothing up need not load the protocol
    from idwallet.consent.linking import LinkKind
    from idwallet.credentials.model import Credential
    from idwallet.ports import KeyStore
    from idwallet.protocols.openid4vci.offer import CredentialOffer
    from idwallet.protocols.openid4vci.wallet import WalletClient
    from idwallet.roles.batches import Batches
    from idwallet.roles.cabinet import Cabinet
    from idwallet.roles.receiving.taking import Receiving
    from idwallet.roles.record import HeldCredential
    from idwallet.trust.anchors import TrustStore
    from idwallet.trust.policy import Policy


class Receives:
    """What a wallet does with offers; `Holder` is one and has the rest."""

    __slots__ = ()

    _batches: Batches
    _cabinet: Cabinet
    _keys: KeyStore
    _policy: Policy
    _trust: TrustStore

    @abstractmethod
    def _verified(self, credential: Credential, *, at: datetime) -> HeldCredential: ...

    @abstractmethod
    def _keep(self, held: HeldCredential) -> HeldCredential: ...

    @abstractmethod
    def delete(self, name: str) -> None:
        """Remove a credential; `Holder.delete`."""

    def take_offer(
        self,
        offer: str | bytes | CredentialOffer,
        client: WalletClient,
        *,
        at: datetime,
        copies: int | None = None,
        accept: frozenset[LinkKind] = frozenset(),
    ) -> Receiving:
        """Begin to take up an offer: a link, a scanned QR code, JSON, or one of yours.

        Keys are made in the wallet's key store and proven by themselves; what comes is
        verified as `add` does, and held against these keys. `copies` is how many of
        each credential at most, by default as many as the issuer gives at once;
        `accept` as for `add_batch`.

        Raises:
            MalformedError: it is no offer.
            LimitError: it is longer than `limits.OFFER_BYTES`.
            UsageError: `at` has no zone, or fewer than one copy.
        """
        from idwallet.protocols.openid4vci.wallet import start_issuance
        from idwallet.roles.receiving.arrived import Terms
        from idwallet.roles.receiving.taking import begin

        client = self._believing(client)
        profile = client.policy.profile.issuance
        terms = Terms(self, copies=copies, accept=accept, profile=profile)
        return begin(start_issuance(offer, client, at=at), terms, at=at)

    def resume(  # noqa: PLR0913 - what was saved, and as for `take_offer`
        self,
        saved: bytes,
        client: WalletClient,
        *,
        key: SealKey,
        at: datetime,
        copies: int | None = None,
        accept: frozenset[LinkKind] = frozenset(),
        replaces: Sequence[HeldCredential] = (),
    ) -> Receiving:
        """Go on with what `Receiving.save` or `Receiving.renewal` sealed.

        With `replaces` what comes takes the place of the cards of its type and issuer,
        once it is stored.

        Raises:
            WrongKey: it was sealed with another key.
            MalformedError: it is no such thing, or of an unknown version.
            UsageError: `at` has no zone.
        """
        from idwallet.protocols.openid4vci.wallet import restore_issuance
        from idwallet.roles.receiving.arrived import Terms
        from idwallet.roles.receiving.taking import begin

        client = self._believing(client)
        terms = Terms(
            self,
            copies=copies,
            accept=accept,
            replaces=tuple(replaces),
            profile=client.policy.profile.issuance,
        )
        return begin(restore_issuance(saved, client, key=key, at=at), terms, at=at)

    def _believing(self, client: WalletClient) -> WalletClient:
        """Return the client with the wallet's trust, unless it has its own."""
        if client.trust is not None:
            return client
        return replace(client, trust=self._trust, policy=self._policy)
