"""What is found about a request beside the plain table."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.consent import (
    Asking,
    CautionCode,
    Earlier,
    Finding,
    Judgement,
    Place,
    judge,
)
from idwallet.consent.purpose.circumstances import OFTEN
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query import CredentialQuery, MdocMeta, Query
from idwallet.trust.relying_party import (
    RegisteredClaim,
    RegisteredCredential,
    Registration,
)

SALE = "age-restricted-sale"
PID = "urn:eudi:pid:1"
AT = datetime(2026, 11, 26, tzinfo=UTC)
AGE: ClaimPath = ("age_equal_or_over", "18")
BIRTH: ClaimPath = ("birthdate",)


def registration(
    *paths: ClaimPath,
    vct: str = PID,
    form: str = "dc+sd-jwt",
    values: Sequence[str | int | bool] = (),
) -> Registration:
    claims = tuple(RegisteredClaim(path, tuple(values)) for path in paths)
    credential = RegisteredCredential(form, {"vct_values": [vct]}, claims)
    return Registration(
        subject="VATXX-1",
        name="Test shop (invented)",
        country="XX",
        entitlements=(),
        credentials=(credential,),
        provides=(),
        purposes=(),
        services=(),
        issued=AT,
        expires=AT + timedelta(days=30),
        status=None,
    )


def dcql(
    *claims: JsonValue, types: Sequence[str] = (PID,), **more: JsonValue
) -> dict[str, JsonValue]:
    credential: dict[str, JsonValue] = {
        "id": "pid",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": list(types)},
        **more,
    }
    if claims:
        credential["claims"] = list(claims)
    return {"credentials": [credential]}


def found(
    query: dict[str, JsonValue] | Query, purpose: str | None = SALE, **more: object
) -> Judgement:
    read = query if isinstance(query, Query) else Query.from_dcql(query)
    return judge(Asking(query=read, purpose=purpose, **more))  # type: ignore[arg-type]


def findings(judgement: Judgement) -> list[Finding]:
    return [each.finding for each in judgement.claims]


# --- paths -------------------------------------------------------------------------


def test_all_elements_of_an_array_are_the_array() -> None:
    spain = "hotel-check-in-es"
    for path in (["nationalities"], ["nationalities", None], ["nationalities", 0]):
        assert findings(found(dcql({"path": path}), spain)) == [Finding.NEEDED]


def test_who_asks_for_a_whole_where_a_part_is_needed_is_told_the_part() -> None:
    judged = found(dcql({"path": ["age_equal_or_over"]})).claims[0]
    assert judged.finding is Finding.CHEAPER
    assert {each.name for each in judged.instead} == {
        "age_over_16",
        "age_over_18",
        "age_over_21",
    }


def test_a_claim_nobody_knows_is_excess() -> None:
    assert findings(found(dcql({"path": ["shoe_size"]}))) == [Finding.EXCESS]
    assert found(dcql({"path": ["shoe_size"]})).claims[0].claim is None


# --- types -------------------------------------------------------------------------


def test_a_type_beside_the_needed_one_makes_it_no_better() -> None:
    asked = dcql({"path": list(AGE)}, types=(PID, "urn:example:club"))
    assert findings(found(asked)) == [Finding.EXCESS]
    held = {"pid": ((PID,),)}
    assert findings(found(asked, lineages=held)) == [Finding.NEEDED]


def test_a_type_that_extends_a_known_one_is_judged_as_that_one() -> None:
    asked = dcql({"path": list(AGE)}, types=("urn:eudi:pid:xx:1",))
    held = {"pid": (("urn:eudi:pid:xx:1", PID),)}
    judged = found(asked, lineages=held)
    assert findings(judged) == [Finding.NEEDED]
    assert judged.claims[0].credential_type == "national-id"
    assert findings(found(asked)) == [Finding.EXCESS]


def test_a_credential_without_claims_is_judged_as_a_whole() -> None:
    judged = found(dcql()).claims
    assert [(each.path, each.finding) for each in judged] == [((), Finding.NEEDED)]
    other = found(dcql(types=("urn:example:diploma",))).claims
    assert [each.finding for each in other] == [Finding.EXCESS]
    assert findings(found(dcql(), None)) == [Finding.UNKNOWN]


def test_a_foreign_format_is_needed_for_nothing() -> None:
    query = {
        "credentials": [
            {"id": "a", "format": "ldp_vc", "meta": {}, "claims": [{"path": ["x"]}]}
        ]
    }
    assert findings(found(Query.from_dcql(query))) == [Finding.EXCESS]


# --- answers -----------------------------------------------------------------------


def test_what_is_in_no_credential_set_is_not_asked_for() -> None:
    query = dcql({"path": list(AGE)})
    credentials = query["credentials"]
    assert isinstance(credentials, list)
    credentials.append({**credentials[0], "id": "spare"})  # type: ignore[dict-item]
    query["credential_sets"] = [{"options": [["pid"]]}]
    assert {each.credential for each in found(query).claims} == {"pid"}


def test_only_what_every_answer_shows_is_required() -> None:
    asked = dcql(
        {"id": "age", "path": list(AGE)},
        {"id": "birth", "path": list(BIRTH)},
        claim_sets=[["age"], ["age", "birth"]],
    )
    judged = found(asked)
    assert [each.is_required for each in judged.claims] == [True, False]
    optional = {**dcql({"path": list(AGE)})}
    optional["credential_sets"] = [{"options": [["pid"]], "required": False}]
    assert [each.is_required for each in found(optional).claims] == [False]


def test_one_need_is_served_once_in_one_answer_and_in_each_of_several() -> None:
    claims = (
        {"id": "a", "path": ["age_equal_or_over", "18"]},
        {"id": "b", "path": ["age_equal_or_over", "21"]},
    )
    together = found(dcql(*claims))
    assert findings(together) == [Finding.NEEDED, Finding.CHEAPER]
    either = found(dcql(*claims, claim_sets=[["b"], ["a"]]))
    assert findings(either) == [Finding.NEEDED, Finding.NEEDED]


# --- registration ------------------------------------------------------------------


def test_without_a_known_purpose_the_registration_alone_decides() -> None:
    asked = dcql({"path": list(AGE)}, {"path": list(BIRTH)})
    judged = found(asked, None, registration=registration(AGE))
    assert findings(judged) == [Finding.REGISTERED, Finding.EXCESS]
    assert judged.caution(CautionCode.NO_PURPOSE)
    unknown = found(asked, "because", registration=registration(AGE))
    assert findings(unknown) == findings(judged)
    assert unknown.caution(CautionCode.UNKNOWN_PURPOSE)


def test_a_registration_does_not_make_a_dear_claim_cheap() -> None:
    asked = dcql({"path": list(BIRTH)}, {"path": ["family_name"]})
    judged = found(asked, registration=registration(BIRTH, ("family_name",)))
    assert findings(judged) == [Finding.CHEAPER, Finding.REGISTERED]


def test_what_is_needed_and_not_registered_is_needed_and_warned_of() -> None:
    judged = found(dcql({"path": list(AGE)}), registration=registration(BIRTH))
    assert findings(judged) == [Finding.NEEDED]
    warned = judged.caution(CautionCode.BEYOND_REGISTRATION)
    assert warned is not None
    assert warned.places == (Place("pid", AGE),)
    clean = found(dcql({"path": list(AGE)}), registration=registration(AGE))
    assert clean.cautions == ()


@pytest.mark.parametrize(
    "other",
    [
        registration(AGE, vct="urn:eudi:pid:2"),
        registration(AGE, form="mso_mdoc"),
        registration(),
        registration(("age_equal_or_over", "21")),
        registration(AGE, values=(True,)),
    ],
)
def test_a_registration_for_something_else_is_none(other: Registration) -> None:
    judged = found(dcql({"path": list(AGE)}), registration=other)
    assert judged.claims[0].is_registered is False


def test_a_registered_value_is_asked_for_or_not() -> None:
    mine = registration(AGE, values=(True,))
    yes = found(dcql({"path": list(AGE), "values": [True]}), registration=mine)
    assert yes.claims[0].is_registered is True
    no = found(dcql({"path": list(AGE), "values": [True, False]}), registration=mine)
    assert no.claims[0].is_registered is False


def test_every_type_of_a_query_must_be_registered() -> None:
    asked = dcql({"path": list(AGE)}, types=(PID, "urn:eudi:pid:2"))
    judged = found(asked, registration=registration(AGE))
    assert judged.claims[0].is_registered is False


def test_a_registration_speaks_for_the_queries_that_it_names_alone() -> None:
    mine = registration(AGE)
    asked = dcql({"path": list(AGE)})
    for named, known in (((), True), (("pid",), True), (("other",), None)):
        judged = found(asked, registration=mine, registered=named)
        assert judged.claims[0].is_registered is known


# --- cautions ----------------------------------------------------------------------


def codes(judgement: Judgement) -> list[CautionCode]:
    return [each.code for each in judgement.cautions]


def test_what_is_needed_and_registered_is_warned_of_in_no_way() -> None:
    judged = found(dcql({"path": list(AGE)}), registration=registration(AGE))
    assert codes(judged) == []
    assert judged.excessive == ()


def test_several_cards_where_one_would_do_are_warned_of() -> None:
    proof: JsonValue = {
        "id": "proof",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": ["urn:idwallet:age-proof:1"]},
        "claims": [{"path": list(AGE)}],
    }
    both = dcql({"path": list(AGE)})
    cards = both["credentials"]
    assert isinstance(cards, list)
    cards.append(proof)
    warned = found(both).caution(CautionCode.SEVERAL_CARDS)
    assert warned is not None
    assert {each.credential for each in warned.places} == {"pid", "proof"}
    for sets in (
        [{"options": [["pid"], ["proof"]]}],
        [{"options": [["pid"]]}, {"options": [["proof"]], "required": False}],
        [{"options": [["proof"], ["pid"]]}, {"options": [["pid"], ["proof"]]}],
    ):
        either = found({**both, "credential_sets": sets})  # type: ignore[dict-item]
        assert either.caution(CautionCode.SEVERAL_CARDS) is None
    apart: JsonValue = [{"options": [["pid"]]}, {"options": [["proof"]]}]
    assert found({**both, "credential_sets": apart}).caution(CautionCode.SEVERAL_CARDS)
    assert found(both, None).caution(CautionCode.SEVERAL_CARDS) is None
    doctor = found(
        Query(
            (
                *Query.from_dcql(dcql({"path": ["family_name"]})).credentials,
                CredentialQuery(
                    "insurance",
                    "mso_mdoc",
                    MdocMeta("eu.europa.ec.eudi.ehic.1"),
                ),
            )
        ),
        "medical-visit",
    )
    assert doctor.caution(CautionCode.SEVERAL_CARDS) is None  # it may need both
    twice = dcql({"path": list(AGE)})
    pid = twice["credentials"]
    assert isinstance(pid, list)
    pid.append({**pid[0], "id": "again"})  # type: ignore[dict-item]
    assert found(twice).caution(CautionCode.SEVERAL_CARDS) is None


def test_a_portrait_brings_the_biometric_warning_whatever_the_purpose() -> None:
    for path in (["picture"], ["picture", "x"], ["portrait"], ["biometric_template_x"]):
        for purpose in (SALE, None):
            judged = found(dcql({"path": path}), purpose)
            assert CautionCode.BIOMETRIC in codes(judged)
    assert CautionCode.BIOMETRIC not in codes(found(dcql({"path": ["email"]})))
    card = found(dcql({"path": ["picture"]}, types=("urn:example:club",)))
    assert CautionCode.BIOMETRIC in codes(card)


def test_what_is_kept_is_warned_of_by_what_the_purpose_allows() -> None:
    query: dict[str, JsonValue] = {
        "credentials": [
            {
                "id": "pid",
                "format": "mso_mdoc",
                "meta": {"doctype_value": "org.example.card"},
                "claims": [{"path": ["org.example", "a"], "intent_to_retain": True}],
            }
        ]
    }
    assert CautionCode.RETENTION_NOT_ALLOWED in codes(found(query))
    days = found(query, "hotel-check-in-es").caution(CautionCode.RETENTION)
    assert days is not None
    assert days.count == 1096
    unknown = found(query, "hotel-check-in-ru").caution(CautionCode.RETENTION)
    assert unknown is not None
    assert unknown.count == 0
    query["credentials"][0]["claims"][0]["intent_to_retain"] = False  # type: ignore[index,call-overload]
    assert CautionCode.RETENTION_NOT_ALLOWED not in codes(found(query))


def test_a_party_that_asks_again_is_named_with_its_number() -> None:
    asked = dcql({"path": list(AGE)})
    assert codes(found(asked, earlier=Earlier(OFTEN - 1, 0))) == [
        CautionCode.NOT_REGISTERED
    ]
    judged = found(asked, earlier=Earlier(asked=OFTEN, refused=2))
    assert [(each.code, each.count) for each in judged.cautions[:2]] == [
        (CautionCode.ASKED_AGAIN, 2),
        (CautionCode.ASKED_OFTEN, OFTEN),
    ]


def test_a_guessed_value_is_named_and_a_yes_or_no_is_not() -> None:
    guess = found(dcql({"path": ["family_name"], "values": ["Sample"]}))
    warned = guess.caution(CautionCode.GUESSES_VALUE)
    assert warned is not None
    assert warned.places == (Place("pid", ("family_name",)),)
    plain = found(dcql({"path": list(AGE), "values": [True]}))
    assert plain.caution(CautionCode.GUESSES_VALUE) is None


def test_the_issuers_unwilling_word_stands_first() -> None:
    judged = found(dcql({"path": list(BIRTH)}), unwelcome=("pid",))
    assert judged.cautions[0].code is CautionCode.DISCLOSURE_POLICY
    assert judged.cautions[0].places == (Place("pid", ()),)


def test_a_claim_asked_twice_is_judged_once() -> None:
    judged = found(dcql({"path": list(AGE)}, {"path": list(AGE), "values": [True]}))
    assert len(judged.claims) == 1
    assert judged.of("pid", AGE) is judged.claims[0]
    assert judged.of("pid", BIRTH) is None


def test_a_request_that_is_built_to_be_slow_is_judged_quickly() -> None:
    names = [f"c{number}" for number in range(limits.QUERY_CLAIMS)]
    claims: list[JsonValue] = [
        {"id": name, "path": ["age_equal_or_over", str(10 + number)]}
        for number, name in enumerate(names)
    ]
    options: list[JsonValue] = [list(names) for _ in range(32)]
    asked = dcql(*claims, claim_sets=options)
    read = Query.from_dcql(asked)
    for purpose in ("hotel-check-in-es", SALE):
        begun = process_time()
        assert len(found(read, purpose).claims) == limits.QUERY_CLAIMS
        # A few hundredths of a second; naively it took twenty seconds.
        assert process_time() - begun < 2
