"""Issue, present and verify mobile documents beside their peers and raw signatures.

    python -m tests.bench.mdoc [--rounds 9] [--holders 128] [--only idwallet] [--json]

20 elements, of which 5 are shown; P-256 throughout. The floor of issuing and presenting
is one signature. Of verifying with the chain known it is two verifications and the load
of one device key, of verifying a signer never seen three verifications. There are more
device keys, and for the latter more signers, than anything here remembers; what is
remembered of signers is forgotten before each of those rounds. Run it on an otherwise
idle machine.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import process_time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import idwallet
from idwallet.codec import b64
from idwallet.codec.ecdsa import ecdsa_value
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.mdoc import regular
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.evaluate import evaluate
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.mdoc.present import (
    Showing,
    device_response,
    signed_document,
)
from idwallet.credentials.mdoc.structures import (
    IssuerSigned,
    read_device_response,
    read_issuer_signed,
)
from idwallet.credentials.mdoc.transcript import (
    RedirectHandover,
    device_authentication,
)
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.credentials.required import Context
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.protocols.openid4vp.response import write_response_json
from idwallet.roles.issuer import Issuer
from idwallet.roles.presentation import verify_presentation
from idwallet.roles.verifier import PresentationRequest, Verifier
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene
from idwallet.testing.pki import TestIdentity
from idwallet.testing.scene import Scene
from idwallet.trust import certificate, distinguished, extensions, iaca, policies
from idwallet.trust.anchors import TrustStore
from idwallet.trust.replay import MemoryReplay
from tests.bench.measure import Case, batch, interleave, table
from tests.interop.mdoc_peers import Process, private_jwk, private_pkcs8

SHOWN = ("family_name", "given_name", "birth_date", "issuing_country", "age_over_18")
ELEMENTS: dict[str, object] = {
    "family_name": "Образцова",
    "given_name": "Анна",
    "birth_date": date(1990, 5, 17),
    "issue_date": date(2026, 1, 2),
    "expiry_date": date(2031, 1, 2),
    "issuing_country": "XX",
    "issuing_authority": "Example Authority",
    "document_number": "EX-0000000",
    "portrait": bytes(2000),
    "un_distinguishing_sign": "XX",
    "sex": 2,
    "height": 170,
    "eye_colour": "brown",
    "birth_place": "Exampleton",
    "resident_address": "1 Example Street",
    "resident_city": "Exampleton",
    "resident_country": "XX",
    "nationality": "XX",
    "age_over_18": True,
    "age_over_21": True,
}
FLOORS = {
    "issue": "sign.floor",
    "present": "sign.floor",
    "verify": "verify.floor",
    "cold": "cold.floor",
}
LABELS = {
    "owf": "@owf/mdoc 0.6",
    "auth0": "@auth0/mdl 3.0",
    "isomdoc": "isomdoc 0.0.5, no chain",
    "pymdoccbor": "pymdoccbor 1.4, no device",
}
NODE = Path(__file__).parents[1] / "interop/node"
PYTHON = Path(__file__).parents[1] / "interop/mdoc_python"
SUBJECT = "licence"
QUERY: JsonObject = {
    "credentials": [
        {
            "id": SUBJECT,
            "format": "mso_mdoc",
            "meta": {"doctype_value": MDL},
            "claims": [{"path": [NAMESPACE, each]} for each in SHOWN],
        }
    ]
}


@dataclass(frozen=True, slots=True)
class Device:
    """The key of one holder, and what was issued to it."""

    native: ec.EllipticCurvePrivateKey
    signer: SoftwareSigner
    bound: HolderKey

    @classmethod
    def new(cls) -> "Device":
        """Make a key."""
        native = ec.generate_private_key(ec.SECP256R1())
        public = PublicKey.from_native(native.public_key())
        number = native.private_numbers().private_value.to_bytes(32, "big")
        signer = SoftwareSigner.from_jwk({**public.to_jwk(), "d": b64.encode(number)})
        return cls(native, signer, HolderKey.unproven(public, reason="benchmark"))


class _Renewable(MemoryReplay):
    """A guard that may forget: each run answers the same requests."""

    def renew(self) -> None:
        """Start empty."""
        super().__init__()


class Work:
    """Issuer, devices and verifier of one run."""

    def __init__(self, count: int) -> None:
        """Make all keys and certificates."""
        # Some peers take no moment but their own clock's.
        self.scene = MdocScene(at=idwallet.now().replace(microsecond=0))
        self.at: datetime = self.scene.at
        self.count = count
        self.devices = [Device.new() for _ in range(count)]
        self.content = Mdoc(MDL, {NAMESPACE: ELEMENTS})  # type: ignore[dict-item]
        self.guard = _Renewable()
        self.till = Verifier(
            identity=Scene(at=self.at).verifier.identity,
            policy=policies.RETAIL,
            replay=self.guard,
        )
        self.query = Query.from_dcql(QUERY)

    def request(self) -> PresentationRequest:
        """Ask for the elements that are shown."""
        return self.till.request(self.query, purpose="benchmark", at=self.at)

    def issue(self, issuer: Issuer, device: Device) -> str:
        """Issue one document."""
        return issuer.issue(
            self.content,
            holder_key=device.bound,
            valid_until=self.at + timedelta(days=30),
            at=self.at,
        ).raw

    def present(
        self, held: IssuerSigned, device: Device, handover: RedirectHandover
    ) -> bytes:
        """Show five elements."""
        showing = Showing(held, {NAMESPACE: SHOWN})
        shown = signed_document(showing, signer=device.signer, handover=handover)
        return device_response([shown])


def handover_of(request: PresentationRequest) -> RedirectHandover:
    """Return the conversation of a request."""
    return RedirectHandover(
        request.client_id, request.nonce, request.verifier.identity.answer_to
    )


def _issuer(identity: TestIdentity) -> Issuer:
    return Issuer(signer=identity.signer, certificates=identity.chain)


def ours(work: Work) -> dict[str, Case]:
    """Every check on, the signer's certificate validated once and remembered."""
    count, devices = work.count, work.devices
    issuer, trust = _issuer(work.scene.signer), work.scene.root()
    held = [
        read_issuer_signed(b64.decode(work.issue(issuer, each), at=""), at="")
        for each in devices
    ]
    requests = [work.request() for _ in devices]
    handovers = [handover_of(each) for each in requests]

    def present_all() -> list[bytes]:
        return list(map(work.present, held, devices, handovers))

    shown = present_all()
    context = Context(trust, policies.RETAIL, work.at)

    def verify_all() -> None:
        for data, handover in zip(shown, handovers, strict=True):
            judge(data, handover=handover, context=context)

    (asked,) = work.query.credentials
    bodies = [
        write_response_json({asked.id: [b64.encode(data)]}, state=request.state)
        for data, request in zip(shown, requests, strict=True)
    ]

    def whole() -> None:
        work.guard.renew()
        for body, request in zip(bodies, requests, strict=True):
            verify_presentation(body, request=request, trust=trust, at=work.at)

    signatures = [Signatures.of(*each) for each in zip(shown, handovers, strict=True)]
    scheme = ec.ECDSA(hashes.SHA256())
    return {
        "sign.floor": batch(
            lambda: [each.native.sign(bytes(1000), scheme) for each in devices], count
        ),
        "verify.floor": batch(floor(signatures, work.scene.signer), count),
        "issue.idwallet": batch(
            lambda: [work.issue(issuer, each) for each in devices], count
        ),
        "present.idwallet": batch(present_all, count),
        "verify.idwallet document": batch(verify_all, count),
        "verify.idwallet whole response (JSON)": batch(whole, count),
    }


def judge(data: bytes, *, handover: RedirectHandover, context: Context) -> None:
    """Read and judge one DeviceResponse."""
    (document,) = read_device_response(data, at="response").documents
    evaluate(document, session=Session(handover), context=context, subject=SUBJECT)


def cold(work: Work) -> dict[str, Case]:
    """Every check on, each document of a signer that nobody has seen before."""
    identities = [work.scene.issuer() for _ in work.devices]
    requests = [work.request() for _ in work.devices]
    handovers = [handover_of(each) for each in requests]
    shown = []
    for identity, device, handover in zip(
        identities, work.devices, handovers, strict=True
    ):
        raw = b64.decode(work.issue(_issuer(identity), device), at="")
        shown.append(work.present(read_issuer_signed(raw, at=""), device, handover))
    anchors = work.scene.root().anchors

    def verify() -> float:
        certificate._remembered.cache_clear()
        certificate._alike.clear()
        extensions._known.clear()
        iaca._standing.cache_clear()
        iaca._of_kind.cache_clear()
        iaca._of_root.cache_clear()
        regular._layouts.clear()
        iaca._remembered.cache_clear()
        distinguished._remembered.cache_clear()
        trust = TrustStore(anchors)
        context = Context(trust, policies.RETAIL, work.at)
        begun = process_time()
        for data, handover in zip(shown, handovers, strict=True):
            judge(data, handover=handover, context=context)
        return (process_time() - begun) / work.count

    signatures = [Signatures.of(*each) for each in zip(shown, handovers, strict=True)]
    return {
        "cold.floor": batch(floor_of_three(signatures, work, identities), work.count),
        "cold.idwallet document": verify,
    }


@dataclass(frozen=True, slots=True)
class Signatures:
    """What is signed in one response, and by which device."""

    issuer: tuple[bytes, bytes]
    device: tuple[bytes, bytes]
    point: bytes

    @classmethod
    def of(cls, data: bytes, handover: RedirectHandover) -> "Signatures":
        """Take a response apart."""
        (document,) = read_device_response(data, at="").documents
        auth, device = document.issuer_signed.auth, document.device_signed
        mso = document.issuer_signed.mso
        covered = device_authentication(
            handover.transcript(), doc_type=MDL, namespaces=device.octets
        )
        proof = device.read_signature(covered, at="")
        native: ec.EllipticCurvePublicKey = mso.device_key.native  # type: ignore[assignment]
        return cls(
            (ecdsa_value(auth.signature), auth.signing_input),
            (ecdsa_value(proof.signature), proof.signing_input),
            native.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        )


def floor(signatures: list[Signatures], signer: TestIdentity) -> Callable[[], None]:
    """Return the unavoidable: two verifications and the load of one key."""
    scheme, curve = ec.ECDSA(hashes.SHA256()), ec.SECP256R1()
    issuer: ec.EllipticCurvePublicKey = signer.signer.public_key.native  # type: ignore[assignment]

    def verify() -> None:
        for each in signatures:
            issuer.verify(*each.issuer, scheme)
            key = ec.EllipticCurvePublicKey.from_encoded_point(curve, each.point)
            key.verify(*each.device, scheme)

    return verify


def floor_of_three(
    signatures: list[Signatures], work: Work, identities: list[TestIdentity]
) -> Callable[[], None]:
    """Return three verifications, every key loaded before."""
    scheme, curve = ec.ECDSA(hashes.SHA256()), ec.SECP256R1()
    (anchor,) = work.scene.root().anchors
    if anchor.certificate is None:
        raise RuntimeError("the root has no certificate")
    root: ec.EllipticCurvePublicKey = anchor.certificate.public_key.native  # type: ignore[assignment]
    known = []
    for each, identity in zip(signatures, identities, strict=True):
        leaf = certificate.Certificate.from_der(identity.chain[0], at="").native
        known.append(
            (
                partial(root.verify, leaf.signature, leaf.tbs_certificate_bytes),
                partial(leaf.public_key().verify, *each.issuer),  # type: ignore[union-attr]
                partial(
                    ec.EllipticCurvePublicKey.from_encoded_point(
                        curve, each.point
                    ).verify,
                    *each.device,
                ),
            )
        )

    def verify() -> None:
        for three in known:
            for one in three:
                one(scheme)

    return verify


class Peers:
    """Four other implementations, each in a process that is told what to run.

    Those in Python are `isomdoc`, which looks at no chain, and `pymdoccbor`, which
    looks at nothing of the device; neither shows documents.
    """

    def __init__(self, work: Work) -> None:
        """Start what is installed."""
        self._times = work.count
        self._processes: dict[str, Process] = {}
        if (NODE / "node_modules").is_dir():
            self._processes["node"] = Process(["node", "mdoc_peer.mjs"], NODE)
        python = PYTHON / ".venv/bin/python"
        if python.is_file():
            self._processes["python"] = Process([str(python), "peer.py"], PYTHON)
        self._told = _told(work)

    def cases(self) -> dict[str, Case]:
        """Return the cases of those that are there."""
        found: dict[str, Case] = {}
        for name, where, shows in (
            ("owf", "node", True),
            ("auth0", "node", True),
            ("isomdoc", "python", False),
            ("pymdoccbor", "python", False),
        ):
            process = self._processes.get(where)
            if process is None:
                sys.stdout.write(f"{name} left out: it is not installed\n")
                continue
            for action in ("issue", "present", "verify")[:: 1 if shows else 2]:
                found[f"{action}.{LABELS[name]}"] = self._case(process, name, action)
        return found

    def _case(self, process: Process, name: str, action: str) -> Case:
        told = {**self._told, "peer": name, "action": action, "times": self._times}

        def case() -> float:
            answer = process.ask(told)
            seconds = answer["seconds"]
            if not isinstance(seconds, float):
                raise TypeError("a peer says no time")
            return seconds / self._times

        return case

    def stop(self) -> None:
        """End the processes."""
        for each in self._processes.values():
            each.close()


def _told(work: Work) -> JsonObject:
    """Return all that any of them needs for any action."""
    scene, device = work.scene, work.devices[0]
    (anchor,) = scene.root().anchors
    if anchor.certificate is None:
        raise RuntimeError("the root has no certificate")
    handover = handover_of(work.request())
    issued = work.issue(_issuer(scene.signer), device)
    shown = work.present(
        read_issuer_signed(b64.decode(issued, at=""), at=""), device, handover
    )
    at = int(work.at.timestamp())
    return {
        "docType": MDL,
        "namespace": NAMESPACE,
        "elements": {name: _spoken(each) for name, each in ELEMENTS.items()},
        "names": list(SHOWN),
        "issuer": private_jwk(scene.signer.signer),
        "issuer_pkcs8": private_pkcs8(scene.signer.signer),
        "chain": [b64.encode(each) for each in scene.signer.chain],
        "device": private_jwk(device.signer),
        "algorithm": "ES256",
        "digest": "SHA-256",
        "since": at - 60,
        "until": at + 30 * 86_400,
        "issued": issued,
        "transcript": b64.encode(handover.transcript()),
        "response": b64.encode(shown),
        "roots": [b64.encode(anchor.certificate.der)],
        "at": at,
    }


def _spoken(value: object) -> JsonValue:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"octets:{b64.encode(value)}"
    if isinstance(value, str | int):
        return value
    raise TypeError("no value of an element here")


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--holders", type=int, default=128)
    parser.add_argument("--only", choices=["idwallet"])
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    work = Work(chosen.holders)
    peers = None if chosen.only else Peers(work)
    theirs = peers.cases() if peers else {}
    try:
        found = interleave(ours(work) | theirs | cold(work), rounds=chosen.rounds)
    finally:
        if peers:
            peers.stop()
    if chosen.json:
        sys.stdout.write(json.dumps([asdict(each) for each in found], indent=2) + "\n")
        return
    sys.stdout.write(table(found, FLOORS) + "\n")


if __name__ == "__main__":
    main()
