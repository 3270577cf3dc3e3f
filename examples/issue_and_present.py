"""Issue a credential to a proven key, keep it, and show one claim of it.

Run it: ``python examples/issue_and_present.py``. Keys and certificates are test keys,
the person is invented.
"""

import secrets
import tempfile
from datetime import timedelta
from pathlib import Path

from idwallet import (
    Holder,
    Issuer,
    MemoryReplay,
    Query,
    RelyingParty,
    SdJwtVc,
    SealKey,
    SoftwareKeyStore,
    SqlStore,
    StoredKeySigner,
    Verifier,
    make_proof,
    now,
    policies,
    prove_possession,
    verify_presentation,
)
from idwallet.testing import TestPki

ISSUER = "https://school.example"
pki = TestPki(at=now())
school, museum = pki.issuer(ISSUER), pki.reader("museum.example")
trust = pki.store()

with tempfile.TemporaryDirectory() as place:
    folder = Path(place)
    seal = SealKey.generate(secrets.token_bytes)
    keys = SoftwareKeyStore(folder / "keys", seal)
    store = SqlStore(f"sqlite:///{folder}/wallet.db")
    wallet = Holder(store=store, seal=seal, keys=keys, trust=trust)

    nonce = secrets.token_urlsafe(16)
    signer = StoredKeySigner(keys.create("ES256", None))
    proof = make_proof(signer, audience=ISSUER, nonce=nonce, at=now())

    issuer = Issuer(signer=school.signer, certificates=school.chain)
    credential = issuer.issue(
        SdJwtVc(
            vct="urn:example:student:1",
            claims={"name": "Анна Образцова", "faculty": "History"},
        ),
        holder_key=prove_possession(proof, audience=ISSUER, nonce=nonce, at=now()),
        valid_until=now() + timedelta(days=90),
        at=now(),
    )
    wallet.add(credential, at=now())

    identity = RelyingParty(
        signer=museum.signer,
        certificates=museum.chain,
        answer_to="https://museum.example/answer",
    )
    desk = Verifier(identity=identity, policy=policies.RETAIL, replay=MemoryReplay())
    query = Query.claims("urn:example:student:1", "faculty")
    request = desk.request(query, purpose="a student ticket", at=now())

    asked = wallet.read_request(request.message.to_json(), at=now())
    response = wallet.present(asked, wallet.match(asked, at=now()).choose(), at=now())

    verified = verify_presentation(
        response.body, request=request, trust=trust, at=now()
    )
    print("the museum learns the faculty:", verified.claim("faculty", str))
    print("it learns the name:", "name" in verified.credentials[0].claims)
