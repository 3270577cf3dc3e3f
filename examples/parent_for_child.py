"""A parent proves a child's age at a till, until the child takes that back.

Run it: ``python examples/parent_for_child.py``. Keys are test keys, the child and the
parent are invented.
"""

from datetime import timedelta

from idwallet import (
    Holder,
    HolderKey,
    Query,
    SealKey,
    StoredKeySigner,
    TrustStore,
    VerificationFailed,
    now,
    verify_presentation,
)
from idwallet.adapters import MemoryKeyStore, MemoryStore
from idwallet.roles import Act, Compact, Delegated, guardian_right
from idwallet.testing import Scene
from idwallet.trust import EvidenceAtHand

at = now().replace(microsecond=0)
scene = Scene(at=at)  # an issuer, a shop, and a root that all of them believe
chain = scene.issuer_identity.chain
trust = TrustStore([scene.pki.anchor()], evidence=EvidenceAtHand(certificates=chain))


class Person:
    """Somebody with a wallet on a phone of their own."""

    def __init__(self) -> None:
        self.keys = MemoryKeyStore()
        self.key = StoredKeySigner(self.keys.create("ES256", None)).public_key
        parts = {"store": MemoryStore(), "keys": self.keys, "trust": scene.trust}
        self.wallet = Holder(seal=SealKey(bytes(32)), **parts)

    def receive(self, content: Compact) -> str:
        """Have a card issued, and add it; return its name in the wallet."""
        made = scene.issuer.issue(
            content,
            holder_key=HolderKey.unproven(self.key, reason="no network here"),
            valid_until=at + timedelta(hours=20),
            at=at,
        )
        return self.wallet.add(made, at=at).name


child, parent = Person(), Person()
child.receive(Compact("national-id", {"age_over_14": True, "family_name": "Пример"}))
parent.receive(guardian_right(child.key, acts=[Act.AGE]))
(card,), (right,) = child.wallet.credentials(), parent.wallet.credentials()

until, to = at + timedelta(hours=2), parent.wallet.guardian_key(right)
handed = child.wallet.delegate(card, to=to, acts=[Act.AGE], until=until, at=at)
message = handed.to_json()  # this travels from phone to phone
ward = parent.wallet.add_ward(Delegated.from_json(message), at=at)
print("The parent may show:", *ward.claims)

shop = scene.verifier
for told in (False, True):
    if told:
        shop = shop.without(child.wallet.take_back(handed.delegation, at=at))
        print("The child takes it back, and the shop is told.")
    asked_for = Query.claims("national-id", "age_over_14", formats=["idwallet-compact"])
    request = shop.request(asked_for, purpose="age-restricted sale", at=at)
    asked = parent.wallet.read_request(request.message.raw, at=at)
    choice = parent.wallet.match_ward(asked, ward, at=at).choose()
    code = parent.wallet.present_qr(asked, choice, at=at).codes[0].text
    try:
        verified = verify_presentation(code, request=request, trust=trust, at=at)
    except VerificationFailed as refused:
        print("No:", *(each.reason.value for each in refused.report.failed()))
    else:
        print("Yes, over 14:", verified.age_over(14))
        print("Acted for", verified.credentials[0].acted_for)
