"""Believe an issuer without certificates: its key is pinned under its name.

Run it: ``python examples/pinned_issuer.py``. Keys are test keys, the person is
invented.
"""

from datetime import timedelta

from idwallet import (
    Algorithm,
    CheckId,
    Holder,
    HolderKey,
    Issuer,
    Purpose,
    Query,
    SdJwtVc,
    SealKey,
    SoftwareSigner,
    TrustAnchor,
    TrustStore,
    VerificationFailed,
    now,
    verify_presentation,
)
from idwallet.adapters import MemoryStore
from idwallet.testing import Scene

NAME = "https://chess.example"
scene = Scene(at=now())  # a verifier, and a wallet's key
club = SoftwareSigner.generate(Algorithm.ES256)


def pin(signer: SoftwareSigner) -> TrustAnchor:
    """Pin the signer's key as the chess club's."""
    return TrustAnchor.from_jwks(
        {"keys": [{**signer.public_key.to_jwk(), "kid": "2026-1"}]},
        name="Chess club",
        purposes=[Purpose.ISSUE_CREDENTIALS],
        issuer_names=[NAME],
    )


credential = Issuer(signer=club, kid="2026-1").issue(
    SdJwtVc(
        vct="urn:example:member:1", claims={"member_since": 2019}, issuer_name=NAME
    ),
    holder_key=HolderKey.unproven(scene.holder_signer.public_key, reason="a test key"),
    valid_until=now() + timedelta(days=30),
    at=now(),
)
readers = scene.pki.anchor(purposes=[Purpose.READ_CREDENTIALS])
wallet = Holder(
    store=MemoryStore(),
    seal=SealKey(bytes(range(32))),
    keys=scene.keys,
    trust=TrustStore([pin(club), readers]),
)
wallet.add(credential, at=now())

query = Query.claims("urn:example:member:1", "member_since")
for signer in (club, SoftwareSigner.generate(Algorithm.ES256)):
    trust = TrustStore([pin(signer)])
    request = scene.verifier.request(query, purpose="a discount", at=now())
    asked = wallet.read_request(request.message.to_uri(), at=now())
    body = wallet.present(asked, wallet.match(asked, at=now()).choose(), at=now()).body
    try:
        seen = verify_presentation(body, request=request, trust=trust, at=now())
        found = [e for e in seen.report.checks if e.id is CheckId.ISSUER_TRUST]
        since, why = seen.claim("member_since", int), found[0].reason
        print(f"its own key is pinned: believed ({why}), member since {since}")
    except VerificationFailed as error:
        print("another key is pinned:", error)
