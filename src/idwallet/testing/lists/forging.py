"""What can be wrong with a list of trust: each function puts one fault into a draft."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from idwallet import limits
from idwallet.codec.cbor import CborValue
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.draft import ABSENT
from idwallet.testing.lists.drafts import EU_LIST, ListDraft, list_draft
from idwallet.testing.lists.scene import PointedList, signs_lists
from idwallet.testing.pki import Fault
from idwallet.testing.xml_signed import EXC_C14N, XmlDraft
from idwallet.trust.lists import ListForm, ListSeen

Forger = Callable[[ListDraft], None]


def text(old: str, new: str) -> Forger:
    """Forge: text."""

    def forge(made: ListDraft) -> None:
        made.bend_xml = lambda text: text.replace(old, new, 1)

    return forge


def everywhere_in_it(old: str, new: str) -> Forger:
    """Forge: everywhere in it."""

    def forge(made: ListDraft) -> None:
        made.bend_xml = lambda text: text.replace(old, new)

    return forge


def octets(old: bytes, new: bytes) -> Forger:
    """Forge: octets."""

    def forge(made: ListDraft) -> None:
        made.bend = lambda data: data.replace(old, new, 1)

    return forge


def signed(change: Callable[[XmlDraft], None]) -> Forger:
    """Forge: signed."""

    def forge(made: ListDraft) -> None:
        made.signature = change

    return forge


def scheme(name: str, value: JsonValue) -> Forger:
    """Set a member of the scheme information of a JSON list, or take it out."""

    def change(document: JsonObject) -> JsonObject:
        lote = document["LoTE"]
        if isinstance(lote, dict):
            scheme = lote["ListAndSchemeInformation"]
            if isinstance(scheme, dict):
                scheme[name] = value
                if value == ABSENT:
                    del scheme[name]
        return document

    def forge(made: ListDraft) -> None:
        made.bend_json = change

    return forge


def member(name: str, value: CborValue) -> Forger:
    """Set a member of a VICAL, or take it out."""

    def forge(made: ListDraft) -> None:
        made.bend_map = lambda found: {
            key: each for key, each in {**found, name: value}.items() if each != ABSENT
        }

    return forge


def header(changes: JsonObject) -> Forger:
    """Forge: header."""

    def forge(made: ListDraft) -> None:
        made.header = changes

    return forge


def by_stranger(made: ListDraft) -> None:
    """Forge: by stranger."""
    made.signer, made.chain = made.scene.stranger.signer, made.scene.stranger.chain


def another_key(made: ListDraft) -> None:
    """Forge: another key."""
    made.signer = SoftwareSigner.generate(Algorithm.ES256)


def certified(fault: Fault) -> Forger:
    """Forge: certified."""

    def forge(made: ListDraft) -> None:
        who = made.scene.signer("https://lists.example", fault=fault)
        made.signer, made.chain = who.signer, who.chain

    return forge


def under_the_root(made: ListDraft) -> None:
    """Forge: under the root."""
    made.expected = replace(made.expected, signers=made.scene.root_store())


def long_chain(made: ListDraft) -> None:
    """Forge: long chain."""
    made.chain = made.chain[:1] + made.chain[1:2] * limits.CHAIN_CERTIFICATES


def big_certificate(made: ListDraft) -> None:
    """Forge: big certificate."""
    made.chain = (bytes(limits.CERTIFICATE_BYTES + 1), *made.chain)


def no_chain(made: ListDraft) -> None:
    """Forge: no chain."""
    if made.form is ListForm.TRUSTED_LIST:
        made.bend = lambda data: data.replace(b"X509Certificate>", b"X509Other>")
        made.signature = without_key_info
        return
    made.chain = ()
    made.header = {"x5c": ABSENT}


def without_key_info(draft: XmlDraft) -> None:
    """Forge: without key info."""
    draft.bend_key_info = lambda _: ""


def without_properties(draft: XmlDraft) -> None:
    """Forge: without properties."""
    draft.has_properties = False


def other_certificate(made: ListDraft) -> None:
    """Forge: other certificate."""
    other = made.scene.stranger.chain[0]
    made.signature = lambda draft: setattr(draft, "named", other)


def digest_of_another(made: ListDraft) -> None:
    """Forge: digest of another."""
    made.header = {"x5t#S256": "A" * 43}


def outside(draft: XmlDraft) -> None:
    """Forge: outside."""
    draft.uri = "http://lists.example/list.xml"
    draft.transforms = ""


def only_a_part(draft: XmlDraft) -> None:
    """Sign the scheme information alone, by its identifier."""
    start = draft.content.index(b"<SchemeInformation")
    end = draft.content.index(b"</SchemeInformation>") + len(b"</SchemeInformation>")
    part = draft.content[start:end].replace(
        b"<SchemeInformation",
        b'<SchemeInformation xmlns="http://uri.etsi.org/02231/v2#"',
        1,
    )
    draft.uri = "#scheme"
    draft.transforms = f'<ds:Transform Algorithm="{EXC_C14N}"></ds:Transform>'
    draft.bend_content = lambda _: part


def identified_scheme(made: ListDraft) -> None:
    """Forge: identified scheme."""
    made.bend_xml = lambda text: text.replace(
        "<SchemeInformation>", '<SchemeInformation Id="scheme">', 1
    )


def rsa_named(draft: XmlDraft) -> None:
    """Forge: rsa named."""
    draft.method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


def rs256_allowed(made: ListDraft) -> None:
    """Forge: rs256 allowed."""
    policy = replace(
        made.rules.policy,
        algorithms=frozenset({*made.rules.policy.algorithms, Algorithm.RS256}),
    )
    made.rules = replace(made.rules, policy=policy)


def rsa_named_everywhere(made: ListDraft) -> None:
    """Forge: rsa named everywhere."""
    made.signature = rsa_named
    made.header = {"alg": "RS256"}


def issued(**after: int) -> Forger:
    """Forge: issued."""

    def forge(made: ListDraft) -> None:
        made.facts.issued = made.scene.at + timedelta(**after)

    return forge


def updated(**after: int) -> Forger:
    """Forge: updated."""

    def forge(made: ListDraft) -> None:
        made.facts.next_update = made.scene.at + timedelta(**after)

    return forge


def no_update(made: ListDraft) -> None:
    """Forge: no update."""
    made.facts.next_update = None
    made.facts.issued = made.scene.at


def old_without_update(made: ListDraft) -> None:
    """Forge: old without update."""
    made.facts.issued = made.scene.at - timedelta(days=2)


def seen(made: ListDraft) -> None:
    """Forge: seen."""
    seen = ListSeen(made.facts.issued, made.facts.sequence)
    made.expected = replace(made.expected, seen=seen)


def lower(made: ListDraft) -> None:
    """Forge: lower."""
    made.facts.sequence = 6


def no_number(made: ListDraft) -> None:
    """Forge: no number."""
    made.facts.sequence = None
    seen(made)


def earlier(made: ListDraft) -> None:
    """Forge: earlier."""
    made.facts.issued -= timedelta(hours=1)


def announcing(made: ListDraft) -> ListDraft:
    """Return the list by which the operator announces the next one's signer."""
    scene = made.scene
    before = list_draft(scene, made.form)
    before.facts.sequence = 5
    next_signer = scene.next_operator
    before.facts.pointers = [
        PointedList("https://lists.example/list", next_signer.chain[:1], type=EU_LIST)
    ]
    return before


def by_next_operator(made: ListDraft) -> None:
    """Forge: by next operator."""
    made.signer = made.scene.next_operator.signer
    made.chain = made.scene.next_operator.chain
    made.pivots = (announcing(made).data(),)


def without_pivot(made: ListDraft) -> None:
    """Forge: without pivot."""
    made.pivots = ()


def strange_pivot(made: ListDraft) -> None:
    """Forge: strange pivot."""
    pivot = announcing(made)
    by_stranger(pivot)
    made.pivots = (pivot.data(),)


def pivot_to_nobody(made: ListDraft) -> None:
    """Forge: pivot to nobody."""
    pivot = announcing(made)
    pivot.facts.pointers = []
    made.pivots = (pivot.data(),)


def pivot_to_a_ca(made: ListDraft) -> None:
    """Forge: pivot to a ca."""
    pivot = announcing(made)
    pivot.facts.pointers[0].certificates = (made.scene.pki.root.der,)
    made.pivots = (pivot.data(),)


def newer_pivot(made: ListDraft) -> None:
    """Forge: newer pivot."""
    pivot = announcing(made)
    pivot.facts.sequence = 9
    made.pivots = (pivot.data(),)


def for_code(plan: CertificatePlan) -> CertificatePlan:
    """Forge: for code."""
    return replace(signs_lists(plan), key_purposes=("1.3.6.1.5.5.7.3.3",))


def code_signer(made: ListDraft) -> None:
    """Forge: code signer."""
    who = made.scene.pki.issuer("https://lists.example", change=for_code)
    made.signer, made.chain = who.signer, who.chain


def big(made: ListDraft) -> None:
    """Forge: big."""
    bound = {ListForm.TRUSTED_LIST: limits.XML_BYTES, ListForm.LOTE: limits.LOTE_BYTES}
    length = bound.get(made.form, limits.CBOR_BYTES)
    made.bend = lambda data: data + b" " * length


def twice_signed(data: bytes) -> bytes:
    """Forge: twice signed."""
    end = data.rindex(b"</")
    start = data.index(b"<ds:Signature ")
    again = (
        data[start:end].replace(b'Id="sig"', b'Id="sig2"').replace(b'"signed"', b'"s2"')
    )
    return data[:end] + again + data[end:]
