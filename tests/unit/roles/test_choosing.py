"""Of several answers the one that tells least is taken, and people may say which."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from idwallet.codec.json import JsonValue
from idwallet.consent import (
    CautionCode,
    DisclosurePolicy,
    Earlier,
    Finding,
    read_disclosure_policy,
)
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc, Shape
from idwallet.errors import UsageError
from idwallet.roles.asked import Asked, Match, Preference
from idwallet.roles.holder import Holder
from idwallet.testing.scene import Scene

SCENE = Scene(seed=b"idwallet TEST choosing")
PID = "urn:eudi:pid:1"
PROOF = "urn:idwallet:age-proof:1"
PERSON: Mapping[str, JsonValue] = {
    "family_name": "Sample",
    "birthdate": "1990-01-02",
    "picture": "data:image/jpeg;base64,AA==",
    "age_equal_or_over": {"18": True, "21": True},
    "address": {"locality": "Exampleville", "street_address": "Invented Street 1"},
}
OF_AGE: Mapping[str, JsonValue] = {"age_equal_or_over": {"18": True}}


def wallet_with(*contents: SdJwtVc) -> Holder:
    wallet = SCENE.new_wallet()
    for each in contents:
        wallet.add(SCENE.issue(each), at=SCENE.at)
    return wallet


def pid(shape: Shape = Shape.RECURSIVE) -> SdJwtVc:
    return SdJwtVc(PID, claims=PERSON, shape=shape)


def credential(
    name: str, *claims: JsonValue, vct: str = PID, **more: JsonValue
) -> dict[str, JsonValue]:
    return {
        "id": name,
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [vct]},
        "claims": list(claims),
        **more,
    }


@dataclass(frozen=True, slots=True)
class Case:
    wallet: Holder
    asked: Asked

    def match(self, **more: Earlier) -> Match:
        return self.wallet.match(self.asked, at=SCENE.at, **more)


def ask(
    wallet: Holder,
    *credentials: JsonValue,
    sets: JsonValue = None,
    purpose: str = "age-restricted-sale",
) -> Case:
    query: dict[str, JsonValue] = {"credentials": list(credentials)}
    if sets is not None:
        query["credential_sets"] = sets
    request = SCENE.verifier.request(
        Query.from_dcql(query), purpose=purpose, at=SCENE.at
    )
    return Case(wallet, wallet.read_request(request.message.raw, at=SCENE.at))


AGE: JsonValue = {"id": "age", "path": ["age_equal_or_over", "18"]}
BIRTH: JsonValue = {"id": "birth", "path": ["birthdate"]}
EITHER = credential("pid", BIRTH, AGE, claim_sets=[["birth"], ["age"]])
AGE_PATH = ("age_equal_or_over", "18")


def shown(match: Match, **more: object) -> list[tuple[str, tuple[object, ...]]]:
    chosen = match.choose(**more).shown  # type: ignore[arg-type]
    return [(each.query_id, each.paths) for each in chosen]


def test_of_several_claim_sets_the_least_telling_is_taken() -> None:
    match = ask(wallet_with(pid()), EITHER).match()
    assert shown(match) == [("pid", (AGE_PATH,))]
    first = shown(match, preference=Preference.VERIFIER)
    assert first == [("pid", (("birthdate",),))]


def test_a_claim_set_can_be_chosen_by_hand() -> None:
    case = ask(wallet_with(pid()), EITHER)
    match = case.match()
    offers = match.offers("pid")
    assert [each.paths for each in offers] == [(("birthdate",),), (AGE_PATH,)]
    choice = match.choose({"pid": offers[0]})
    assert choice.shown == (offers[0],)
    answer = case.wallet.present(case.asked, choice, at=SCENE.at)
    assert "vp_token" in answer.body


def test_an_offer_of_another_request_is_refused() -> None:
    wallet = wallet_with(pid())
    other = ask(wallet, credential("pid", {"path": ["picture"]})).match()
    match = ask(wallet, EITHER).match()
    with pytest.raises(UsageError):
        match.choose({"pid": other.offers("pid")[0]})


def test_the_claim_that_the_purpose_needs_beats_one_that_weighs_less() -> None:
    # No sale needs a street. The portrait may be asked for, and weighs most.
    claims: tuple[JsonValue, ...] = (
        {"id": "street", "path": ["address", "street_address"]},
        {"id": "face", "path": ["picture"]},
    )
    asked = credential("pid", *claims, claim_sets=[["street"], ["face"]])
    match = ask(wallet_with(pid()), asked).match()
    assert shown(match) == [("pid", (("picture",),))]


def test_of_several_credentials_the_one_that_says_less_is_taken() -> None:
    options: JsonValue = [{"options": [["pid"], ["proof"]]}]
    asked = (credential("pid", AGE), credential("proof", AGE, vct=PROOF))
    wallet = wallet_with(pid(), SdJwtVc(PROOF, claims=OF_AGE))
    match = ask(wallet, *asked, sets=options).match()
    assert [name for name, _ in shown(match)] == ["proof"]
    first = shown(match, preference=Preference.VERIFIER)
    assert [name for name, _ in first] == ["pid"]
    held = {each.credential_type: each for each in match.credentials}
    preferred = shown(match, preferred={"pid": held[PID]})
    assert [name for name, _ in preferred] == ["pid"]


def test_of_two_cards_the_one_that_reveals_no_more_than_asked_is_taken() -> None:
    wallet = wallet_with(pid(Shape.FLAT), pid(Shape.RECURSIVE))
    match = ask(wallet, credential("pid", AGE)).match()
    (chosen,) = match.choose().shown
    assert chosen.more_than_asked == ()
    assert any(each.more_than_asked for each in match.offers("pid"))


def test_of_equal_answers_the_verifiers_first_is_taken() -> None:
    options: JsonValue = [{"options": [["b"], ["a"]]}]
    asked = (credential("a", AGE), credential("b", AGE))
    match = ask(wallet_with(pid()), *asked, sets=options).match()
    assert [name for name, _ in shown(match)] == ["b"]


def test_less_is_offered_by_leaving_out_what_no_set_requires() -> None:
    sets: JsonValue = [
        {"options": [["age"]]},
        {"options": [["name"]], "required": False},
    ]
    asked = (credential("age", AGE), credential("name", {"path": ["family_name"]}))
    match = ask(wallet_with(pid()), *asked, sets=sets).match()
    assert [name for name, _ in shown(match)] == ["age"]
    held = match.credentials[0]
    with_name = shown(match, preferred={"name": held})
    assert [name for name, _ in with_name] == ["age", "name"]
    required = {e.credential: e.is_required for e in match.judgement.claims}
    assert required == {"age": True, "name": False}


# --- the judgement of a match --------------------------------------------------------


def test_a_match_says_of_each_claim_what_it_is() -> None:
    match = ask(wallet_with(pid()), credential("pid", AGE, BIRTH)).match()
    findings = [each.finding for each in match.judgement.claims]
    assert findings == [Finding.NEEDED, Finding.CHEAPER]
    assert match.judgement.profile is not None
    assert match.judgement.stated == "age-restricted-sale"


def test_what_nothing_answers_is_judged_all_the_same() -> None:
    match = ask(SCENE.new_wallet(), credential("pid", AGE, BIRTH)).match()
    assert not match.found.is_satisfiable()
    assert [e.finding for e in match.judgement.claims] == [
        Finding.NEEDED,
        Finding.CHEAPER,
    ]


def test_a_match_counts_what_the_party_asked_before() -> None:
    case = ask(wallet_with(pid()), credential("pid", AGE))
    assert case.match().judgement.caution(CautionCode.ASKED_AGAIN) is None
    again = case.match(earlier=Earlier(asked=5, refused=1)).judgement
    assert again.caution(CautionCode.ASKED_AGAIN) is not None


def test_a_refusal_asks_nothing_of_the_wallet(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is not looked at cannot take longer to look at.
    asked = credential("pid", AGE, BIRTH)
    able = ask(wallet_with(pid()), asked)

    def looked_at(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Holder, "credentials", looked_at)
    monkeypatch.setattr(Holder, "match", looked_at)
    assert able.wallet.decline(able.asked, at=SCENE.at).send_to


def test_a_refusal_does_not_tell_whether_the_wallet_had_an_answer() -> None:
    asked = credential("pid", AGE, BIRTH)
    able, empty = ask(wallet_with(pid()), asked), ask(SCENE.new_wallet(), asked)
    assert able.match().found.is_satisfiable()
    assert not empty.match().found.is_satisfiable()
    one = able.wallet.decline(able.asked, at=SCENE.at)
    for other in (
        empty.wallet.decline(able.asked, at=SCENE.at),
        able.wallet.decline(able.asked, at=SCENE.at),
    ):
        assert (other.body, other.json, other.send_to) == (
            one.body,
            one.json,
            one.send_to,
        )


# --- the issuer's word on who may see a credential -----------------------------------


def _policy(*identifiers: str) -> DisclosurePolicy:
    parties = [{"identifier": each} for each in identifiers]
    document = {
        "policy_uri": "https://issuer.example/policy",
        "policy_type": "authorised_rp_only",
        "authorized_parties": parties,
    }
    return read_disclosure_policy(json.dumps(document).encode(), at="policy")


def _holding(*policies: DisclosurePolicy | None) -> Holder:
    wallet = SCENE.new_wallet()
    for each in policies:
        wallet.add(SCENE.issue(pid()), at=SCENE.at, disclosure=each)
    return wallet


def test_a_card_that_its_issuer_does_not_want_shown_is_warned_of() -> None:
    closed = ask(_holding(_policy("VATXX-9")), credential("pid", AGE)).match()
    warned = closed.judgement.caution(CautionCode.DISCLOSURE_POLICY)
    assert warned is not None
    assert closed.choose().shown  # the person decides (EU ARF, EDP_07)
    free = ask(_holding(None), credential("pid", AGE)).match()
    assert free.judgement.caution(CautionCode.DISCLOSURE_POLICY) is None


def test_of_two_cards_the_one_that_may_be_shown_is_taken_first() -> None:
    match = ask(_holding(_policy("VATXX-9"), None), credential("pid", AGE)).match()
    assert match.judgement.caution(CautionCode.DISCLOSURE_POLICY) is None
    (chosen,) = match.choose().shown
    assert chosen.credential.disclosure is None


def test_a_party_under_a_root_that_the_issuer_lists_is_welcome() -> None:
    case = ask(_holding(None), credential("pid", AGE))
    (authority, *_) = case.asked.party.authorities
    roots = [{"issuer_dn": authority.name, "serial_number": str(authority.serial)}]
    document = {
        "policy_uri": "https://issuer.example/policy",
        "policy_type": "specific_root_of_trust",
        "trusted_roots": roots,
    }
    listed = read_disclosure_policy(json.dumps(document).encode(), at="policy")
    match = ask(_holding(listed), credential("pid", AGE)).match()
    assert match.judgement.caution(CautionCode.DISCLOSURE_POLICY) is None
    roots[0]["serial_number"] = str(authority.serial + 1)
    other = read_disclosure_policy(json.dumps(document).encode(), at="policy")
    match = ask(_holding(other), credential("pid", AGE)).match()
    assert match.judgement.caution(CautionCode.DISCLOSURE_POLICY) is not None


def test_a_policy_is_kept_with_the_credential() -> None:
    policy = _policy("VATXX-9")
    (held,) = _holding(policy).credentials()
    assert held.disclosure == policy


def test_the_issuers_last_word_counts_and_its_silence_takes_none_back() -> None:
    wallet, card = SCENE.new_wallet(), SCENE.issue(pid())
    first, second = _policy("VATXX-9"), _policy("VATXX-8")
    told = [(None, None), (first, first), (None, first), (second, second)]
    for said, kept in [*told, (None, second)]:
        assert wallet.add(card, at=SCENE.at, disclosure=said).disclosure == kept
        (held,) = wallet.credentials()
        assert held.disclosure == kept
