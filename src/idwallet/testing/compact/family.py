"""A child's wallet, a parent's and a stranger's, and what each of them has."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from idwallet.adapters.store import MemoryStore
from idwallet.credentials.compact.guardian import Act
from idwallet.credentials.compact.issue import Compact, guardian_right
from idwallet.credentials.model import Credential
from idwallet.credentials.possession import HolderKey
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import MemoryKeyStore
from idwallet.roles.holder import Holder
from idwallet.roles.record import HeldCredential
from idwallet.roles.wards import Delegated, Ward
from idwallet.testing.compact.draft import twelve_claims
from idwallet.testing.scene import Scene
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import Policy

HOUR: Final = timedelta(hours=1)
CARD: Final = "national-id"


class Person:
    """Somebody with a wallet and a key of their own."""

    def __init__(self, scene: Scene, *, policy: Policy = WALLET) -> None:
        """Make an empty wallet."""
        self.scene = scene
        self.store, self.keys = MemoryStore(), MemoryKeyStore()
        self.seal, self.policy = SealKey(bytes(range(32))), policy
        self.key = self.new_key()
        self.wallet = self.opened(scene.trust)

    def opened(self, trust: TrustStore) -> Holder:
        """Open the wallet, by somebody who believes that."""
        return Holder(
            store=self.store,
            seal=self.seal,
            keys=self.keys,
            trust=trust,
            policy=self.policy,
        )

    def new_key(self) -> PublicKey:
        """Make another key in this person's key store."""
        stored = self.keys.create(Algorithm.ES256.jose, None)
        return StoredKeySigner(stored).public_key

    def given(self, content: Compact, *, life: timedelta = 12 * HOUR) -> HeldCredential:
        """Have a compact credential issued, and put it into the wallet."""
        return self.wallet.add(
            issued(content, self.key, scene=self.scene, life=life), at=self.scene.at
        )


def issued(
    content: Compact, key: PublicKey, *, scene: Scene, life: timedelta = 12 * HOUR
) -> Credential:
    """Issue a compact credential for that key."""
    return scene.issuer.issue(
        content,
        holder_key=HolderKey.unproven(key, reason="a test key made here"),
        valid_until=scene.at + life,
        at=scene.at,
    )


def right_over(child: PublicKey, acts: Iterable[str] = ("age", "hotel")) -> Compact:
    """Return the content of a right over the child with that key."""
    return guardian_right(child, acts=map(Act, acts))


class Family:
    """A child with a card, a parent with a card and a right, and a stranger.

    Of the child's card the age says that it is over 18, so that a till takes it: what
    is tested is who answers for whom.
    """

    def __init__(self, scene: Scene | None = None) -> None:
        """Give everybody what they have."""
        self.scene = scene or Scene()
        self.child = Person(self.scene)
        self.parent = Person(self.scene)
        self.stranger = Person(self.scene)
        self.card = self.child.given(Compact(CARD, twelve_claims()))
        self.right = self.parent.given(right_over(self.child.key), life=8 * HOUR)

    @property
    def at(self) -> datetime:
        """When everything was issued."""
        return self.scene.at

    def delegated(
        self,
        acts: Iterable[Act] = (Act.AGE,),
        *,
        to: PublicKey | None = None,
        life: timedelta = HOUR,
    ) -> Delegated:
        """Have the child's wallet delegate, by default to the parent."""
        return self.child.wallet.delegate(
            self.card,
            to=to or self.parent.wallet.guardian_key(self.right),
            acts=acts,
            until=self.at + life,
            at=self.at,
        )

    def ward(self, acts: Iterable[Act] = (Act.AGE,)) -> Ward:
        """Have the child delegate, and the parent's wallet take it."""
        return self.parent.wallet.add_ward(self.delegated(acts), at=self.at)

    def till_trust(self) -> TrustStore:
        """Return what a till believes: the issuer's certificate itself."""
        own = TrustAnchor.from_signer_certificate(
            self.scene.issuer_identity.chain[0],
            name="the issuer's own certificate",
            purposes=[Purpose.ISSUE_CREDENTIALS],
        )
        return TrustStore([own])
