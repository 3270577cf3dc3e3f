"""A request made, answered encrypted and verified, beside npm and the raw cryptography.

    python -m tests.bench.online [--rounds 9] [--wallets 32]

One exchange is all of OpenID4VP 1.0 as HAIP 1.0 has it but the network: the verifier
makes a key for the answer and signs the request, the wallet verifies it, chooses,
proves its key and encrypts, the verifier opens the answer and verifies the SD-JWT VC.
The floor is what of it no library can leave out: two keys made, two signatures made,
three verified, two agreements. Each wallet has a key of its own.
"""

import argparse
import json
import shutil
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# The bench modules name each other as the other programs of this folder do.
sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.measure import Case, batch, interleave, table
from idwallet import Holder, MemoryReplay, Query, RelyingParty, SealKey, Verifier
from idwallet.adapters.store import MemoryStore
from idwallet.credentials.model import Credential, VerifiedPresentation
from idwallet.credentials.possession import HolderKey
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import (
    MemoryKeyStore,
    SoftwareSigner,
    SoftwareStoredKey,
)
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.roles.asked import PresentationResponse
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import PresentationRequest
from idwallet.testing.scene import PID, Scene
from idwallet.trust import policies
from tests.interop.mdoc_peers import private_jwk

NODE = Path(__file__).parent.parent / "interop" / "node"
FLOORS = {"exchange": "exchange.floor"}
QUERY = Query.claims(PID, "family_name", "given_name", "birthdate")
_SCHEME = ec.ECDSA(hashes.SHA256())
_CURVE = ec.SECP256R1()
_TEXT = bytes(2000)


class _OneKey(MemoryKeyStore):
    """A key store with one key, which the peer's wallet holds too."""

    __slots__ = ("_own",)

    def __init__(self, signer: SoftwareSigner) -> None:
        super().__init__()
        self._own = SoftwareStoredKey(signer)

    def get(self, thumbprint: str) -> SoftwareStoredKey | None:
        return self._own if thumbprint else None


class Wallet:
    """A holder with one card."""

    def __init__(self, scene: Scene, at: datetime) -> None:
        self.signer = SoftwareSigner.generate(Algorithm.ES256)
        self.card: Credential = scene.issuer.issue(
            scene.content(),
            holder_key=HolderKey.unproven(self.signer.public_key, reason="benchmark"),
            valid_until=at + timedelta(days=30),
            at=at,
        )
        self.holder = Holder(
            store=MemoryStore(),
            seal=SealKey(bytes(32)),
            keys=_OneKey(self.signer),
            trust=scene.trust,
        )
        self.holder.add(self.card, at=at)

    def answer(self, raw: str, *, at: datetime) -> PresentationResponse:
        """Read a request, choose, and answer it."""
        asked = self.holder.read_request(raw, at=at)
        match = self.holder.match(asked, at=at)
        return self.holder.present(asked, match.choose(), at=at)


def ours(scene: Scene, wallets: list[Wallet], at: datetime) -> dict[str, Case]:
    """The three parts of an exchange and the whole, every check on."""
    identity = scene.reader_identity

    def verifier() -> Verifier:
        party = RelyingParty(
            signer=identity.signer,
            certificates=identity.chain,
            answer_to="https://localhost/answer",
        )
        return Verifier(identity=party, policy=policies.RETAIL, replay=MemoryReplay())

    till = verifier()

    def make() -> PresentationRequest:
        return till.request(
            QUERY, purpose="benchmark", at=at, mode=ResponseMode.DIRECT_POST_JWT
        )

    def judge(answer: PresentationResponse, request: PresentationRequest) -> None:
        judged = evaluate_presentation(
            answer.body, request=request, trust=scene.trust, at=at
        )
        assert isinstance(judged, VerifiedPresentation), judged.report

    def exchanges() -> None:
        for each in wallets:
            request = make()
            judge(each.answer(request.message.raw, at=at), request)

    asked = [make() for _ in wallets]

    def answers() -> list[PresentationResponse]:
        return [
            each.answer(request.message.raw, at=at)
            for each, request in zip(wallets, asked, strict=True)
        ]

    count = len(wallets)
    return {
        "exchange.idwallet": batch(exchanges, count),
        "make.idwallet": batch(lambda: [make() for _ in wallets], count),
        "answer.idwallet": batch(answers, count),
    }


def floor(count: int) -> Case:
    """Return the unavoidable of so many exchanges."""
    keys = [ec.generate_private_key(_CURVE) for _ in range(count)]
    points = [
        each.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        for each in keys
    ]
    known = ec.generate_private_key(_CURVE)
    proof = known.sign(_TEXT, _SCHEME)
    load = ec.EllipticCurvePublicKey.from_encoded_point

    def run() -> None:
        for key, point in zip(keys, points, strict=True):
            for_answer = ec.generate_private_key(_CURVE)
            known.sign(_TEXT, _SCHEME)
            known.public_key().verify(proof, _TEXT, _SCHEME)
            bound = key.sign(_TEXT, _SCHEME)
            ephemeral = ec.generate_private_key(_CURVE)
            shared = ephemeral.exchange(ec.ECDH(), for_answer.public_key())
            sealed = AESGCM(shared).encrypt(bytes(12), _TEXT, None)
            again = for_answer.exchange(ec.ECDH(), ephemeral.public_key())
            AESGCM(again).decrypt(bytes(12), sealed, None)
            known.public_key().verify(proof, _TEXT, _SCHEME)
            load(_CURVE, point).verify(bound, _TEXT, _SCHEME)

    return batch(run, count)


class Node:
    """npm @openid4vc/openid4vp with @sd-jwt and dcql, in a process of its own."""

    def __init__(self, scene: Scene, wallets: list[Wallet]) -> None:
        self._count = len(wallets)
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).with_name("online_peer.mjs"))],
            cwd=NODE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        identity = scene.reader_identity
        issuer = scene.issuer_identity
        # It is told the CA right above the issuer: it validates no longer path.
        root = issuer.chain[1] if len(issuer.chain) > 1 else scene.pki.anchor().der
        self._ask(
            {
                "prepare": True,
                "query": QUERY.to_dcql(),
                "asker": {
                    "key": private_jwk(identity.signer),
                    "chain": [b64encode(each).decode() for each in identity.chain],
                },
                "roots": [b64encode(root).decode()],
                "wallets": [
                    [
                        {
                            "format": "dc+sd-jwt",
                            "raw": each.card.raw,
                            "key": private_jwk(each.signer),
                        }
                    ]
                    for each in wallets
                ],
            }
        )

    @staticmethod
    def is_there() -> bool:
        """Return whether Node and the packages are installed."""
        return shutil.which("node") is not None and (NODE / "node_modules").is_dir()

    def case(self) -> Case:
        """Return one batch of exchanges, timed by the process itself."""
        return lambda: self._ask({})["seconds"] / self._count

    def stop(self) -> None:
        """End the process."""
        self._process.communicate(timeout=30)

    def _ask(self, message: dict[str, Any]) -> Any:
        sent, answers = self._process.stdin, self._process.stdout
        assert sent is not None
        assert answers is not None
        sent.write(json.dumps(message) + "\n")
        sent.flush()
        return json.loads(answers.readline())


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--wallets", type=int, default=32)
    chosen = parser.parse_args()
    at = datetime.now(UTC).replace(microsecond=0)
    scene = Scene(at=at)
    wallets = [Wallet(scene, at) for _ in range(chosen.wallets)]
    cases = {"exchange.floor": floor(chosen.wallets), **ours(scene, wallets, at)}
    node = Node(scene, wallets) if Node.is_there() else None
    if node:
        cases["exchange.npm"] = node.case()
    try:
        found = interleave(cases, rounds=chosen.rounds)
    finally:
        if node:
            node.stop()
    sys.stdout.write(table(found, FLOORS) + "\n")
    if node is None:
        sys.stdout.write("npm left out: Node or its packages are missing\n")


if __name__ == "__main__":
    main()
