"""Readers that are known by a decentralized identifier (OpenID4VP 1.0 section 5.9.3).

Each twin is a shop whose identifier a trust anchor names: ``did:jwk`` unless the entry
says more.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.profiles import HAIP_1_0
from idwallet.report import CheckId, Origin, Reason
from idwallet.testing.corpus.attested import ADMITTING
from idwallet.testing.corpus.requests import Change, RequestForgery, asks, header
from idwallet.testing.draft import ABSENT
from idwallet.testing.request_draft import RequestDraft
from idwallet.trust.anchors import TrustAnchor, TrustStore
from idwallet.trust.did import did_jwk
from idwallet.trust.evidence import DidDocumentAtHand, EvidenceAtHand

_C, _R = CheckId, Reason
_METADATA: Final[JsonObject] = {"vp_formats_supported": {"dc+sd-jwt": {}}}
WEB: Final = "did:web:shop.example"
METHOD: Final = f"{WEB}#key-1"


def _under(made: RequestDraft, did: str, *, kid: str) -> None:
    made.chain = ()
    made.client_id = f"decentralized_identifier:{did}"
    made.claims = {**made.claims, "client_metadata": _METADATA}
    made.header = {"kid": kid}


def known(made: RequestDraft, *dids: str) -> None:
    """Let the wallet know the shop by these identifiers."""
    anchor = TrustAnchor.from_dids(dids, name="TEST shop")
    made.trust = TrustStore([*made.scene.trust.anchors, anchor])


def by_key(made: RequestDraft) -> None:
    """Let the shop ask under the name that its key is."""
    did = did_jwk(made.signer.public_key)
    _under(made, did, kid=f"{did}#0")
    known(made, did)


def document(made: RequestDraft, **members: JsonValue) -> JsonObject:
    """Return the document of the shop's web site, with these members of it changed."""
    return {"id": WEB, "verificationMethod": [_method(made)], **members}


def _method(made: RequestDraft) -> JsonObject:
    return {
        "id": METHOD,
        "type": "JsonWebKey2020",
        "controller": WEB,
        "publicKeyJwk": made.signer.public_key.to_jwk(),
    }


def bring(
    made: RequestDraft, content: JsonObject | bytes, *, ago: timedelta = timedelta()
) -> None:
    """Give the wallet a document of the shop's identifier, taken that long ago."""
    data = content if isinstance(content, bytes) else write_json(content)
    origin = Origin(taken=made.scene.at - ago, source="test")
    piece = DidDocumentAtHand(did=WEB, document=data, origin=origin)
    made.trust = made.trust.with_evidence(EvidenceAtHand(did_documents=[piece]))


def by_document(made: RequestDraft) -> None:
    """Let the shop ask under the name of its web site, with its document at hand."""
    _under(made, WEB, kid=METHOD)
    known(made, WEB)
    bring(made, document(made))


def by_nobody(made: RequestDraft) -> None:
    """Let somebody ask under a name of their own for what strangers may ask."""
    by_key(made)
    made.trust, made.policy = made.scene.trust, ADMITTING


def _unknown(made: RequestDraft) -> None:
    made.trust = made.scene.trust


def _other_key(made: RequestDraft) -> None:
    made.signer = SoftwareSigner.generate(Algorithm.ES256)


def _kid_of_another(made: RequestDraft) -> None:
    other = did_jwk(SoftwareSigner.generate(Algorithm.ES256).public_key)
    made.header = {"kid": f"{other}#0"}


def _kid(fragment: str) -> Change:
    def forge(made: RequestDraft) -> None:
        did = (made.client_id or "").partition(":")[2]
        made.header = {"kid": f"{did}{fragment}"}

    return forge


def _named(name: str) -> Change:
    def forge(made: RequestDraft) -> None:
        made.client_id = f"decentralized_identifier:{name}"

    return forge


def _haip(made: RequestDraft) -> None:
    made.policy = replace(made.policy, name="wallet-haip", profile=HAIP_1_0)
    made.is_fetched = True


def _private(made: RequestDraft) -> None:
    """Name a key that is none to verify with."""
    jwk: JsonObject = {**made.signer.public_key.to_jwk(), "use": "enc"}
    did = f"did:jwk:{b64.encode(write_json(jwk))}"
    _under(made, did, kid=f"{did}#0")
    known(made, did)


def _brings(**members: JsonValue) -> Change:
    def forge(made: RequestDraft) -> None:
        bring(made, document(made, **members))

    return forge


def _without(made: RequestDraft) -> None:
    made.trust = TrustStore(made.trust.anchors)


def _old(made: RequestDraft) -> None:
    bring(made, document(made), ago=timedelta(days=30))


def _from_the_future(made: RequestDraft) -> None:
    bring(made, document(made), ago=-timedelta(days=1))


def _doubled(made: RequestDraft) -> None:
    bring(made, b'{"id":"did:web:evil.test",' + write_json(document(made))[1:])


def _twice(made: RequestDraft) -> None:
    method = _method(made)
    bring(made, document(made, verificationMethod=[method, method]))


def _controlled(made: RequestDraft) -> None:
    method = {**_method(made), "controller": "did:web:evil.test"}
    bring(made, document(made, verificationMethod=[method]))


_DOCUMENT: Final = (
    ("no document at hand", _R.DID_DOCUMENT_NEEDED, _without),
    ("a document of last month", _R.DID_DOCUMENT_NEEDED, _old),
    ("a document of tomorrow", _R.DID_DOCUMENT_NEEDED, _from_the_future),
    (
        "the document of another domain",
        _R.DID_DOCUMENT_REFUSED,
        _brings(id="did:web:evil.test"),
    ),
    ("a document with a member twice", _R.DID_DOCUMENT_REFUSED, _doubled),
    ("a document with a method twice", _R.DID_DOCUMENT_REFUSED, _twice),
    ("a method that somebody else controls", _R.DID_DOCUMENT_REFUSED, _controlled),
    (
        "a document without the method",
        _R.KEY_NOT_IN_IDENTIFIER,
        _brings(verificationMethod=[]),
    ),
    (
        "a key written in another way",
        _R.KEY_UNUSABLE,
        _brings(
            verificationMethod=[
                {"id": METHOD, "controller": WEB, "publicKeyBase58": "3yZ"}
            ]
        ),
    ),
)

IDENTIFIED: Final = (
    *(
        RequestForgery(f"identifier: {name}", check, reason, forge, by_key)
        for name, check, reason, forge in (
            ("nobody knows it", _C.READER_AUTHORISED, _R.ANONYMOUS, _unknown),
            ("signed with another key", _C.REQUEST_SIGNATURE, _R.INVALID, _other_key),
            (
                "the key of another identifier",
                _C.READER_AUTHORISED,
                _R.CLIENT_ID_MISMATCH,
                _kid_of_another,
            ),
            (
                "a key it does not have",
                _C.READER_AUTHORISED,
                _R.KEY_NOT_IN_IDENTIFIER,
                _kid("#1"),
            ),
            (
                "a key without a fragment",
                _C.READER_AUTHORISED,
                _R.CLIENT_ID_MISMATCH,
                _kid(""),
            ),
            (
                "no key named",
                _C.READER_AUTHORISED,
                _R.NO_KEY_MATERIAL,
                header(kid=ABSENT),
            ),
            (
                "a key for encryption",
                _C.READER_AUTHORISED,
                _R.KEY_UNUSABLE,
                _private,
            ),
            ("no identifier", _C.REQUEST_FORMAT, _R.MALFORMED, _named("shop.example")),
            (
                "a DID URL for one",
                _C.REQUEST_FORMAT,
                _R.MALFORMED,
                _named("did:web:shop.example#key-1"),
            ),
            (
                "an address for a domain",
                _C.REQUEST_FORMAT,
                _R.MALFORMED,
                _named("did:web:192.0.2.1"),
            ),
            (
                "a method nobody knows",
                _C.REQUEST_FORMAT,
                _R.UNSUPPORTED,
                _named("did:example:123"),
            ),
            (
                "in a profile that has none",
                _C.REQUEST_FORMAT,
                _R.OUTSIDE_PROFILE,
                _haip,
            ),
        )
    ),
    *(
        RequestForgery(
            f"identifier: {name}", _C.READER_AUTHORISED, reason, forge, by_document
        )
        for name, reason, forge in _DOCUMENT
    ),
    RequestForgery(
        "identifier: a stranger asks for more",
        _C.READER_AUTHORISED,
        _R.CLAIM_NOT_ADMITTED,
        asks(
            dcql_query={
                "credentials": [
                    {
                        "id": "pid",
                        "format": "dc+sd-jwt",
                        "meta": {"vct_values": ["urn:eudi:pid:1"]},
                        "claims": [{"path": ["birthdate"]}],
                    }
                ]
            }
        ),
        by_nobody,
    ),
)
