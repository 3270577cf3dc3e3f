"""Issue, present and verify SD-JWT VC beside its peers and the raw signatures.

    python tests/bench/sd_jwt_vc.py [--rounds 9] [--holders 128] [--json]

The floor of issuing and presenting is one signature, of verifying two verifications
and the load of one holder key. There are more holder keys than any cache holds in
this library, which holds none for them. Run it on an otherwise idle machine.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.measure import Case, batch, interleave, table
from bench.peers import Node, Work, openvc, sd_jwt
from idwallet.codec import b64
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.credentials.required import Context, Expected
from idwallet.credentials.sdjwt.evaluate import evaluate
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.credentials.sdjwt.present import (
    bind_to_key,
    choose_disclosures,
    read_held,
    show_claims,
)
from idwallet.crypto.keys import PublicKey
from idwallet.protocols.openid4vp.response import write_response, write_response_json
from idwallet.roles.presentation import verify_presentation
from idwallet.roles.verifier import PresentationRequest, Verifier
from idwallet.testing.scene import Scene
from idwallet.trust import policies
from idwallet.trust.replay import MemoryReplay

SHOWN = ("family_name", "given_name", "birthdate")
CLAIMS: dict[str, object] = {
    "family_name": "Образцова",
    "given_name": "Анна",
    "birthdate": "1990-05-17",
    "email": "anna@example.org",
    "phone_number": "+00 000 000 000",
    "nationality": "XX",
    "issuing_country": "XX",
    "issuing_authority": "Example Authority",
    "document_number": "EX-0000000",
    "sex": 2,
    "age_in_years": 36,
    "age_birth_year": 1990,
    "birth_family_name": "Примерова",
    "birth_given_name": "Анна",
    "street_address": "1 Example Street",
    "locality": "Exampleton",
    "region": "Exampleshire",
    "postal_code": "00000",
    "country": "XX",
    "house_number": "1",
}
VCT = "urn:example:identity:1"
FLOORS = {"issue": "sign.floor", "present": "sign.floor", "verify": "verify.floor"}


class Holder:
    """A holder key of the benchmark; a plain signer over a native key."""

    def __init__(self, native: ec.EllipticCurvePrivateKey) -> None:
        """Wrap the key."""
        from idwallet.crypto.software import SoftwareSigner

        self.native = native
        numbers = native.private_numbers().private_value.to_bytes(32, "big")
        public = PublicKey.from_native(native.public_key())
        self.signer = SoftwareSigner.from_jwk(
            {**public.to_jwk(), "d": b64.encode(numbers)}
        )


class _Renewable(MemoryReplay):
    """A guard that may forget: each run answers the same requests."""

    def renew(self) -> None:
        """Start empty."""
        super().__init__()


def ours(work: Work, holders: list[Holder]) -> dict[str, Case]:
    """Every check on, the issuer's chain validated once and cached."""
    scene = Scene(at=work.at)
    guard = _Renewable()
    till = Verifier(
        identity=scene.verifier.identity, policy=policies.RETAIL, replay=guard
    )
    content = SdJwtVc(vct=VCT, claims=work.claims)  # type: ignore[arg-type] - JSON
    bound = [
        HolderKey.unproven(each.signer.public_key, reason="benchmark")
        for each in holders
    ]

    def issue(key: HolderKey) -> str:
        return scene.issuer.issue(
            content,
            holder_key=key,
            valid_until=work.at + timedelta(days=30),
            at=work.at,
        ).raw

    paths = [(name,) for name in work.shown]
    query = Query.claims(VCT, *work.shown)
    (asked,) = query.credentials
    request = till.request(query, purpose="benchmark", at=work.at)
    held = [read_held(issue(key)) for key in bound]

    def present(number: int, request: PresentationRequest) -> str:
        mine = held[number]
        return bind_to_key(
            show_claims(mine, choose_disclosures(mine, paths)),
            signer=holders[number].signer,
            nonce=request.nonce,
            audience=request.client_id,
            algorithm="sha-256",
            at=work.at,
        )

    shown = [present(number, request) for number in range(len(holders))]
    context = Context(scene.trust, policies.RETAIL, work.at)
    expected = Expected(request.nonce, request.client_id)

    def verify_all() -> None:
        for each in shown:
            evaluate(each, expected=expected, context=context, subject=asked.id)

    requests = [till.request(query, purpose="benchmark", at=work.at) for _ in holders]
    tokens = [
        {asked.id: [present(number, each)]} for number, each in enumerate(requests)
    ]
    forms = [
        write_response(token, state=each.state)
        for token, each in zip(tokens, requests, strict=True)
    ]
    documents = [
        write_response_json(token, state=each.state)
        for token, each in zip(tokens, requests, strict=True)
    ]

    def whole(bodies: list[str]) -> Callable[[], None]:
        def verify() -> None:
            guard.renew()
            for body, each in zip(bodies, requests, strict=True):
                verify_presentation(body, request=each, trust=scene.trust, at=work.at)

        return verify

    count = len(holders)
    return {
        "sign.floor": batch(
            lambda: [
                each.native.sign(bytes(1000), ec.ECDSA(hashes.SHA256()))
                for each in holders
            ],
            count,
        ),
        "verify.floor": batch(
            floor(shown, scene.issuer_identity.signer.public_key, holders), count
        ),
        "issue.idwallet": batch(lambda: [issue(key) for key in bound], count),
        "present.idwallet": batch(
            lambda: [present(number, request) for number in range(count)], count
        ),
        "verify.idwallet credential": batch(verify_all, count),
        "verify.idwallet whole response (form)": batch(whole(forms), count),
        "verify.idwallet whole response (JSON)": batch(whole(documents), count),
    }


def floor(
    shown: list[str], issuer: PublicKey, holders: list[Holder]
) -> Callable[[], None]:
    """Return the unavoidable: two verifications and the load of one key."""
    scheme = ec.ECDSA(hashes.SHA256())
    native: ec.EllipticCurvePublicKey = issuer.native  # type: ignore[assignment]
    curve = ec.SECP256R1()
    work = []
    for token, holder in zip(shown, holders, strict=True):
        first, *_, last = token.split("~")
        point = holder.native.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        work.append((parts(first), point, parts(last)))

    def verify() -> None:
        for (message, signature), point, (bound, proof) in work:
            native.verify(signature, message, scheme)
            key = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
            key.verify(proof, bound, scheme)

    return verify


def parts(token: str) -> tuple[bytes, bytes]:
    """Return the signing input and the DER signature of a compact JWS."""
    head, _, signature = token.rpartition(".")
    raw = b64.decode(signature, at="signature")
    return head.encode(), encode_dss_signature(
        int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    )


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--holders", type=int, default=128)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    at = datetime.now(UTC).replace(microsecond=0)
    work = Work(CLAIMS, SHOWN, at, chosen.holders)
    holders = [
        Holder(ec.generate_private_key(ec.SECP256R1())) for _ in range(chosen.holders)
    ]
    natives = [each.native for each in holders]
    cases = ours(work, holders) | sd_jwt(work, natives) | openvc(work, natives)
    node = Node(work) if Node.is_there() else None
    try:
        found = interleave(cases | (node.cases() if node else {}), rounds=chosen.rounds)
    finally:
        if node:
            node.stop()
    if chosen.json:
        sys.stdout.write(json.dumps([asdict(each) for each in found], indent=2) + "\n")
        return
    sys.stdout.write(table(found, FLOORS) + "\n")
    if node is None:
        sys.stdout.write("npm @sd-jwt left out: Node or its packages are missing\n")


if __name__ == "__main__":
    main()
