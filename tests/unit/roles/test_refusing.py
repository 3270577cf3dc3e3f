"""A wallet answers with the standard's code to whom it knows, and else with nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from idwallet.adapters.store import MemoryStore
from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.crypto.seal import SealKey
from idwallet.errors import UsageError
from idwallet.protocols.http import HttpRequest
from idwallet.protocols.openid4vp.encryption import AnswerKey
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.response import WalletRefusal, read_response
from idwallet.roles.holder import Holder
from idwallet.testing.corpus import RequestForgery
from idwallet.testing.corpus.registered import READER_REVOCATIONS
from idwallet.testing.draft import ABSENT
from idwallet.testing.request_draft import RequestDraft, request_draft
from idwallet.testing.scene import ANSWER_TO, Scene
from tests.unit.roles.presentation_service_world import World, scene

SCENE = Scene(seed=b"idwallet TEST refusing")
KEY = AnswerKey.generate("ours")
UNKNOWN = [b64.encode(b'{"type":"unknown","credential_ids":["pid"]}')]


def made(**claims: object) -> RequestDraft:
    draft = request_draft(SCENE)
    draft.claims = {**draft.claims, **claims}  # type: ignore[dict-item]
    return draft


def refused(draft: RequestDraft, *, link: str | None = None) -> HttpRequest | None:
    wallet = SCENE.new_wallet()
    return wallet.refuse_request(link or draft.message(), at=SCENE.at)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"scope": "org.example.id", "dcql_query": ABSENT}, "invalid_scope"),
        ({"scope": "org.example.id"}, "invalid_request"),
        ({"nonce": ABSENT}, "invalid_request"),
        ({"transaction_data": UNKNOWN}, "invalid_transaction_data"),
        ({"response_type": "code"}, "unsupported_response_type"),
    ],
)
def test_who_is_known_is_told_the_code_and_nothing_else(
    claims: dict[str, object], code: str
) -> None:
    sent = refused(made(**claims))
    assert sent is not None
    assert (sent.method, sent.url) == ("POST", ANSWER_TO)
    assert sent.form() == {"error": code, "state": "idwallet-TEST-state"}
    assert refused(made()) is None  # it can be taken: there is nothing to refuse


def test_an_error_is_encrypted_where_the_answer_would_be() -> None:
    metadata: JsonObject = {
        "vp_formats_supported": {"dc+sd-jwt": {}},
        **KEY.public.to_metadata(),
    }
    jwt = {"response_mode": "direct_post.jwt", "client_metadata": metadata}
    sent = refused(made(**jwt, nonce=ABSENT))
    assert sent is not None
    assert list(sent.form()) == ["response"]
    found = read_response(sent.body, key=KEY)
    assert isinstance(found, WalletRefusal)
    # Section 8.3.1: where it cannot be encrypted, it is said in the clear.
    without = {**jwt, "client_metadata": {"vp_formats_supported": {"dc+sd-jwt": {}}}}
    plain = refused(made(**without))
    assert plain is not None
    assert plain.form()["error"] == "invalid_request"


def _unsigned(draft: RequestDraft) -> None:
    draft.bend_token = lambda token: token[:-8] + "AAAAAAAA"


def _expired(draft: RequestDraft) -> None:
    moment = int((SCENE.at - timedelta(hours=1)).timestamp())
    draft.claims = {**draft.claims, "iat": moment, "exp": moment + 60}


def _stranger(draft: RequestDraft) -> None:
    other = Scene(seed=b"idwallet TEST stranger")
    draft.chain = other.reader_identity.chain
    draft.signer = other.reader_identity.signer


def _another_beside(draft: RequestDraft) -> None:
    draft.beside = f"x509_hash:{'A' * 43}"


@pytest.mark.parametrize("change", [_unsigned, _expired, _stranger, _another_beside])
def test_nobody_unknown_is_told_anything(
    change: Callable[[RequestDraft], None],
) -> None:
    faulty = made(nonce=ABSENT)
    assert refused(faulty) is not None
    change(faulty)
    assert refused(faulty) is None


@pytest.mark.parametrize("forgery", READER_REVOCATIONS, ids=lambda each: each.name)
def test_whose_certificate_may_be_revoked_is_told_nothing(
    forgery: RequestForgery,
) -> None:
    told = []
    for draft in forgery.twins(SCENE):
        draft.claims = {**draft.claims, "nonce": ABSENT}  # what is wrong with both
        wallet = Holder(
            store=MemoryStore(),
            seal=SealKey(bytes(32)),
            keys=SCENE.keys,
            trust=draft.trust,
            policy=draft.policy,
        )
        told.append(wallet.refuse_request(draft.message(), at=SCENE.at))
    assert told[0] is not None
    assert told[1] is None


def test_where_nobody_can_tell_where_to_nothing_is_sent() -> None:
    assert refused(made(response_uri="http://shop.example/")) is None
    assert refused(made(response_mode="dc_api")) is None
    away = {"redirect_uri": ANSWER_TO, "response_uri": ABSENT}
    assert refused(made(response_mode="fragment", nonce=ABSENT, **away)) is None
    assert refused(made(), link="openid4vp://?x=1") is None
    with pytest.raises(UsageError):
        SCENE.new_wallet().refuse_request("", at=SCENE.at.replace(tzinfo=None))


def test_that_no_format_is_known_is_not_said_as_a_persons_no() -> None:
    def declined(format_: str) -> str:
        query = {"id": "x", "format": format_, "meta": {}}
        if format_ == "dc+sd-jwt":
            query["meta"] = {"vct_values": ["urn:eudi:pid:1"]}
        draft = made(dcql_query={"credentials": [query]})
        wallet = SCENE.new_wallet()
        asked = wallet.read_request(draft.message(), at=SCENE.at)
        return wallet.decline(asked, at=SCENE.at).to_http().form()["error"]

    assert declined("dc+sd-jwt") == "access_denied"
    assert declined("ldp_vc") == "vp_formats_not_supported"


def test_an_answer_is_sent_as_its_mode_says() -> None:
    world = World(mode=ResponseMode.DIRECT_POST)
    answer = world.answer(world.start().link)
    assert answer.to_http().form().keys() == {"vp_token", "state"}
    with pytest.raises(UsageError, match="to_http"):
        answer.to_redirect()
    request = scene().verifier.request(
        scene().request().query,
        purpose="a test",
        at=scene().at,
        mode=ResponseMode.FRAGMENT,
    )
    wallet = scene().new_wallet()
    wallet.add(scene().issue(), at=scene().at)
    asked = wallet.read_request(request.message.raw, at=scene().at)
    choice = wallet.match(asked, at=scene().at).choose()
    shown = wallet.present(asked, choice, at=scene().at)
    assert shown.to_redirect().startswith(f"{ANSWER_TO}#vp_token=")
    with pytest.raises(UsageError, match="to_redirect"):
        shown.to_http()
