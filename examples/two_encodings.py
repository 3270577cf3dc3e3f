"""Issue one person's identity card in two encodings, and verify either by one call.

Run it: ``python examples/two_encodings.py``. Keys and certificates are test keys, the
person is invented.
"""

import secrets
from datetime import date, timedelta

from idwallet import (
    Holder,
    Issuer,
    MemoryReplay,
    Query,
    RelyingParty,
    SdJwtVc,
    SealKey,
    StoredKeySigner,
    Verifier,
    make_proof,
    now,
    policies,
    prove_possession,
    verify_presentation,
)
from idwallet.adapters import MemoryKeyStore, MemoryStore
from idwallet.roles import Mdoc
from idwallet.testing import TestPki

ISSUER = "https://id.example"
PID = "eu.europa.ec.eudi.pid.1"
pki = TestPki(at=now())
authority, hotel = pki.issuer(ISSUER), pki.reader("hotel.example")
trust = pki.store()

CARD = SdJwtVc(
    vct="urn:eudi:pid:1",
    claims={"family_name": "Образцова", "birthdate": "1990-05-17"},
)
DOCUMENT = Mdoc(
    PID, {PID: {"family_name": "Образцова", "birth_date": date(1990, 5, 17)}}
)

issuer = Issuer(signer=authority.signer, certificates=authority.chain)
identity = RelyingParty(
    signer=hotel.signer,
    certificates=hotel.chain,
    answer_to="https://hotel.example/answer",
)
desk = Verifier(identity=identity, policy=policies.RETAIL, replay=MemoryReplay())

for content in (CARD, DOCUMENT):
    keys = MemoryKeyStore()
    seal = SealKey.generate(secrets.token_bytes)
    wallet = Holder(store=MemoryStore(), seal=seal, keys=keys, trust=trust)

    nonce = secrets.token_urlsafe(16)
    signer = StoredKeySigner(keys.create("ES256", None))
    proof = make_proof(signer, audience=ISSUER, nonce=nonce, at=now())
    credential = issuer.issue(
        content,
        holder_key=prove_possession(proof, audience=ISSUER, nonce=nonce, at=now()),
        valid_until=now() + timedelta(days=90),
        at=now(),
    )
    wallet.add(credential, at=now())

    # One query for both: whichever the wallet holds will do.
    query = Query.claims("national-id", "family_name", "birth_date")
    request = desk.request(query, purpose="check-in", at=now())
    asked = wallet.read_request(request.message.to_json(), at=now())
    response = wallet.present(asked, wallet.match(asked, at=now()).choose(), at=now())

    verified = verify_presentation(
        response.body, request=request, trust=trust, at=now()
    )
    print(verified.credentials[0].format.value)
    print("  born:", verified.claim_named("birth_date", str))
    print("  of age:", verified.age_over(18))
