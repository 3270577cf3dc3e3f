"""What can be wrong with a page's request, change by change."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from idwallet.codec.json import JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.protocols.dc_api import PageProtocol
from idwallet.testing.corpus.attested import ADMITTING
from idwallet.testing.draft import ABSENT
from idwallet.testing.page_draft import PageDraft, PageSignature
from idwallet.testing.pki import Fault, TestPki
from idwallet.trust.anchors import TrustAnchor, TrustStore
from idwallet.trust.did import did_jwk

Change = Callable[[PageDraft], None]


def unsigned(made: PageDraft) -> None:
    """Let a page ask that nobody signs for, for what strangers may ask."""
    made.protocol, made.policy = PageProtocol.UNSIGNED, ADMITTING


def several(made: PageDraft) -> None:
    """Sign the request in two names: the shop's, and that of a key the wallet knows."""
    signer = SoftwareSigner.generate(Algorithm.ES256)
    did = did_jwk(signer.public_key)
    other = PageSignature(signer, (), header={"kid": f"{did}#0"})
    other.own = {"client_id": f"decentralized_identifier:{did}"}
    made.protocol = PageProtocol.MULTISIGNED
    made.signatures = [made.signatures[0], other]
    anchor = TrustAnchor.from_dids([did], name="TEST kiosk")
    made.trust = TrustStore([*made.scene.trust.anchors, anchor])


def asks(**claims: JsonValue) -> Change:
    """Overlay what is asked."""

    def forge(made: PageDraft) -> None:
        made.claims = {**made.claims, **claims}

    return forge


def on_page(origin: str) -> Change:
    """Let the platform say another origin."""

    def forge(made: PageDraft) -> None:
        made.origin = origin

    return forge


def beside(**data: JsonValue) -> Change:
    """Overlay what travels beside."""

    def forge(made: PageDraft) -> None:
        made.data = {**made.data, **data}

    return forge


def header(**members: JsonValue) -> Change:
    """Overlay the header of the first signature."""

    def forge(made: PageDraft) -> None:
        made.signatures[0].header = {**made.signatures[0].header, **members}

    return forge


def own(number: int = 1, **members: JsonValue) -> Change:
    """Overlay what stands in the header of one among several."""

    def forge(made: PageDraft) -> None:
        made.signatures[number].own = {**made.signatures[number].own, **members}

    return forge


def certified(fault: Fault) -> Change:
    """Sign with a certificate that has a fault."""

    def forge(made: PageDraft) -> None:
        who = made.scene.pki.reader("shop.example", fault=fault)
        made.signatures = [PageSignature(who.signer, who.chain)]

    return forge


def other_key(made: PageDraft) -> None:
    """Sign the last signature with another key."""
    made.signatures[-1].signer = SoftwareSigner.generate(Algorithm.ES256)


def bad_signature(made: PageDraft) -> None:
    """Break the second signature."""
    made.signatures[1].bend = lambda entry: {**entry, "signature": "A" * 86}


def over_something_else(made: PageDraft) -> None:
    """Let the second signature cover something else."""
    made.signatures[1].payload = lambda data: data.replace(b"family", b"given_")


def twice(made: PageDraft) -> None:
    """Sign twice in one name."""
    made.signatures = [made.signatures[0], made.signatures[0]]


def unprotected(made: PageDraft) -> None:
    """Put a name where nobody signs it."""
    made.signatures[1].own = {**made.signatures[1].own, "client_id": ABSENT}
    made.signatures[1].bend = lambda entry: {
        **entry,
        "header": {"client_id": "x509_hash:somebody"},
    }


def nobody_known(made: PageDraft) -> None:
    """Let the wallet know nobody."""
    made.trust = TestPki(at=made.scene.at).store()


def named_of_another(made: PageDraft) -> None:
    """Ask under the name of another."""
    other = made.scene.pki.reader("bank.example")
    name = PageSignature(other.signer, other.chain).name()
    made.claims = {**made.claims, "client_id": name}


def text(change: Callable[[bytes], bytes]) -> Change:
    """Bend the whole text."""

    def forge(made: PageDraft) -> None:
        made.bend_text = change

    return forge


def doubled(data: bytes) -> bytes:
    """Let a member stand twice."""
    return data[:-1] + b',"requests":[]}'


def payload(change: Callable[[bytes], bytes]) -> Change:
    """Bend what is signed."""

    def forge(made: PageDraft) -> None:
        made.bend_payload = change

    return forge


def expired(made: PageDraft) -> None:
    """Ask two hours ago."""
    past = int((made.scene.at - timedelta(hours=2)).timestamp())
    made.claims = {**made.claims, "iat": past, "exp": past + 60}


def handed_over_as(protocol: PageProtocol) -> Change:
    """Hand over what was written for one protocol under the name of another."""

    def forge(made: PageDraft) -> None:
        was = made.protocol.value.encode()
        made.bend_text = lambda data: data.replace(was, protocol.value.encode(), 1)

    return forge


def strict(made: PageDraft) -> None:
    """Admit nobody for whom nobody vouches."""
    made.policy = replace(ADMITTING, unauthenticated=())


def admitting(made: PageDraft) -> None:
    """Admit what strangers may ask, so that only the form is at fault."""
    made.policy = ADMITTING
