"""A whole test world: an issuer, a holder and a verifier who know each other."""

from datetime import datetime, timedelta
from typing import Final

from idwallet.adapters.store import MemoryStore
from idwallet.codec.json import JsonValue
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.model import Credential
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.credentials.sdjwt.metadata import NO_TYPES, TypeMetadataSet
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import MemoryKeyStore
from idwallet.roles.holder import Holder
from idwallet.roles.issuer import Issuer
from idwallet.roles.verifier import PresentationRequest, RelyingParty, Verifier
from idwallet.testing.pki import MOMENT, TestPki
from idwallet.trust import policies
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Policy
from idwallet.trust.replay import MemoryReplay

PID: Final = "urn:eudi:pid:1"
ANSWER_TO: Final = "https://shop.example/answer"
LIFE: Final = timedelta(days=30)


def test_claims() -> dict[str, JsonValue]:
    """Return the claims of an invented person; nobody of that name is meant."""
    return {
        "family_name": "Образцова",
        "given_name": "Анна",
        "birthdate": "1990-05-17",
        "nationalities": ["XX", "YY"],
        "age_equal_or_over": {"18": True, "21": True, "65": False},
        "address": {
            "street_address": "1 Example Street",
            "locality": "Exampleton",
            "country": "XX",
        },
    }


class Scene:
    """An issuer, a wallet that holds one credential, and a verifier who asks.

    Everything is made from test keys at `at`. `trust` believes the one test root.
    The parts are public: take what a test needs.
    """

    __test__ = False

    def __init__(
        self,
        *,
        at: datetime = MOMENT,
        seed: bytes | None = None,
        policy: Policy = policies.RETAIL,
        types: TypeMetadataSet = NO_TYPES,
    ) -> None:
        """Make everybody."""
        self.at = at
        self.pki = TestPki(at=at, seed=seed)
        self.trust: TrustStore = self.pki.store()
        self.issuer_identity = self.pki.issuer()
        self.reader_identity = self.pki.reader("shop.example")
        self.keys = MemoryKeyStore()
        self.holder_signer = self.new_holder_signer()
        self.issuer = Issuer(
            signer=self.issuer_identity.signer,
            certificates=self.issuer_identity.chain,
            types=types,
        )
        self.verifier = self.new_verifier(policy=policy, types=types)

    def new_holder_signer(self) -> StoredKeySigner:
        """Make another key in the holder's key store."""
        return StoredKeySigner(self.keys.create(Algorithm.ES256.jose, None))

    def new_verifier(
        self, *, policy: Policy = policies.RETAIL, types: TypeMetadataSet = NO_TYPES
    ) -> Verifier:
        """Make a verifier of the same relying party with a replay guard of its own."""
        return Verifier(
            identity=RelyingParty(
                signer=self.reader_identity.signer,
                certificates=self.reader_identity.chain,
                answer_to=ANSWER_TO,
            ),
            policy=policy,
            replay=MemoryReplay(),
            types=types,
        )

    def new_wallet(self) -> Holder:
        """Make an empty wallet over the holder's key store."""
        return Holder(
            store=MemoryStore(),
            seal=SealKey(bytes(range(32))),
            keys=self.keys,
            trust=self.trust,
        )

    def content(self) -> SdJwtVc:
        """Return the content of the invented person's national ID."""
        return SdJwtVc(vct=PID, claims=test_claims())

    def issue(self, content: "SdJwtVc | Mdoc | None" = None) -> Credential:
        """Issue a credential bound to the holder's key."""
        return self.issuer.issue(
            content or self.content(),
            holder_key=HolderKey.unproven(
                self.holder_signer.public_key, reason="a test key made here"
            ),
            valid_until=self.at + LIFE,
            at=self.at,
        )

    def request(self, query: Query | None = None) -> PresentationRequest:
        """Ask, by default, for the name and whether the person is 18."""
        asked = query or Query.from_dcql(
            {
                "credentials": [
                    {
                        "id": "pid",
                        "format": "dc+sd-jwt",
                        "meta": {"vct_values": [PID]},
                        "claims": [
                            {"path": ["family_name"]},
                            {"path": ["age_equal_or_over", "18"], "values": [True]},
                        ],
                    }
                ]
            }
        )
        return self.verifier.request(asked, purpose="a test", at=self.at)

    def answer(self, request: PresentationRequest, credential: Credential) -> str:
        """Answer a request honestly through a fresh wallet; the form body."""
        wallet = self.new_wallet()
        wallet.add(credential, at=self.at)
        asked = wallet.read_request(request.message.raw, at=self.at)
        choice = wallet.match(asked, at=self.at).choose()
        return wallet.present(asked, choice, at=self.at).body
