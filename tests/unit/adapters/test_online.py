"""What a verdict lacks is fetched, from where an anchor says and from nowhere else."""

import asyncio
import hashlib
import json
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from idwallet import limits
from idwallet.adapters.online import Online
from idwallet.adapters.store import MemoryStore
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.model import (
    Credential,
    Format,
    Unverified,
    VerifiedPresentation,
)
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import (
    PortError,
    UsageError,
    VerificationFailed,
    VerificationIndeterminate,
)
from idwallet.ports import Fetched, Wanted
from idwallet.report import (
    BundleNeeded,
    CrlNeeded,
    EvidenceKind,
    Need,
    OcspNeeded,
    Origin,
    Outcome,
    StatusListNeeded,
    TypeMetadataNeeded,
)
from idwallet.roles.holder import Holder
from idwallet.testing.draft import Draft, draft
from idwallet.testing.evidence import LIST, crls, status_list
from idwallet.testing.revocation.plans import OcspPlan, SinglePlan
from idwallet.testing.scene import Scene
from idwallet.trust.anchors import TrustStore
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.evidence import EvidenceAtHand, Renewal, content_of
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import MetadataRule, Policy, RevocationRule
from tests.conftest import AT

SCENE: Final = Scene(at=AT, seed=b"idwallet TEST online")
HOUR: Final = timedelta(hours=1)
STATUS: Final = "https://issuer.example"
CRLS: Final = "http://crl.example"
TYPE: Final = "https://types.example/card"
BASE: Final = "https://types.example/base"
KNOWN: Final = replace(RETAIL, name="known", revocation=RevocationRule.REQUIRED)
TYPED: Final = replace(RETAIL, name="typed", metadata=MetadataRule.REQUIRED)
NOT_THERE: Final = PortError("not there")

Answer = bytes | PortError


class Shelf:
    """A fetcher that has what it was given, and writes down what it is asked for."""

    def __init__(self, clock: Callable[[], datetime] = lambda: AT) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Wanted] = []
        self._clock = clock

    def fetch(self, wanted: Wanted, /) -> Fetched:
        self.asked.append(wanted)
        found = self.answers.get(wanted.uri, NOT_THERE)
        if isinstance(found, PortError):
            raise found
        return Fetched(body=found, media_type=wanted.accept[0], taken=self._clock())

    def uris(self) -> list[str]:
        return [each.uri for each in self.asked]


class AsyncShelf:
    """The same, for event loops alone."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def fetch_async(self, wanted: Wanted, /) -> Fetched:
        await asyncio.sleep(0)
        return self._shelf.fetch(wanted)


class Clock:
    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at


def trusting(*origins: str) -> TrustStore:
    return TrustStore([SCENE.pki.anchor().with_fetch_origins(*origins)])


def shown(policy: Policy = RETAIL, **payload: JsonValue) -> Draft:
    made = draft(SCENE)
    verifier = SCENE.new_verifier(policy=policy)
    made.request = verifier.request(made.request.query, purpose="test", at=AT)
    made.payload = payload
    return made


def listed(index: int = 7, uri: str = LIST) -> Draft:
    entry: JsonObject = {"idx": index, "uri": uri}
    return shown(status={"status_list": entry})


def token(at: datetime = AT) -> bytes:
    made = status_list(SCENE.issuer_identity, entries=[(17, 1)], at=at)
    return content_of(made.token)


def judged(
    online: Online, made: Draft, *, at: datetime = AT
) -> VerifiedPresentation | Unverified:
    return online.evaluate_presentation(made.response(), request=made.request, at=at)


@pytest.fixture
def shelf() -> Shelf:
    found = Shelf()
    found.answers[LIST] = token()
    return found


@pytest.fixture
def online(shelf: Shelf) -> Online:
    return Online(trusting(STATUS), fetcher=shelf, clock=lambda: AT)


# --- status lists ------------------------------------------------------------------


def test_a_list_that_is_missing_is_fetched_and_the_verdict_passes(
    online: Online, shelf: Shelf
) -> None:
    made = listed()
    verified = online.verify_presentation(made.response(), request=made.request, at=AT)
    assert verified.claim("family_name", str) == "Образцова"
    (used,) = verified.report.evidence
    assert (used.kind, used.about) == (EvidenceKind.STATUS_LIST, LIST)
    assert (used.origin.source, used.origin.taken) == ("network", AT)
    assert shelf.asked == [
        Wanted(
            uri=LIST,
            origins=frozenset({STATUS}),
            accept=("application/statuslist+jwt", "application/statuslist+cwt"),
            max_bytes=limits.STATUS_LIST_TOKEN_BYTES,
        )
    ]
    assert repr(online) == "Online(TrustStore(<1 anchors>))"


def test_what_was_fetched_stays_at_hand(online: Online, shelf: Shelf) -> None:
    for _ in range(3):
        assert judged(online, listed()).report.outcome is Outcome.PASSED
    assert judged(online, listed(17)).report.outcome is Outcome.FAILED
    assert shelf.uris() == [LIST]
    assert len(online.trust.evidence.status_lists) == 1


def test_what_has_aged_is_fetched_anew(shelf: Shelf) -> None:
    clock = Clock()
    strict = replace(RETAIL, name="fresh", freshness=replace(RETAIL.freshness))
    shelf = Shelf(clock)
    shelf.answers[LIST] = token()
    online = Online(trusting(STATUS), fetcher=shelf, clock=clock)
    assert judged(online, listed()).report.outcome is Outcome.PASSED
    clock.at = AT + timedelta(days=1)
    shelf.answers[LIST] = token(clock.at)
    made = draft(SCENE)
    verifier = SCENE.new_verifier(policy=strict)
    made.request = verifier.request(made.request.query, purpose="test", at=clock.at)
    made.payload = listed().payload
    made.binding = {"iat": int(clock.at.timestamp())}
    assert judged(online, made, at=clock.at).report.outcome is Outcome.PASSED
    assert [each.newer_than for each in shelf.asked] == [None, AT]
    assert len(online.trust.evidence.status_lists) == 1


def test_a_list_that_does_not_help_is_not_asked_for_in_a_circle(shelf: Shelf) -> None:
    clock = Clock()
    shelf.answers[LIST] = b"nonsense"
    online = Online(trusting(STATUS), fetcher=shelf, clock=clock)
    for _ in range(3):
        found = judged(online, listed())
        assert found.report.outcome is Outcome.INDETERMINATE
        assert found.report.missing() == (StatusListNeeded(LIST, 7, (STATUS,)),)
    assert shelf.uris() == [LIST]
    clock.at += limits.FETCH_RETRY_AFTER
    judged(online, listed())
    assert shelf.uris() == [LIST, LIST]


def test_a_fetch_that_fails_leaves_the_verdict_open_and_is_told(shelf: Shelf) -> None:
    told: list[tuple[Need, PortError]] = []
    shelf.answers[LIST] = NOT_THERE
    online = Online(
        trusting(STATUS),
        fetcher=shelf,
        clock=lambda: AT,
        failed=lambda need, error: told.append((need, error)),
    )
    made = listed()
    answer = made.response()
    with pytest.raises(VerificationIndeterminate) as caught:
        online.verify_presentation(answer, request=made.request, at=AT)
    need = StatusListNeeded(LIST, 7, (STATUS,))
    assert caught.value.report.missing() == (need,)
    assert told == [(need, NOT_THERE)]
    # The very same answer passes once the network is back.
    shelf.answers[LIST] = token()
    assert online.verify_presentation(answer, request=made.request, at=AT)


# --- who makes it fetch, and from where --------------------------------------------


@pytest.mark.parametrize(
    "origins", [(), ("https://other.example",), ("http://issuer.example",)]
)
def test_nothing_is_fetched_that_no_anchor_names(
    shelf: Shelf, origins: tuple[str, ...]
) -> None:
    online = Online(trusting(*origins), fetcher=shelf, clock=lambda: AT)
    found = judged(online, listed())
    assert found.report.outcome is Outcome.INDETERMINATE
    (need,) = found.report.missing()
    assert need == StatusListNeeded(LIST, 7, origins)
    assert shelf.asked == []


def test_an_anchor_s_word_is_for_what_is_signed_under_it(shelf: Shelf) -> None:
    other = Scene(at=AT, seed=b"idwallet TEST online, another root")
    trust = TrustStore(
        [SCENE.pki.anchor(), other.pki.anchor().with_fetch_origins(STATUS)]
    )
    online = Online(trust, fetcher=shelf, clock=lambda: AT)
    assert judged(online, listed()).report.outcome is Outcome.INDETERMINATE
    assert shelf.asked == []


@pytest.mark.parametrize(
    "uri",
    [
        "https://issuer.example@evil.example/7",
        "https://issuer.example:8443/7",
        "https://issuer.example/7#part",
        "https://issuer.example\\@evil.example/7",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_only_looks_like_a_named_one_is_not_asked(
    online: Online, shelf: Shelf, uri: str
) -> None:
    judged(online, listed(uri=uri))
    assert shelf.asked == []


def test_a_forged_credential_makes_nobody_fetch(online: Online, shelf: Shelf) -> None:
    forged = listed()
    forged.issuer_signer = SoftwareSigner.generate(Algorithm.ES256)
    with pytest.raises(VerificationFailed):
        online.verify_presentation(forged.response(), request=forged.request, at=AT)
    assert shelf.asked == []
    assert judged(online, listed()).report.outcome is Outcome.PASSED
    assert shelf.uris() == [LIST]


def test_a_verdict_that_is_a_no_anyway_makes_nobody_fetch(
    online: Online, shelf: Shelf
) -> None:
    made = listed()
    made.binding = {"nonce": "another"}
    assert judged(online, made).report.outcome is Outcome.FAILED
    assert shelf.asked == []


def test_a_verdict_that_needs_nothing_makes_nobody_fetch(
    online: Online, shelf: Shelf
) -> None:
    made = shown()
    assert judged(online, made).report.outcome is Outcome.PASSED
    before = online.trust
    assert not online.resolve(judged(online, shown()).report)
    assert online.trust is before
    assert shelf.asked == []


# --- revocation --------------------------------------------------------------------


def _points(*uris: str) -> tuple[x509.ExtensionType, bool]:
    names = [x509.UniformResourceIdentifier(each) for each in uris]
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint([each], None, None, None) for each in names]
    ), False


def _responder(uri: str) -> tuple[x509.ExtensionType, bool]:
    place = x509.UniformResourceIdentifier(uri)
    method = AuthorityInformationAccessOID.OCSP
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(method, place)]
    ), False


CRL_OF: Final = {"leaf": f"{CRLS}/leaf.crl", "ca": f"{CRLS}/ca.crl"}
OCSP: Final = f"{CRLS}/ocsp"
CERTIFIED: Final = SCENE.pki.issuer(
    change=lambda plan: replace(
        plan,
        extensions=(_points(f"{CRLS}/gone", CRL_OF["leaf"]), _responder(OCSP)),
    ),
    ca_change=lambda plan: replace(
        plan,
        extensions=(_points(CRL_OF["ca"]),),
        # so that it may sign OCSP responses itself
        key_usage=(plan.key_usage or frozenset()) | {KeyUsage.DIGITAL_SIGNATURE},
    ),
)


def certified() -> Draft:
    made = shown(KNOWN)
    made.issuer_signer, made.chain = CERTIFIED.signer, CERTIFIED.chain
    return made


def crl_shelf(*, revoked: bool = False) -> Shelf:
    found = Shelf()
    leaf, ca = crls(CERTIFIED, at=AT, revoked={0: None} if revoked else {})
    found.answers = {
        CRL_OF["leaf"]: content_of(leaf.der),
        CRL_OF["ca"]: content_of(ca.der),
    }
    return found


def test_lists_of_revoked_certificates_are_fetched_from_the_first_that_answers() -> (
    None
):
    shelf = crl_shelf()
    online = Online(trusting(CRLS), fetcher=shelf, clock=lambda: AT)
    found = judged(online, certified())
    assert found.report.outcome is Outcome.PASSED
    assert sorted(shelf.uris()) == sorted([f"{CRLS}/gone", *CRL_OF.values()])
    assert all(each.signed for each in shelf.asked)
    assert {each.post for each in shelf.asked} == {None}
    assert {each.origin.source for each in found.report.evidence} == {"network"}


def test_an_issuer_that_a_fetched_list_revokes_fails() -> None:
    shelf = crl_shelf(revoked=True)
    online = Online(trusting(CRLS), fetcher=shelf, clock=lambda: AT)
    assert judged(online, certified()).report.outcome is Outcome.FAILED


def test_whom_ocsp_would_tell_about_whom_is_asked_last() -> None:
    shelf = crl_shelf()
    leaf = Certificate.from_der(CERTIFIED.chain[0], at="leaf")
    above = CERTIFIED.above[0]
    single = SinglePlan(
        issuer=above.name,
        issuer_key=above.key,
        serial=leaf.native.serial_number,
        this_update=AT,
        next_update=AT + HOUR,
    )
    plan = OcspPlan(signing_key=above.key, singles=(single,), produced_at=AT)
    shelf.answers[OCSP] = plan.to_der()
    del shelf.answers[CRL_OF["leaf"]]
    told: list[Need] = []
    online = Online(
        trusting(CRLS),
        fetcher=shelf,
        clock=lambda: AT,
        failed=lambda need, _: told.append(need),
    )
    found = judged(online, certified())
    assert found.report.outcome is Outcome.PASSED
    assert shelf.uris()[-1] == OCSP
    assert shelf.uris().count(OCSP) == 1
    asked = shelf.asked[-1]
    assert asked.post
    assert asked.post_type == "application/ocsp-request"
    assert [type(each) for each in told] == [CrlNeeded]
    kinds = {each.kind for each in found.report.evidence}
    assert EvidenceKind.OCSP_RESPONSE in kinds


def test_where_nothing_answers_every_way_is_tried_once() -> None:
    shelf, told = Shelf(), list[type[Need]]()
    online = Online(
        trusting(CRLS),
        fetcher=shelf,
        clock=lambda: AT,
        failed=lambda need, _: told.append(type(need)),
    )
    found = judged(online, certified())
    assert found.report.outcome is Outcome.INDETERMINATE
    assert sorted(shelf.uris()) == sorted([f"{CRLS}/gone", *CRL_OF.values(), OCSP])
    assert told.count(OcspNeeded) == 1


# --- type metadata -----------------------------------------------------------------


def document(vct: str, **members: JsonValue) -> bytes:
    return json.dumps({"vct": vct, **members}).encode()


def integrity(data: bytes) -> str:
    return f"sha256-{b64encode(hashlib.sha256(data).digest()).decode()}"


def typed(**payload: JsonValue) -> Draft:
    made = shown(TYPED, vct=TYPE, **payload)
    query = SCENE.request().query.to_dcql()
    (credential,) = query["credentials"]
    credential["meta"] = {"vct_values": [TYPE]}
    verifier = SCENE.new_verifier(policy=TYPED)
    made.request = verifier.request(Query.from_dcql(query), purpose="test", at=AT)
    return made


def test_type_metadata_is_fetched_with_what_it_extends() -> None:
    shelf = Shelf()
    base = document(BASE)
    first = document(TYPE, extends=BASE, **{"extends#integrity": integrity(base)})
    shelf.answers = {TYPE: first, BASE: base}
    trust = trusting("https://types.example")
    online = Online(trust, fetcher=shelf, clock=lambda: AT)
    found = judged(online, typed(**{"vct#integrity": integrity(first)}))
    assert found.report.outcome is Outcome.PASSED
    assert shelf.uris() == [TYPE, BASE]
    assert {each.accept for each in shelf.asked} == {("application/json",)}
    assert online.types().by_vct.keys() == {TYPE, BASE}
    mine = TypeMetadataSet.read([document(TYPE, description="mine")])
    assert online.types(mine).by_vct[TYPE] is mine.by_vct[TYPE]


@pytest.mark.parametrize(
    "came",
    [document(TYPE, description="another"), document(BASE), b"nonsense", b"{}"],
)
def test_a_document_that_is_not_the_one_needed_is_not_held(came: bytes) -> None:
    shelf, told = Shelf(), list[tuple[Need, PortError]]()
    shelf.answers[TYPE] = came
    online = Online(
        trusting("https://types.example"),
        fetcher=shelf,
        clock=lambda: AT,
        failed=lambda *what: told.append(what),
    )
    said = {"vct#integrity": integrity(document(TYPE))}
    found = judged(online, typed(**said))
    assert found.report.outcome is Outcome.INDETERMINATE
    ((need, error),) = told
    assert isinstance(need, TypeMetadataNeeded)
    assert str(error) == "what came is not what was needed"
    assert online.types().by_vct == {}
    shelf.answers[TYPE] = document(TYPE)
    assert judged(online, typed(**said)).report.outcome is Outcome.PASSED


def test_a_type_that_is_no_address_is_not_asked_for() -> None:
    shelf = Shelf()
    online = Online(trusting(STATUS), fetcher=shelf, clock=lambda: AT)
    found = judged(online, shown(TYPED))
    assert found.report.outcome is Outcome.INDETERMINATE
    assert shelf.asked == []


def test_what_is_extended_without_end_is_fetched_for_a_few_rounds_only() -> None:
    class Endless(Shelf):
        def fetch(self, wanted: Wanted, /) -> Fetched:
            self.answers[wanted.uri] = document(wanted.uri, extends=wanted.uri + "x")
            return super().fetch(wanted)

    shelf = Endless()
    online = Online(trusting("https://types.example"), fetcher=shelf, clock=lambda: AT)
    found = judged(online, typed())
    assert found.report.outcome is Outcome.INDETERMINATE
    assert len(shelf.asked) == limits.FETCH_ROUNDS


# --- bounds ------------------------------------------------------------------------


def test_what_is_held_is_bounded(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FETCHED_PIECES", 2)
    online = Online(trusting(STATUS), fetcher=shelf, clock=lambda: AT)
    for n in range(4):
        uri = f"{STATUS}/status/{n}"
        made = status_list(SCENE.issuer_identity, uri=uri, at=AT)
        shelf.answers[uri] = content_of(made.token)
        assert judged(online, listed(uri=uri)).report.outcome is Outcome.PASSED
    uris = [each.uri for each in online.trust.evidence.status_lists]
    assert uris == [f"{STATUS}/status/2", f"{STATUS}/status/3"]


def test_what_was_at_hand_stays_beside_what_is_fetched(shelf: Shelf) -> None:
    issuer = SCENE.issuer_identity
    old = [
        status_list(issuer, at=AT - n * timedelta(days=30), taken=AT)
        for n in range(limits.STATUS_LISTS_OF_ONE_ADDRESS, 0, -1)
    ]
    elsewhere = status_list(issuer, uri=f"{STATUS}/status/8", at=AT)
    evidence = EvidenceAtHand(
        status_lists=[*old, elsewhere],
        crls=crls(issuer, at=AT),
        certificates=[issuer.chain[0]],
        anchors=Origin(taken=AT, source="bundle", sequence=7),
        renewal=Renewal(AT + HOUR, BundleNeeded("series", 7)),
    )
    trust = trusting(STATUS).with_evidence(evidence)
    online = Online(trust, fetcher=shelf, clock=lambda: AT)
    assert judged(online, listed()).report.outcome is Outcome.PASSED
    held = online.trust.evidence
    assert held.lists_of(LIST)[:-1] == tuple(old[1:])
    assert held.lists_of(elsewhere.uri) == (elsewhere,)
    assert held.crls == evidence.crls
    assert held.certificates == evidence.certificates
    assert (held.anchors, held.renewal) == (evidence.anchors, evidence.renewal)


def test_where_there_is_no_room_what_was_at_hand_stays(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = status_list(SCENE.issuer_identity, uri=f"{STATUS}/status/8", at=AT)
    trust = trusting(STATUS).with_evidence(EvidenceAtHand(status_lists=[elsewhere]))
    monkeypatch.setattr(limits, "STATUS_LISTS_AT_HAND", 1)
    online = Online(trust, fetcher=shelf, clock=lambda: AT)
    assert judged(online, listed()).report.outcome is Outcome.INDETERMINATE
    assert online.trust.evidence.status_lists == (elsewhere,)


def test_one_verdict_asks_for_a_bounded_number_of_things(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FETCHES_OF_ONE_VERDICT", 1)
    made = certified()
    made.payload = listed().payload
    online = Online(trusting(STATUS, CRLS), fetcher=shelf, clock=lambda: AT)
    assert judged(online, made).report.outcome is Outcome.INDETERMINATE
    assert len(shelf.asked) <= limits.FETCH_ROUNDS + 1


# --- event loops and threads --------------------------------------------------------


@pytest.mark.parametrize("wrap", [lambda shelf: shelf, AsyncShelf])
def test_the_doors_for_an_event_loop_do_the_same(
    shelf: Shelf, wrap: Callable[[Shelf], Shelf | AsyncShelf]
) -> None:
    online = Online(trusting(STATUS), fetcher=wrap(shelf), clock=lambda: AT)

    async def verify(made: Draft) -> VerifiedPresentation:
        return await online.verify_presentation_async(
            made.response(), request=made.request, at=AT
        )

    verified = asyncio.run(verify(listed()))
    assert verified.claim("family_name", str) == "Образцова"
    assert shelf.uris() == [LIST]
    shelf.answers[LIST] = NOT_THERE
    with pytest.raises(VerificationFailed):
        asyncio.run(verify(listed(17)))
    other = Online(trusting(STATUS), fetcher=wrap(shelf), clock=lambda: AT)
    made = listed()
    found = asyncio.run(
        other.evaluate_presentation_async(made.response(), request=made.request, at=AT)
    )
    assert found.report.outcome is Outcome.INDETERMINATE
    assert not asyncio.run(other.resolve_async(found.report))
    shelf.answers[LIST] = token()
    assert asyncio.run(other.resolve_async(found.report))


def test_a_fetcher_for_event_loops_does_not_serve_threads(shelf: Shelf) -> None:
    online = Online(trusting(STATUS), fetcher=AsyncShelf(shelf), clock=lambda: AT)
    with pytest.raises(UsageError, match="_async"):
        judged(online, listed())


def test_many_threads_share_what_is_fetched(online: Online) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: judged(online, listed()), range(24)))
    assert {each.report.outcome for each in found} == {Outcome.PASSED}


# --- verdicts made elsewhere ---------------------------------------------------------


def test_a_wallet_s_verdict_is_settled_too(online: Online, shelf: Shelf) -> None:
    def wallet(trust: TrustStore) -> Holder:
        return Holder(
            store=MemoryStore(),
            seal=SealKey(bytes(32)),
            keys=SCENE.keys,
            trust=trust,
            policy=replace(RETAIL, name="careful wallet"),
        )

    credential = Credential(Format.SD_JWT_VC, listed().shown())
    with pytest.raises(VerificationIndeterminate) as caught:
        wallet(online.trust).add(credential, at=AT)
    assert online.resolve(caught.value.report)
    assert shelf.uris() == [LIST]
    assert wallet(online.trust).add(credential, at=AT)
