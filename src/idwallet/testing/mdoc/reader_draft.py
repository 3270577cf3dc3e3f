"""A reader's request as it is made and signed, every step of it open to change."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cryptography import x509

from idwallet.codec.cbor import read_cbor, write_cbor
from idwallet.credentials.mdoc.evaluate_request import evaluate_device_request
from idwallet.credentials.mdoc.members import CborMap, a_map
from idwallet.credentials.mdoc.reader import (
    ReaderIdentity,
    SignedOver,
    signed_request,
)
from idwallet.credentials.mdoc.request import (
    Asked,
    ItemsRequest,
    UseCase,
    items_request,
    request_info,
)
from idwallet.credentials.mdoc.transcript import Handover, RedirectHandover
from idwallet.credentials.required import Context
from idwallet.report import Report
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.mdoc.draft import MDL, NAMESPACE, MdocScene, stays
from idwallet.testing.pki import Change, Fault, TestIdentity
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Policy

PHOTO_ID: Final = "org.iso.23220.photoid.1"
PHOTO_ID_NAMESPACE: Final = "org.iso.23220.1"
_CRL: Final = "https://readers.example/crl"


def reader_plan(plan: CertificatePlan) -> CertificatePlan:
    """Plan the certificate of a reader as Annex B.1.7 has it."""
    point = x509.DistributionPoint(
        [x509.UniformResourceIdentifier(_CRL)], None, None, None
    )
    return replace(
        plan,
        critical_purposes=True,
        extensions=((x509.CRLDistributionPoints([point]), False),),
    )


def reader_identity(
    scene: MdocScene, change: Change = lambda plan: plan, *, fault: Fault | None = None
) -> ReaderIdentity:
    """Certify a reader, straight under the root."""
    made = certified_reader(scene, change, fault=fault)
    return ReaderIdentity(made.signer, made.chain)


def certified_reader(
    scene: MdocScene, change: Change = lambda plan: plan, *, fault: Fault | None = None
) -> TestIdentity:
    """Certify a reader, straight under the root; with who is above it."""
    return scene.pki.reader(
        intermediates=0, fault=fault, change=lambda plan: change(reader_plan(plan))
    )


@dataclass(slots=True)
class ReaderDraft:
    """Everything about one request; change any of it before `request`.

    `heard_in` is the conversation in which a wallet hears it, `signed_for` the one it
    was signed for. `by` is None where nobody signs; `identity` is who that is, where it
    has to be known who certified them. `on_request` changes the CBOR after
    it was signed, `on_octets` the whole.
    """

    scene: MdocScene
    asked: list[tuple[str, Asked]]
    by: ReaderIdentity | None
    heard_in: Handover
    signed_for: Handover
    trust: TrustStore
    policy: Policy
    at: datetime
    over: SignedOver = SignedOver.EACH_DOCUMENT
    uses: tuple[UseCase, ...] = ()
    identity: TestIdentity | None = None
    on_request: Callable[[CborMap], object] = stays
    on_octets: Callable[[bytes], bytes] = bytes

    def items(self) -> tuple[ItemsRequest, ...]:
        """Return what is asked of each document."""
        return tuple(items_request(name, each) for name, each in self.asked)

    def signed(self) -> CborMap:
        """Return the request as it is signed, before anything changes it."""
        data = signed_request(
            self.items(),
            handover=self.signed_for,
            by=self.by,
            over=self.over,
            info=request_info(self.uses),
        )
        return a_map(read_cbor(data, at="request"), at="request")

    def request(self) -> bytes:
        """Return the DeviceRequest."""
        held = self.signed()
        self.on_request(held)
        return self.on_octets(write_cbor(held))


def reader_draft(scene: MdocScene) -> ReaderDraft:
    """Return a request that passes: a name and an age, of two documents."""
    handover = RedirectHandover(
        "x509_hash:abc", secrets.token_hex(16), "https://shop.example/answer"
    )
    return ReaderDraft(
        scene=scene,
        asked=[
            (MDL, {NAMESPACE: {"family_name": False, "age_over_18": False}}),
            (PHOTO_ID, {PHOTO_ID_NAMESPACE: {"family_name_unicode": True}}),
        ],
        by=reader_identity(scene),
        heard_in=handover,
        signed_for=handover,
        trust=scene.root(),
        policy=scene.policy,
        at=scene.at,
    )


def judge_reader(made: ReaderDraft) -> Report:
    """Judge a request as a wallet would."""
    verdict = evaluate_device_request(
        made.request(),
        handover=made.heard_in,
        context=Context(made.trust, made.policy, made.at),
    )
    return Report(verdict.checks, verdict.required, made.at, made.policy.name)
