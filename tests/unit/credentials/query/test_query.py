"""A query is always valid, whichever way it is made."""

import copy
import json
import pickle
from types import MappingProxyType

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.credentials.query import (
    ClaimQuery,
    CredentialQuery,
    CredentialSet,
    Query,
    SdJwtVcMeta,
)
from idwallet.errors import LimitError, MalformedError, UsageError

META = SdJwtVcMeta(("urn:a",))
DCQL: JsonObject = {
    "credentials": [
        {"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:a"]}}
    ]
}


def test_text_bytes_and_value_read_alike() -> None:
    text = json.dumps(DCQL)
    query = Query.from_dcql(DCQL)
    assert query == Query.from_dcql(text) == Query.from_dcql(text.encode())
    assert query == Query.from_dcql(MappingProxyType(DCQL))


def test_what_is_written_is_read_to_an_equal_query() -> None:
    query = Query.age_over(18)
    again = Query.from_dcql(query.to_dcql())
    assert again == query
    assert hash(again) == hash(query)


def test_a_default_is_not_written() -> None:
    assert Query.from_dcql(DCQL).to_dcql() == DCQL


def test_the_given_value_is_not_changed() -> None:
    before = copy.deepcopy(DCQL)
    Query.from_dcql(DCQL)
    assert before == DCQL


@pytest.mark.parametrize(
    "text", ["[]", '"a"', "{", '{"credentials":1,"credentials":2}']
)
def test_text_that_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        Query.from_dcql(text)


def test_a_value_that_json_cannot_carry_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(UsageError):
        Query.from_dcql({"credentials": object()})  # type: ignore[dict-item]


def test_a_query_of_the_longest_size_is_read_and_a_longer_one_refused() -> None:
    short = len(json.dumps({**DCQL, "x": ""}, separators=(",", ":")))
    padding = "x" * (limits.QUERY_BYTES - short)
    longest: JsonObject = {**DCQL, "x": padding}
    longer: JsonObject = {**DCQL, "x": padding + "x"}
    Query.from_dcql(longest)
    Query.from_dcql(json.dumps(longest, separators=(",", ":")))
    with pytest.raises(LimitError):
        Query.from_dcql(longer)
    with pytest.raises(LimitError):
        Query.from_dcql(json.dumps(longer, separators=(",", ":")))


def test_a_fault_is_placed_inside_the_document_around_the_query() -> None:
    with pytest.raises(MalformedError) as caught:
        Query.from_dcql({"credentials": []}, at="/dcql_query")
    assert caught.value.at == "/dcql_query/credentials"


def test_parts_make_the_same_query_as_text() -> None:
    assert Query((CredentialQuery("a", "dc+sd-jwt", META),)) == Query.from_dcql(DCQL)


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (CredentialQuery("a b", "dc+sd-jwt", META),),
        (CredentialQuery("a", "dc+sd-jwt", META),) * 2,
        (CredentialQuery("a", "dc+sd-jwt", META, (ClaimQuery(()),)),),
        (CredentialQuery("a", "dc+sd-jwt", META, (ClaimQuery((True,)),)),),
        (
            CredentialQuery(
                "a", "dc+sd-jwt", META, (ClaimQuery(("a",), id="a"),), (("b",),)
            ),
        ),
    ],
)
def test_parts_that_break_a_rule_are_a_mistake_of_the_caller(
    parts: tuple[CredentialQuery, ...],
) -> None:
    with pytest.raises(UsageError, match="not a DCQL query"):
        Query(parts)


def test_a_credential_set_of_nothing_known_is_a_mistake_of_the_caller() -> None:
    credentials = (CredentialQuery("a", "dc+sd-jwt", META),)
    assert Query(credentials, (CredentialSet((("a",),)),)).credential_sets
    with pytest.raises(UsageError):
        Query(credentials, (CredentialSet((("b",),)),))


def test_without_credential_sets_everything_is_required() -> None:
    query = Query(
        (CredentialQuery("a", "x", META), CredentialQuery("b", "dc+sd-jwt", META))
    )
    assert query.sets == (CredentialSet((("a", "b"),)),)
    assert query.credential_sets == ()


def test_a_credential_query_is_found_by_its_identifier() -> None:
    query = Query.from_dcql(DCQL)
    assert query.credential("a") is query.credentials[0]
    assert query.credential("b") is None


def test_queries_for_true_and_for_one_differ_as_keys() -> None:
    def asking(value: int | bool) -> Query:
        claim = ClaimQuery(("over_18",), values=(value,))
        return Query((CredentialQuery("a", "dc+sd-jwt", META, (claim,)),))

    assert asking(True) != asking(1)
    assert len({asking(True), asking(1), asking(True)}) == 2


def test_a_query_survives_the_way_between_processes() -> None:
    query = Query.age_over(18)
    again = pickle.loads(pickle.dumps(query))
    assert again == query
    assert again.sets == query.sets
    assert copy.deepcopy(query) == query


def test_a_query_cannot_be_changed() -> None:
    query = Query.from_dcql(DCQL)
    with pytest.raises(AttributeError):
        query.credentials = ()  # type: ignore[misc]


def test_a_repeated_claim_is_read_but_may_not_be_asked() -> None:
    claims = [{"path": ["a"]}, {"path": ["b"]}, {"path": ["a"]}]
    asked = {**DCQL["credentials"][0], "claims": claims}  # type: ignore[index,call-overload,dict-item]
    query = Query.from_dcql({"credentials": [asked]})
    assert query.repeated_claims() == (("a", ("a",)),)
    with pytest.raises(UsageError, match="twice"):
        query.require_askable()
    single = Query.from_dcql({"credentials": [{**asked, "claims": claims[:2]}]})
    assert single.require_askable() is single


def test_no_credential_is_asked_for_by_the_name_of_the_whole_answer() -> None:
    def named(name: str) -> Query:
        return Query((CredentialQuery(name, "dc+sd-jwt", META),))

    assert named("responses").require_askable()
    with pytest.raises(UsageError, match="whole answer"):
        named("response").require_askable()
    with pytest.raises(UsageError, match="whole answer"):
        Query.claims("urn:a", "name", credential_id="response")


@pytest.mark.parametrize("value", [1e300, 1e64, 10**64, -(10**63), 10**4000])
def test_a_number_that_no_reader_takes_back_is_not_asked_for(
    value: float,
) -> None:
    claim = ClaimQuery(("a",), values=(value,))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="number is too long"):
        Query((CredentialQuery("a", "dc+sd-jwt", META, (claim,)),))
    path = ClaimQuery(("a", value))  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        Query((CredentialQuery("a", "dc+sd-jwt", META, (path,)),))


@pytest.mark.parametrize("value", ["1e300", "1e64", "-1e63"])
def test_a_number_in_short_is_refused_when_it_is_too_long_written_out(
    value: str,
) -> None:
    def asking(number: str) -> str:
        claim = '{"path":["a"],"values":[' + number + "]}"
        asked = json.dumps(DCQL["credentials"][0])[:-1]  # type: ignore[index,call-overload]
        return '{"credentials":[' + asked + ',"claims":[' + claim + "]}]}"

    with pytest.raises(LimitError, match="number is too long"):
        Query.from_dcql(asking(value))
    for short in ("1e62", "-1e62", "9" * 64, "-" + "9" * 63):
        query = Query.from_dcql(asking(short))
        assert Query.from_dcql(json.dumps(query.to_dcql())) == query
