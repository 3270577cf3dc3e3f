import secrets
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from cryptography import x509

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.credentials.model import VerifiedPresentation
from idwallet.credentials.query import Query
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import MalformedError, UsageError, VerificationFailed
from idwallet.ports import Use
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.roles.asked import Asked
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import PresentationRequest, RelyingParty, Verifier
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.draft import draft
from idwallet.testing.pki import TestIdentity
from idwallet.testing.scene import ANSWER_TO, Scene
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import HOTEL, RETAIL
from idwallet.trust.replay import MemoryReplay

SCENE = Scene(seed=b"idwallet TEST verifier")
WHO = SCENE.reader_identity
AT = SCENE.at
KEY = SealKey(bytes(range(32)))
CONTEXT = b"idwallet presentation request/1"


def party(**changes: object) -> RelyingParty:
    parts: dict[str, object] = {
        "signer": WHO.signer,
        "answer_to": ANSWER_TO,
        "certificates": WHO.chain,
    }
    return RelyingParty(**{**parts, **changes})  # type: ignore[arg-type]  # as named above


# --- who asks ----------------------------------------------------------------------


def test_the_client_identifier_comes_from_the_certificate() -> None:
    assert party().client_id.startswith("x509_hash:")
    named = party(prefix=ClientIdPrefix.X509_SAN_DNS)
    assert named.client_id == "x509_san_dns:shop.example"
    assert named.certificates == WHO.chain


def test_a_party_is_named_by_certificates_or_by_an_identifier_and_not_by_both() -> None:
    assert party(certificates=None, client_id="https://kiosk.example").client_id
    with pytest.raises(UsageError):
        party(certificates=None)
    with pytest.raises(UsageError):
        party(client_id="https://kiosk.example")


def test_the_first_certificate_holds_the_partys_key() -> None:
    with pytest.raises(UsageError):
        party(signer=SoftwareSigner.generate(Algorithm.ES256))


def test_a_party_whose_key_wallets_pinned_can_ask() -> None:
    name = "https://kiosk.example"
    anchor = TrustAnchor(
        name="the kiosk",
        purposes=frozenset({Purpose.READ_CREDENTIALS}),
        issuer_names=frozenset({name}),
        keys=(PinnedKey(None, WHO.signer.public_key),),
    )
    scene = Scene(seed=b"idwallet TEST pinned reader")
    scene.trust = TrustStore([anchor, scene.pki.anchor()])
    scene.verifier = Verifier(
        identity=party(certificates=None, client_id=name),
        policy=RETAIL,
        replay=MemoryReplay(),
    )
    request = scene.request()
    body = scene.answer(request, scene.issue())
    found = evaluate_presentation(body, request=request, trust=scene.trust, at=AT)
    assert isinstance(found, VerifiedPresentation)


def several_names(scene: Scene) -> TestIdentity:
    def change(plan: CertificatePlan) -> CertificatePlan:
        more = x509.DNSName("other.example")
        return replace(plan, alternative_names=(*plan.alternative_names, more))

    return scene.pki.reader("shop.example", change=change)


def test_of_several_dns_names_a_party_chooses_one() -> None:
    who = several_names(SCENE)
    parts = {
        "signer": who.signer,
        "certificates": who.chain,
        "prefix": ClientIdPrefix.X509_SAN_DNS,
    }
    assert party(**parts, dns_name="other.example").client_id == (
        "x509_san_dns:other.example"
    )
    for wrong in (None, "third.example"):
        with pytest.raises(UsageError):
            party(**parts, dns_name=wrong)


def test_a_choice_that_would_not_be_heeded_is_refused() -> None:
    pinned = {"certificates": None, "client_id": "https://kiosk.example"}
    assert party(**pinned, kid="2").kid == "2"
    for changes in (
        {"dns_name": "shop.example"},
        {**pinned, "dns_name": "shop.example"},
        {**pinned, "dns_name": "shop.example", "prefix": ClientIdPrefix.X509_SAN_DNS},
        {"kid": "2"},
        {**pinned, "kid": ""},
    ):
        with pytest.raises(UsageError):
            party(**changes)


def test_a_party_of_several_pinned_keys_says_which_one_signs() -> None:
    name = "https://kiosk.example"
    other = SoftwareSigner.generate(Algorithm.ES256)
    anchor = TrustAnchor(
        name="the kiosk",
        purposes=frozenset({Purpose.READ_CREDENTIALS}),
        issuer_names=frozenset({name}),
        keys=(PinnedKey("1", other.public_key), PinnedKey("2", WHO.signer.public_key)),
    )
    scene = Scene(seed=b"idwallet TEST two pinned keys")
    scene.trust = TrustStore([anchor, scene.pki.anchor()])

    def asked(kid: str | None) -> Asked:
        identity = party(certificates=None, client_id=name, kid=kid)
        verifier = Verifier(identity=identity, policy=RETAIL, replay=MemoryReplay())
        request = verifier.request(Query.age_over(18), purpose="a test", at=AT)
        return scene.new_wallet().read_request(request.message.raw, at=AT)

    assert asked("2").by.client_id == name
    for wrong in (None, "1"):
        with pytest.raises(VerificationFailed):
            asked(wrong)


class Forgetful:
    """Half a replay guard: the other half is missing."""

    def consume(self, *_: object, **__: object) -> Use:
        return Use.FIRST


class Unasked:
    """The other half."""

    def settle(self, _: bytes) -> bool:
        return True


@pytest.mark.parametrize("replay", [None, object(), "guard", Forgetful(), Unasked()])
def test_a_verifier_has_a_replay_guard(replay: object) -> None:
    assert Verifier(identity=party(), policy=RETAIL, replay=MemoryReplay())
    with pytest.raises(UsageError):
        Verifier(identity=party(), policy=RETAIL, replay=replay)  # type: ignore[arg-type]


# --- asking --------------------------------------------------------------------------


def ask(**changes: object) -> PresentationRequest:
    arguments: dict[str, object] = {"purpose": "a test", "at": AT, **changes}
    return SCENE.verifier.request(Query.age_over(18), **arguments)  # type: ignore[arg-type]


def test_every_request_has_a_nonce_and_a_state_of_its_own() -> None:
    made = [ask() for _ in range(20)]
    texts = {each.nonce for each in made} | {each.state for each in made}
    assert len(texts) == 40
    assert {len(each) for each in texts} == {43}
    assert len({each.key() for each in made}) == 20
    assert {len(each.key()) for each in made} == {32}


def test_a_request_lives_as_long_as_it_is_told_and_no_longer_than_a_day() -> None:
    assert ask().expires == AT + limits.REQUEST_LIFETIME
    assert ask(lifetime=timedelta(hours=24)).expires == AT + timedelta(hours=24)
    for lifetime in (
        timedelta(),
        timedelta(seconds=-1),
        timedelta(hours=24, seconds=1),
    ):
        with pytest.raises(UsageError):
            ask(lifetime=lifetime)


def test_a_request_starts_at_a_whole_second() -> None:
    assert ask(at=AT.replace(microsecond=999_999)).issued == AT


def test_what_is_shown_of_a_request_in_a_trace_is_not_its_nonce() -> None:
    request = ask()
    assert request.nonce not in repr(request)
    assert request.client_id in repr(request)


def test_a_random_source_that_repeats_gives_the_same_nonce() -> None:
    verifier = Verifier(
        identity=party(), policy=RETAIL, replay=MemoryReplay(), random=bytes
    )
    made = verifier.request(Query.age_over(18), purpose="a test", at=AT)
    assert made.nonce == b64.encode(bytes(32))


# --- what cannot be changed ----------------------------------------------------------


@pytest.mark.parametrize("name", ["policy", "replay", "identity", "types", "random"])
def test_nothing_of_a_verifier_changes_once_it_has_asked(name: str) -> None:
    verifier = SCENE.new_verifier()
    before = getattr(verifier, name)
    with pytest.raises(AttributeError):
        setattr(verifier, name, before)
    assert getattr(verifier, name) is before


@pytest.mark.parametrize(
    "name", ["signer", "answer_to", "certificates", "client_id", "kid"]
)
def test_nothing_of_a_relying_party_changes(name: str) -> None:
    identity = party()
    with pytest.raises(AttributeError):
        setattr(identity, name, getattr(identity, name))


def test_a_request_is_made_by_a_verifier_and_by_nobody_else() -> None:
    request = ask()
    names = [each.name for each in fields(PresentationRequest)]
    parts = {name: getattr(request, name) for name in names}
    for witness in (None, object(), True):
        with pytest.raises(UsageError, match="Verifier"):
            PresentationRequest(**parts, witness=witness)
        with pytest.raises(UsageError, match="Verifier"):
            replace(request, nonce="chosen by somebody", witness=witness)
    # Without a witness a copy is no request either.
    with pytest.raises(ValueError, match="witness"):
        replace(request, nonce="chosen by somebody")
    with pytest.raises(TypeError, match="witness"):
        PresentationRequest(**parts)


# --- saving ---------------------------------------------------------------------------


def saved_state(request: PresentationRequest) -> JsonObject:
    opened = unseal(request.save(KEY), key=KEY, context=CONTEXT, at="test")
    return read_object(opened, at="test")


def resealed(state: JsonObject) -> bytes:
    return seal(write_json(state), key=KEY, context=CONTEXT, random=secrets.token_bytes)


def test_a_saved_request_is_restored_as_it_was_and_judges_the_answer() -> None:
    made = draft(SCENE)
    body = made.response()
    restored = SCENE.verifier.restore(made.request.save(KEY), KEY)
    assert restored == made.request
    assert restored.key() == made.request.key()
    found = evaluate_presentation(body, request=restored, trust=SCENE.trust, at=AT)
    assert isinstance(found, VerifiedPresentation)


def test_a_saved_request_shows_nothing_and_differs_each_time() -> None:
    request = ask()
    one, two = request.save(KEY), request.save(KEY)
    assert one != two
    assert request.nonce.encode() not in one


def test_what_another_key_sealed_or_somebody_changed_is_refused() -> None:
    saved = ask().save(KEY)
    assert SCENE.verifier.restore(saved, KEY)
    with pytest.raises(MalformedError):
        SCENE.verifier.restore(saved, SealKey(bytes(32)))
    for place in (0, 1, len(saved) // 2, len(saved) - 1):
        broken = bytearray(saved)
        broken[place] ^= 1
        with pytest.raises(MalformedError):
            SCENE.verifier.restore(bytes(broken), KEY)
    for broken_end in (b"", saved[:-1], saved + b"\0"):
        with pytest.raises(MalformedError):
            SCENE.verifier.restore(broken_end, KEY)
    record = seal(b"{}", key=KEY, context=b"another", random=secrets.token_bytes)
    with pytest.raises(MalformedError):
        SCENE.verifier.restore(record, KEY)


@pytest.mark.parametrize(
    "policy",
    [
        HOTEL,
        replace(RETAIL, key_binding_age=timedelta(hours=1)),
        replace(RETAIL, name="other"),
    ],
)
def test_another_policy_does_not_restore_it(policy: object) -> None:
    saved = ask().save(KEY)
    same = SCENE.new_verifier(policy=replace(RETAIL))
    assert same.restore(saved, KEY)
    other = SCENE.new_verifier(policy=policy)  # type: ignore[arg-type]  # policies all
    with pytest.raises(UsageError):
        other.restore(saved, KEY)


def test_another_party_does_not_restore_it() -> None:
    saved = ask().save(KEY)
    someone = SCENE.pki.reader("other.example")
    other = Verifier(
        identity=party(signer=someone.signer, certificates=someone.chain),
        policy=RETAIL,
        replay=MemoryReplay(),
    )
    with pytest.raises(UsageError):
        other.restore(saved, KEY)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "idwallet-request/3"),
        ("format", None),
        ("client_id", None),
        ("raw", ""),
        ("raw", 1),
        ("query", "query"),
        ("query", {}),
        ("nonce", ""),
        ("state", None),
        ("issued", "now"),
        ("issued", None),
        ("expires", True),
        ("expires", -1),
    ],
)
def test_a_state_of_another_version_or_shape_is_refused(
    name: str, value: JsonValue
) -> None:
    state = saved_state(ask())
    assert SCENE.verifier.restore(resealed(state), KEY)
    with pytest.raises(MalformedError):
        SCENE.verifier.restore(resealed({**state, name: value}), KEY)


def test_only_what_was_sealed_is_restored() -> None:
    reads: list[Callable[[], object]] = [
        lambda: SCENE.verifier.restore(ask().message.raw.encode(), KEY),
        lambda: SCENE.verifier.restore(b"{}", KEY),
    ]
    for read in reads:
        with pytest.raises(MalformedError):
            read()
