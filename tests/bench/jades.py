"""JAdES signatures beside the raw signature, and beside jwcrypto's plain JWS.

Run it from the top of the repository::

    python -m tests.bench.jades [--rounds 15]

The floor of signing is one signature of the same key over as many octets, of judging
two verifications: of the signature and of the signer's certificate. jwcrypto signs with
the same header and judges no certificate. The documents differ and the signer's parts
do not: they are prepared once, as a batch of documents or a service has them.
"""

import argparse
import json
import secrets
from collections.abc import Callable

from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from idwallet.codec import b64
from idwallet.documents import DOCUMENTS, JAdES, Packaging, Serialisation
from idwallet.roles.document_signer import DocumentSigner, verify_document
from idwallet.testing.authorities import document_signer
from idwallet.testing.evidence import crls
from idwallet.testing.pki import MOMENT, TestIdentity, TestPki
from idwallet.trust.evidence import EvidenceAtHand
from tests.bench.measure import batch, interleave, table

PAPERS = [secrets.token_bytes(300) for _ in range(400)]
INSIDE = Packaging.ENVELOPING
COMPACT = JAdES(serialisation=Serialisation.COMPACT, packaging=INSIDE)
FLATTENED = JAdES(packaging=INSIDE)


def main() -> None:
    """Measure signing and judging with ES256."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    pki = TestPki()
    who = document_signer(pki, intermediates=0)
    cases = {
        name: batch(_repeated(each), len(PAPERS))
        for name, each in {**_signing(who), **_judging(pki, who)}.items()
    }
    floors = {"sign": "sign.floor", "judge": "judge.floor"}
    print(table(interleave(cases, rounds=rounds), floors))


def _repeated(each: Callable[[bytes], object]) -> Callable[[], object]:
    return lambda: [each(data) for data in PAPERS]


def _signing(who: TestIdentity) -> dict[str, Callable[[bytes], object]]:
    def ours(profile: JAdES) -> Callable[[bytes], bytes]:
        made = DocumentSigner(profile, signer=who.signer, certificates=who.chain_pem)
        return lambda data: made.sign(data, signing_time=MOMENT)

    compact = ours(COMPACT)
    head = compact(b"x").split(b".")[0]
    protected = b64.decode(head, at="bench").decode()
    key = JWK.from_pem(
        who.signer.to_encrypted_pem(b"a test passphrase").encode(),
        password=b"a test passphrase",
    )

    def peer(data: bytes) -> str:
        token = JWS(data)
        token.add_signature(key, protected=protected)
        return str(token.serialize(compact=True))

    def floor(data: bytes) -> bytes:
        return who.signer.sign(b"%b.%b" % (head, b64.encode(data).encode()))

    return {
        "sign.floor": floor,
        "sign.compact": compact,
        "sign.json": ours(FLATTENED),
        "sign.jwcrypto": peer,
    }


def _judging(pki: TestPki, who: TestIdentity) -> dict[str, Callable[[bytes], object]]:
    def made(profile: JAdES) -> dict[bytes, bytes]:
        signer = DocumentSigner(profile, signer=who.signer, certificates=who.chain_pem)
        return {data: signer.sign(data, signing_time=MOMENT) for data in PAPERS}

    compact, flattened = made(COMPACT), made(FLATTENED)
    trust = pki.store()
    trust = trust.with_evidence(EvidenceAtHand(crls=crls(who, at=MOMENT)))
    public = json.dumps(dict(who.signer.public_key.to_jwk()))
    key = JWK.from_json(public)

    def ours(held: dict[bytes, bytes]) -> Callable[[bytes], object]:
        return lambda data: verify_document(
            held[data], trust=trust, policy=DOCUMENTS, at=MOMENT
        )

    def peer(data: bytes) -> None:
        token = JWS()
        token.deserialize(compact[data].decode())
        token.verify(key)

    signatures = {data: who.signer.sign(data) for data in PAPERS}

    def floor(data: bytes) -> None:
        for _ in range(2):
            native = who.signer.public_key
            if not _matches(native, signatures[data], data):
                raise ValueError(data)

    return {
        "judge.floor": floor,
        "judge.compact": ours(compact),
        "judge.json": ours(flattened),
        "judge.jwcrypto": peer,
    }


def _matches(key: object, signature: bytes, data: bytes) -> bool:
    from idwallet.crypto.algorithms import Algorithm
    from idwallet.crypto.keys import PublicKey, signature_matches

    assert isinstance(key, PublicKey)
    return signature_matches(key, Algorithm.ES256, signature=signature, message=data)


if __name__ == "__main__":
    main()
