"""What HAIP 1.0 forbids is refused, rule by rule; under it the twin passes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.required import Context, Expected
from idwallet.credentials.sdjwt.evaluate import evaluate
from idwallet.crypto.agreement import EphemeralKey
from idwallet.envelope.jws import x5c_parameter
from idwallet.errors import UsageError
from idwallet.profiles import EU_AGE_1, HAIP_1_0
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.protocols.openid4vp.encryption import AnswerKey
from idwallet.protocols.openid4vp.message import RequestMessage
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.profiled import message_of
from idwallet.report import Check, CheckId, Outcome, Reason
from idwallet.roles.page import Page
from idwallet.roles.verifier import RelyingParty
from idwallet.testing.corpus import RequestForgery, judge_request
from idwallet.testing.corpus.attested import ATTESTED
from idwallet.testing.corpus.identified import IDENTIFIED, by_key
from idwallet.testing.corpus.pages import PageForgery
from idwallet.testing.draft import ABSENT, draft
from idwallet.testing.haip import haip_metadata, page_under_haip, under_haip
from idwallet.testing.page_draft import PageDraft, judge_page
from idwallet.testing.request_draft import RequestDraft
from idwallet.testing.scene import ANSWER_TO, Scene
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import RETAIL, BindingRule
from tests.hostile.twins import require_only_its_check_moved

ENC = "encrypted_response_enc_values_supported"
FORMAT, OUTSIDE = CheckId.REQUEST_FORMAT, Reason.OUTSIDE_PROFILE
HAIP = replace(RETAIL, name="retail-haip", profile=HAIP_1_0)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST haip")


def asks(**claims: JsonValue) -> Callable[[RequestDraft | PageDraft], None]:
    def forge(made: RequestDraft | PageDraft) -> None:
        made.claims = {**made.claims, **claims}

    return forge


def by_host(made: RequestDraft) -> None:
    made.prefix = ClientIdPrefix.X509_SAN_DNS


def in_a_link(made: RequestDraft) -> None:
    made.is_fetched = False


def unsigned(made: RequestDraft) -> None:
    made.is_unsigned, made.client_id = True, f"redirect_uri:{ANSWER_TO}"


def identified(made: RequestDraft) -> None:
    claims = made.claims
    by_key(made)
    made.claims = {**made.claims, **claims}


def pinned(made: RequestDraft) -> None:
    made.pin()
    made.claims = {**made.claims, "client_metadata": ABSENT}


def with_root(made: RequestDraft) -> None:
    made.header = {"x5c": x5c_parameter((*made.chain, made.scene.pki.root.der))}


def key_on(curve: str) -> JsonObject:
    key = AnswerKey(EphemeralKey.generate(curve), "idwallet TEST answer key")
    return haip_metadata(**key.public.to_metadata())


def formats(name: str, meta: JsonObject) -> JsonObject:
    return {"credentials": [{"id": "a", "format": name, "meta": meta}]}


REQUESTS = [
    RequestForgery(f"haip: {name}", check, reason, forge, under_haip)
    for name, check, reason, forge in (
        ("by value in a link", FORMAT, OUTSIDE, in_a_link),
        ("known by a host name", FORMAT, OUTSIDE, by_host),
        ("known by an identifier", FORMAT, OUTSIDE, identified),
        ("known by agreement", FORMAT, OUTSIDE, pinned),
        (
            "answered in the clear",
            FORMAT,
            OUTSIDE,
            asks(response_mode="direct_post"),
        ),
        (
            "answered in a fragment",
            FORMAT,
            OUTSIDE,
            asks(
                response_mode="fragment",
                response_uri=ABSENT,
                redirect_uri=ANSWER_TO,
            ),
        ),
        (
            "one content encryption alone",
            FORMAT,
            OUTSIDE,
            asks(client_metadata=haip_metadata(**{ENC: ["A128GCM"]})),
        ),
        (
            "the other alone",
            FORMAT,
            OUTSIDE,
            asks(client_metadata=haip_metadata(**{ENC: ["A256GCM"]})),
        ),
        (
            "no content encryption named",
            FORMAT,
            OUTSIDE,
            asks(
                client_metadata={k: v for k, v in haip_metadata().items() if k != ENC}
            ),
        ),
        (
            "a key on another curve",
            FORMAT,
            OUTSIDE,
            asks(client_metadata=key_on("P-384")),
        ),
        (
            "a format that it does not profile",
            FORMAT,
            OUTSIDE,
            asks(dcql_query=formats("jwt_vc_json", {"type_values": [["a"]]})),
        ),
        (
            "the trust anchor in the chain",
            CheckId.READER_AUTHORISED,
            Reason.CERTIFICATE_PROFILE,
            with_root,
        ),
    )
]

PAGES = [
    PageForgery(f"haip: page {name}", check, reason, forge, page_under_haip)
    for name, check, reason, forge in (
        ("answered in the clear", FORMAT, OUTSIDE, asks(response_mode="dc_api")),
        (
            "of one content encryption",
            FORMAT,
            OUTSIDE,
            asks(client_metadata=haip_metadata(**{ENC: ["A256GCM"]})),
        ),
    )
]


@pytest.mark.parametrize("forgery", REQUESTS, ids=lambda each: each.name)
def test_a_request_outside_of_the_profile_is_refused_for_its_rule(
    forgery: RequestForgery, scene: Scene
) -> None:
    valid, forged = (judge_request(each) for each in forgery.twins(scene))
    require_only_its_check_moved(forgery, valid, forged)


HAS_NONE = [
    each for each in (*ATTESTED, *IDENTIFIED) if each.name.endswith("that has none")
]


def test_each_way_that_haip_has_not_is_forged() -> None:
    assert len(HAS_NONE) == 2


@pytest.mark.parametrize(
    ("forgery", "at"),
    [
        *((each, "/client_id") for each in HAS_NONE),
        *((each, "request") for each in REQUESTS if "in a link" in each.name),
        *((each, "/client_id") for each in REQUESTS if "known by" in each.name),
        *((each, "/response_mode") for each in REQUESTS if "answered" in each.name),
    ],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
def test_what_is_said_names_the_place(
    forgery: RequestForgery, at: str, scene: Scene
) -> None:
    (failed,) = (
        each
        for each in judge_request(forgery.twins(scene)[1]).failed()
        if each.reason is OUTSIDE
    )
    assert failed.fact("at") == at


@pytest.mark.parametrize("forgery", PAGES, ids=lambda each: each.name)
def test_a_page_outside_of_the_profile_is_refused_for_its_rule(
    forgery: PageForgery, scene: Scene
) -> None:
    valid, forged = (judge_page(each) for each in forgery.twins(scene))
    require_only_its_check_moved(forgery, valid, forged)


@pytest.mark.parametrize("forgery", [*REQUESTS, *PAGES], ids=lambda each: each.name)
def test_what_is_said_names_the_clause_of_the_profile(
    forgery: RequestForgery | PageForgery, scene: Scene
) -> None:
    forged = forgery.twins(scene)[1]
    judged = (
        judge_page(forged) if isinstance(forged, PageDraft) else judge_request(forged)
    )
    (failed,) = judged.failed()
    assert "(HAIP 1.0 section 5" in str(failed.fact("what"))


def test_what_is_no_link_holds_a_request_by_value_under_haip_too(scene: Scene) -> None:
    made = RequestForgery("", FORMAT, OUTSIDE, in_a_link, under_haip).twins(scene)[0]
    message = RequestMessage(made.token(), made.asker())
    for carried in (message.raw, message.to_json()):
        made.bend_message = lambda _, carried=carried: carried
        assert judge_request(made).outcome is Outcome.PASSED
    made.bend_message = lambda _: message.to_uri("haip-vp")
    assert judge_request(made).outcome is Outcome.FAILED


def test_only_what_is_signed_can_lie_somewhere_else() -> None:
    signed = message_of("e30.e30.c2ln", "x509_hash:a", profile=HAIP_1_0)
    unsigned = message_of("{}", "redirect_uri:https://a.example", profile=HAIP_1_0)
    assert not signed.in_links
    assert unsigned.in_links
    assert message_of(signed.raw, signed.client_id, profile=EU_AGE_1).in_links


def test_a_request_that_nobody_signed_is_outside_whatever_it_asks(scene: Scene) -> None:
    forgery = RequestForgery("", FORMAT, OUTSIDE, unsigned, under_haip)
    failed = judge_request(forgery.twins(scene)[1]).failed()
    assert OUTSIDE in {each.reason for each in failed}


# --- credentials ----------------------------------------------------------------------


def judged(made, trust: TrustStore | None = None, policy=HAIP, *, asked: bool = True):  # type: ignore[no-untyped-def]
    expected = Expected(made.request.nonce, made.request.client_id, asked)
    context = Context(trust or made.scene.trust, policy, made.scene.at)
    return evaluate(made.token(), expected=expected, context=context, subject="pid")


def found(verdict, check_id: CheckId) -> Check:  # type: ignore[no-untyped-def]
    (check,) = [each for each in verdict.checks if each.id is check_id]
    return check


def test_a_card_with_the_trust_anchor_in_its_chain_is_refused(scene: Scene) -> None:
    made = draft(scene)
    assert found(judged(made), CheckId.ISSUER_TRUST).outcome is Outcome.PASSED
    made.chain = (*made.chain, scene.pki.root.der)
    assert found(judged(made, policy=RETAIL), CheckId.ISSUER_TRUST).outcome is (
        Outcome.PASSED
    )
    refused = found(judged(made), CheckId.ISSUER_TRUST)
    assert refused.reason is Reason.CERTIFICATE_PROFILE
    assert "(HAIP 1.0 section 6.1.1)" in str(refused.fact("what"))


def test_a_card_of_an_issuer_that_is_known_by_a_key_alone_is_refused(
    scene: Scene,
) -> None:
    made = draft(scene)
    made.header = {"x5c": ABSENT, "kid": "1"}
    made.payload = {"iss": "https://issuer.example"}
    anchor = TrustAnchor(
        name="TEST issuer",
        purposes=frozenset({Purpose.ISSUE_CREDENTIALS}),
        issuer_names=frozenset({"https://issuer.example"}),
        keys=(PinnedKey("1", made.issuer_signer.public_key),),
    )
    trust = TrustStore([*scene.trust.anchors, anchor])
    plain = found(judged(made, trust, RETAIL), CheckId.ISSUER_TRUST)
    assert plain.reason is Reason.KEY_PINNED
    refused = found(judged(made, trust), CheckId.ISSUER_TRUST)
    assert refused.reason is Reason.NO_KEY_MATERIAL


def test_a_card_that_is_bound_to_a_key_is_never_shown_without_its_proof(
    scene: Scene,
) -> None:
    made = draft(scene)
    made.bend_binding = lambda _: ""
    lenient = replace(RETAIL, name="lenient", binding=BindingRule.AS_QUERIED)
    plain = judged(made, policy=lenient, asked=False)
    assert found(plain, CheckId.HOLDER_BINDING).outcome is Outcome.PASSED
    haip = replace(HAIP, name="lenient-haip", binding=BindingRule.AS_QUERIED)
    refused = judged(made, policy=haip, asked=False)
    assert found(refused, CheckId.HOLDER_BINDING).reason is Reason.ABSENT


# --- a verifier -----------------------------------------------------------------------


def test_a_verifier_asks_nothing_that_the_profile_does_not_take(scene: Scene) -> None:
    query = scene.request().query
    haip = replace(scene.verifier, policy=HAIP)
    made = haip.request(query, purpose="a test", at=scene.at)
    assert made.decryption is not None
    for mode in (ResponseMode.DIRECT_POST, ResponseMode.FRAGMENT):
        with pytest.raises(UsageError, match=r"HAIP 1\.0 section 5\.1"):
            haip.request(query, purpose="a test", at=scene.at, mode=mode)
    signer, chain = scene.reader_identity.signer, scene.reader_identity.chain
    named = RelyingParty(
        signer=signer,
        certificates=chain,
        answer_to=ANSWER_TO,
        prefix=ClientIdPrefix.X509_SAN_DNS,
    )
    with pytest.raises(UsageError, match=r"HAIP 1\.0 section 5\)"):
        replace(haip, identity=named).request(query, purpose="a test", at=scene.at)
    page = Page(origin="https://shop.example", mode=ResponseMode.DC_API)
    with pytest.raises(UsageError, match=r"HAIP 1\.0 section 5\.2"):
        haip.ask_page(query, page=page, purpose="a test", at=scene.at)
