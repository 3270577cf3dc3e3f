"""A mobile document as it is issued and shown, every step of it open to change."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from cryptography import x509

from idwallet.codec.cbor import CborTag, CborValue, read_cbor, write_cbor
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.device import mac_key
from idwallet.credentials.mdoc.evaluate import evaluate, unreadable
from idwallet.credentials.mdoc.issue import Life, Mdoc, issuer_items, mso_bytes
from idwallet.credentials.mdoc.members import CborMap, a_list, embedded, read_map
from idwallet.credentials.mdoc.structures import read_device_response
from idwallet.credentials.mdoc.transcript import (
    DcApiHandover,
    RedirectHandover,
    device_authentication,
    tagged,
)
from idwallet.credentials.required import SHOWN_MDOC, Context, required_of
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import (
    CoseForm,
    CoseHeaders,
    PayloadPlace,
    Sign1Signer,
    TagForm,
    mac0_value,
    x5chain_parameter,
)
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Check, CheckId, Report
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.pki import MOMENT, Change, TestIdentity, TestPki
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import Policy, SignerProfileRule

MDL: Final = "org.iso.18013.5.1.mDL"
NAMESPACE: Final = "org.iso.18013.5.1"
SUBJECT: Final = "licence"

_UNTAGGED: Final = CoseForm(TagForm.UNTAGGED)
_DETACHED: Final = CoseForm(TagForm.UNTAGGED, PayloadPlace.DETACHED)
_CRL: Final = "https://issuer.example/crl"


def stays(_: object) -> None:
    """Change nothing."""


def document_signer(plan: CertificatePlan) -> CertificatePlan:
    """Plan the certificate of who signs documents as Annex B.1.4 has it."""
    point = x509.DistributionPoint(
        [x509.UniformResourceIdentifier(_CRL)], None, None, None
    )
    reached = x509.IssuerAlternativeName(
        [x509.UniformResourceIdentifier("https://issuer.example")]
    )
    return replace(
        plan,
        critical_purposes=True,
        alternative_names=(),
        extensions=(
            (reached, False),
            (x509.CRLDistributionPoints([point]), False),
        ),
    )


class MdocScene:
    """An authority, who signs documents under it, and a device; all for tests."""

    def __init__(self, *, at: datetime = MOMENT, seed: bytes | None = None) -> None:
        """Certify everybody."""
        self.pki = TestPki(at=at, seed=seed)
        self.at = at
        self.signer = self.issuer()
        self.device = SoftwareSigner.generate(Algorithm.ES256)
        self.reader = EphemeralKey.generate()
        # Strict: what real cards deviate in is not what these forgeries are about.
        self.policy: Policy = replace(
            RETAIL, name="mdoc", signer_profile=SignerProfileRule.ISO_18013_5
        )

    def issuer(self, change: Change = lambda plan: plan) -> TestIdentity:
        """Certify somebody who signs documents, straight under the root."""
        return self.pki.issuer(
            intermediates=0, change=lambda plan: change(document_signer(plan))
        )

    def root(self, change: Change = lambda plan: plan) -> TrustStore:
        """Return a store that believes the root, as Annex B.1.2 has it."""
        plan = replace(self.pki.root_plan(), path_length=0)
        anchor = TrustAnchor.from_certificate(
            change(plan).to_der(),
            name="idwallet TEST IACA",
            purposes=tuple(Purpose),
            jurisdiction="XX",
        )
        return TrustStore([anchor])


@dataclass(slots=True)
class MdocDraft:
    """Everything about one showing; change any of it before `response`.

    `on_mso`, `on_issued`, `on_document` and `on_response` change the CBOR at each step:
    before the issuer signs, after it signed, after the device signed, and the whole.
    """

    scene: MdocScene
    content: Mdoc
    life: Life
    identity: TestIdentity
    shown: tuple[str, ...]
    session: Session
    trust: TrustStore
    policy: Policy
    at: datetime
    bound: SoftwareSigner
    signed_by: Signer
    signed_for: RedirectHandover | DcApiHandover
    is_mac: bool = False
    reader: EphemeralKey = field(default_factory=EphemeralKey.generate)
    device_elements: CborMap = field(default_factory=dict)
    signed_type: str | None = None
    chain: tuple[bytes, ...] | None = None
    issuer_key: Signer | None = None
    on_mso: Callable[[CborMap], object] = stays
    on_issued: Callable[[CborMap], object] = stays
    on_document: Callable[[CborMap], object] = stays
    on_response: Callable[[CborMap], object] = stays
    on_octets: Callable[[bytes], bytes] = bytes

    def response(self) -> bytes:
        """Return the DeviceResponse."""
        held: CborMap = {
            "version": "1.0",
            "status": 0,
            "documents": [self._document()],
        }
        self.on_response(held)
        return self.on_octets(write_cbor(held))

    def _issued(self) -> CborMap:
        items = issuer_items(self.content, random=secrets.token_bytes)
        payload = mso_bytes(
            self.content,
            digests=items.digests,
            device_key=self.bound.public_key,
            life=self.life,
        )
        mso = _inside(read_cbor(payload, at="mso"))
        self.on_mso(mso)
        chain = self.identity.chain if self.chain is None else self.chain
        outside: CborMap = {33: x5chain_parameter(chain)} if chain else {}
        by = Sign1Signer(
            self.issuer_key or self.identity.signer,
            headers=CoseHeaders({}, outside),
            form=_UNTAGGED,
        )
        auth = by.sign_value(tagged(write_cbor(mso)))
        namespaces = read_map(items.namespaces, at="nameSpaces")
        for name, value in namespaces.items():
            listed = a_list(value, at=name if isinstance(name, str) else "")
            namespaces[name] = [e for e in listed if _element(e) in self.shown]
        issued: CborMap = {"nameSpaces": namespaces, "issuerAuth": auth}
        self.on_issued(issued)
        return issued

    def _document(self) -> CborValue:
        issued = self._issued()
        namespaces = write_cbor(self.device_elements)
        transcript = self.signed_for.transcript()
        covered = device_authentication(
            transcript,
            doc_type=self.signed_type or self.content.doc_type,
            namespaces=namespaces,
        )
        auth: CborMap
        if self.is_mac:
            peer = self.bound.public_key
            key = mac_key(self.reader, peer, transcript=transcript)
            auth = {"deviceMac": mac0_value(covered, key=key, form=_DETACHED)}
        else:
            by = Sign1Signer(self.signed_by, form=_DETACHED)
            auth = {"deviceSignature": by.sign_value(covered)}
        held: CborMap = {
            "docType": self.content.doc_type,
            "issuerSigned": issued,
            "deviceSigned": {
                "nameSpaces": CborTag(24, namespaces),
                "deviceAuth": auth,
            },
        }
        self.on_document(held)
        return held


def mdoc_draft(scene: MdocScene) -> MdocDraft:
    """Return a showing that passes: four elements of an invented licence."""
    handover = RedirectHandover(
        "x509_hash:abc", secrets.token_hex(16), "https://shop.example/answer"
    )
    start = scene.at - timedelta(hours=1)
    return MdocDraft(
        scene=scene,
        content=Mdoc(
            MDL,
            {
                NAMESPACE: {
                    "family_name": "Примерова",
                    "given_name": "Анна",
                    "birth_date": date(1990, 5, 17),
                    "issuing_country": "XX",
                    "age_over_18": True,
                    "portrait": bytes(64),
                }
            },
        ),
        life=Life(start, start, scene.at + timedelta(days=30)),
        identity=scene.signer,
        shown=("family_name", "age_over_18", "issuing_country", "portrait"),
        session=Session(handover, scene.reader),
        trust=scene.root(),
        policy=scene.policy,
        at=scene.at,
        bound=scene.device,
        signed_by=scene.device,
        signed_for=handover,
        reader=scene.reader,
    )


def judge(made: MdocDraft) -> Report:
    """Judge the first document of a response as a reader would."""
    context = Context(made.trust, made.policy, made.at)
    try:
        read = read_device_response(made.response(), at=SUBJECT)
    except (MalformedError, UnsupportedError) as error:
        return _report((unreadable(error, subject=SUBJECT),), made)
    verdict = evaluate(
        read.documents[0], session=made.session, context=context, subject=SUBJECT
    )
    return _report(verdict.checks, made)


_REQUIRED: Final = tuple(
    each for each in SHOWN_MDOC if each is not CheckId.PRESENTATION_QUERY
)


def _report(checks: tuple[Check, ...], made: MdocDraft) -> Report:
    required = required_of(_REQUIRED, SUBJECT)
    return Report(checks, required, made.at, made.policy.name)


def _element(value: CborValue) -> CborValue:
    return _inside(value)["elementIdentifier"]


def _inside(value: CborValue) -> CborMap:
    return read_map(embedded(value, at="item"), at="item")
