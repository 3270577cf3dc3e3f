"""Each structural rule of OpenID4VP 1.0 §6: the sound twin is read, the other not."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.query import (
    ClaimQuery,
    CredentialSet,
    ForeignMeta,
    MdocMeta,
    Query,
    SdJwtVcMeta,
    TrustedAuthority,
)
from idwallet.errors import LimitError, MalformedError

VALID: JsonObject = {
    "credentials": [
        {
            "id": "pid",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": ["urn:eudi:pid:1"]},
            "multiple": True,
            "trusted_authorities": [
                {"type": "aki", "values": ["s9tIpPmhxdiuNkHMEWNpYim8S8Y"]},
                {"type": "etsi_tl", "values": ["https://lotl.example"]},
            ],
            "require_cryptographic_holder_binding": False,
            "claims": [
                {"id": "a", "path": ["given_name"], "values": ["Ann", 1, True]},
                {"id": "b", "path": ["nationalities", None, 0]},
            ],
            "claim_sets": [["a", "b"], ["a"]],
        },
        {
            "id": "mdl",
            "format": "mso_mdoc",
            "meta": {"doctype_value": "org.iso.18013.5.1.mDL"},
            "claims": [{"path": ["ns", "portrait"], "intent_to_retain": True}],
        },
    ],
    "credential_sets": [
        {"options": [["pid"], ["mdl"]]},
        {"options": [["pid", "mdl"]], "required": False},
    ],
}

Steps = tuple[str | int, ...]
REMOVED = object()


def _changed(steps: Steps, value: object) -> JsonObject:
    found = deepcopy(VALID)
    place: object = found
    for step in steps[:-1]:
        place = place[step]  # type: ignore[index]
    if value is REMOVED:
        del place[steps[-1]]  # type: ignore[attr-defined]
    else:
        place[steps[-1]] = value  # type: ignore[index]
    return found


def test_a_sound_query_is_read_whole() -> None:
    query = Query.from_dcql(VALID)
    pid, mdl = query.credentials
    assert (pid.id, pid.format) == ("pid", "dc+sd-jwt")
    assert pid.meta == SdJwtVcMeta(("urn:eudi:pid:1",))
    assert pid.multiple
    assert not pid.require_cryptographic_holder_binding
    assert pid.trusted_authorities == (
        TrustedAuthority("aki", ("s9tIpPmhxdiuNkHMEWNpYim8S8Y",)),
        TrustedAuthority("etsi_tl", ("https://lotl.example",)),
    )
    assert pid.claims == (
        ClaimQuery(("given_name",), values=("Ann", 1, True), id="a"),
        ClaimQuery(("nationalities", None, 0), id="b"),
    )
    assert pid.claim_sets == (("a", "b"), ("a",))
    assert mdl.meta == MdocMeta("org.iso.18013.5.1.mDL")
    assert mdl.claims[0].intent_to_retain is True
    assert query.credential_sets == (
        CredentialSet((("pid",), ("mdl",))),
        CredentialSet((("pid", "mdl"),), required=False),
    )


def test_defaults_are_those_of_the_standard() -> None:
    credential = {"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:a"]}}
    asked = Query.from_dcql({"credentials": [credential]}).credentials[0]
    assert not asked.multiple
    assert asked.require_cryptographic_holder_binding
    assert (asked.claims, asked.claim_sets, asked.trusted_authorities) == ((), (), ())


FIRST: Steps = ("credentials", 0)
CLAIM: Steps = (*FIRST, "claims", 0)
ELEMENT: Steps = ("credentials", 1, "claims", 0, "path")

REFUSALS: list[tuple[Steps, object, str, str]] = [
    (("credentials",), REMOVED, "/credentials", "§6"),
    (("credentials",), [], "/credentials", "§6"),
    (("credentials",), {}, "/credentials", "§6"),
    (FIRST, "pid", "/credentials/0", "§6.1"),
    ((*FIRST, "id"), REMOVED, "/credentials/0/id", "§6.1"),
    ((*FIRST, "id"), "", "/credentials/0/id", "§6.1"),
    ((*FIRST, "id"), "p.d", "/credentials/0/id", "§6.1"),
    ((*FIRST, "id"), "пид", "/credentials/0/id", "§6.1"),
    ((*FIRST, "id"), 1, "/credentials/0/id", "§6.1"),
    (("credentials", 1, "id"), "pid", "/credentials", "§6.1"),
    ((*FIRST, "format"), REMOVED, "/credentials/0/format", "§6.1"),
    ((*FIRST, "format"), "", "/credentials/0/format", "§6.1"),
    ((*FIRST, "meta"), REMOVED, "/credentials/0/meta", "§6.1"),
    ((*FIRST, "meta"), [], "/credentials/0/meta", "§B.3.5"),
    ((*FIRST, "meta"), {}, "/credentials/0/meta/vct_values", "§B.3.5"),
    ((*FIRST, "meta", "vct_values"), [], "/credentials/0/meta/vct_values", "§B.3.5"),
    (
        (*FIRST, "meta", "vct_values"),
        "urn:a",
        "/credentials/0/meta/vct_values",
        "§B.3.5",
    ),
    (
        (*FIRST, "meta", "vct_values", 0),
        7,
        "/credentials/0/meta/vct_values/0",
        "§B.3.5",
    ),
    (
        ("credentials", 1, "meta", "doctype_value"),
        REMOVED,
        "/credentials/1/meta/doctype_value",
        "§B.2.3",
    ),
    ((*FIRST, "multiple"), 1, "/credentials/0/multiple", "§6.1"),
    ((*FIRST, "multiple"), None, "/credentials/0/multiple", "§6.1"),
    (
        (*FIRST, "require_cryptographic_holder_binding"),
        "false",
        "/credentials/0/require_cryptographic_holder_binding",
        "§6.1",
    ),
    (
        (*FIRST, "trusted_authorities"),
        [],
        "/credentials/0/trusted_authorities",
        "§6.1",
    ),
    (
        (*FIRST, "trusted_authorities", 0),
        "aki",
        "/credentials/0/trusted_authorities/0",
        "§6.1.1",
    ),
    (
        (*FIRST, "trusted_authorities", 0, "type"),
        REMOVED,
        "/credentials/0/trusted_authorities/0/type",
        "§6.1.1",
    ),
    (
        (*FIRST, "trusted_authorities", 1, "values"),
        [],
        "/credentials/0/trusted_authorities/1/values",
        "§6.1.1",
    ),
    (
        (*FIRST, "trusted_authorities", 0, "values", 0),
        "A+/=",
        "/credentials/0/trusted_authorities/0/values/0",
        "§6.1.1.1",
    ),
    ((*FIRST, "claims"), [], "/credentials/0/claims", "§6.1"),
    ((*FIRST, "claims"), REMOVED, "/credentials/0/claim_sets", "§6.4.1"),
    (CLAIM, ["given_name"], "/credentials/0/claims/0", "§6.3"),
    ((*CLAIM, "id"), REMOVED, "/credentials/0/claims/0/id", "§6.3"),
    ((*CLAIM, "id"), "a b", "/credentials/0/claims/0/id", "§6.3"),
    ((*CLAIM, "id"), "b", "/credentials/0/claims", "§6.3"),
    ((*CLAIM, "path"), REMOVED, "/credentials/0/claims/0/path", "§6.3"),
    ((*CLAIM, "path"), [], "/credentials/0/claims/0/path", "§7"),
    ((*CLAIM, "path"), "given_name", "/credentials/0/claims/0/path", "§7"),
    ((*CLAIM, "path", 0), -1, "/credentials/0/claims/0/path/0", "§7"),
    ((*CLAIM, "path", 0), True, "/credentials/0/claims/0/path/0", "§7"),
    ((*CLAIM, "path", 0), 1.0, "/credentials/0/claims/0/path/0", "§7"),
    ((*CLAIM, "path", 0), ["a"], "/credentials/0/claims/0/path/0", "§7"),
    (ELEMENT, ["ns"], "/credentials/1/claims/0/path", "§7.2"),
    (ELEMENT, ["ns", "portrait", "x"], "/credentials/1/claims/0/path", "§7.2"),
    (ELEMENT, ["ns", None], "/credentials/1/claims/0/path", "§7.2"),
    (ELEMENT, [0, "portrait"], "/credentials/1/claims/0/path", "§7.2"),
    ((*CLAIM, "values"), [], "/credentials/0/claims/0/values", "§6.3"),
    ((*CLAIM, "values"), "Ann", "/credentials/0/claims/0/values", "§6.3"),
    ((*CLAIM, "values", 0), None, "/credentials/0/claims/0/values/0", "§6.3"),
    ((*CLAIM, "values", 0), 1.5, "/credentials/0/claims/0/values/0", "§6.3"),
    ((*CLAIM, "values", 0), {}, "/credentials/0/claims/0/values/0", "§6.3"),
    (
        ("credentials", 1, "claims", 0, "intent_to_retain"),
        "yes",
        "/credentials/1/claims/0/intent_to_retain",
        "§B.2.4",
    ),
    ((*FIRST, "claim_sets"), [], "/credentials/0/claim_sets", "§6.1"),
    ((*FIRST, "claim_sets", 0), [], "/credentials/0/claim_sets/0", "§6.1"),
    ((*FIRST, "claim_sets", 0), "ab", "/credentials/0/claim_sets/0", "§6.1"),
    ((*FIRST, "claim_sets", 0, 1), "c", "/credentials/0/claim_sets/0/1", "§6.1"),
    (("credential_sets",), [], "/credential_sets", "§6"),
    (("credential_sets", 0), ["pid"], "/credential_sets/0", "§6.2"),
    (("credential_sets", 0, "options"), REMOVED, "/credential_sets/0/options", "§6.2"),
    (("credential_sets", 0, "options"), [], "/credential_sets/0/options", "§6.2"),
    (("credential_sets", 0, "options", 0), [], "/credential_sets/0/options/0", "§6.2"),
    (
        ("credential_sets", 1, "options", 0, 1),
        "id",
        "/credential_sets/1/options/0/1",
        "§6.2",
    ),
    (("credential_sets", 1, "required"), 0, "/credential_sets/1/required", "§6.2"),
]


@pytest.mark.parametrize(("steps", "value", "at", "clause"), REFUSALS)
def test_a_query_that_breaks_a_rule_is_refused_with_place_and_clause(
    steps: Steps, value: object, at: str, clause: str
) -> None:
    with pytest.raises(MalformedError) as caught:
        Query.from_dcql(_changed(steps, value))
    assert (caught.value.at, caught.value.clause) == (at, f"OpenID4VP 1.0 {clause}")


def test_members_that_the_standard_does_not_name_are_ignored() -> None:
    query = Query.from_dcql(VALID)
    for steps in (
        ("later",),
        (*FIRST, "later"),
        (*FIRST, "meta", "later"),
        (*FIRST, "trusted_authorities", 0, "later"),
        (*CLAIM, "later"),
        ("credential_sets", 0, "later"),
    ):
        assert Query.from_dcql(_changed(steps, {"x": [None]})) == query


def test_a_format_not_known_here_keeps_its_meta_unread() -> None:
    changed = _changed((*FIRST, "format"), "ldp_vc")
    changed["credentials"][0]["meta"] = {"type_values": [["A"]]}  # type: ignore[index,call-overload]
    query = Query.from_dcql(changed)
    assert query.credentials[0].meta == ForeignMeta(b'{"type_values":[["A"]]}')
    assert query.to_dcql()["credentials"][0]["meta"] == {"type_values": [["A"]]}  # type: ignore[index,call-overload]


def test_a_foreign_meta_that_is_no_object_is_refused() -> None:
    changed = _changed((*FIRST, "format"), "ldp_vc")
    changed["credentials"][0]["meta"] = []  # type: ignore[index,call-overload]
    with pytest.raises(MalformedError, match="not an object"):
        Query.from_dcql(changed)


def test_a_whole_number_written_with_a_point_is_that_integer() -> None:
    query = Query.from_dcql(_changed((*CLAIM, "values"), [2.0]))
    assert query.credentials[0].claims[0].values == (2,)


def _credentials(count: int) -> JsonValue:
    meta: JsonObject = {"vct_values": ["urn:a"]}
    return [
        {"id": f"c{index}", "format": "dc+sd-jwt", "meta": meta}
        for index in range(count)
    ]


def _with_claims(claims: JsonValue, **more: JsonValue) -> JsonObject:
    meta: JsonObject = {"vct_values": ["urn:a"]}
    credential: JsonObject = {"id": "a", "format": "dc+sd-jwt", "meta": meta}
    return {"credentials": [{**credential, "claims": claims, **more}]}


def _with(**more: JsonValue) -> JsonObject:
    return _with_claims([{"id": "a", "path": ["a"]}], **more)


BOUNDS: list[tuple[Callable[[int], JsonObject], int]] = [
    (lambda n: {"credentials": _credentials(n)}, limits.QUERY_CREDENTIALS),
    (lambda n: _with_claims([{"path": ["a"]}] * n), limits.QUERY_CLAIMS),
    (lambda n: _with_claims([{"path": ["a"] * n}]), limits.QUERY_PATH_ELEMENTS),
    (
        lambda n: _with_claims([{"path": ["a"], "values": [*range(n)]}]),
        limits.QUERY_VALUES,
    ),
    (lambda n: _with(claim_sets=[["a"]] * n), limits.QUERY_OPTIONS),
    (lambda n: _with(claim_sets=[["a"] * n]), limits.QUERY_CLAIMS),
    (
        lambda n: _with(trusted_authorities=[{"type": "aki", "values": ["AQ"] * n}]),
        limits.QUERY_AUTHORITIES,
    ),
    (
        lambda n: _with(trusted_authorities=[{"type": "x", "values": ["x"]}] * n),
        limits.QUERY_AUTHORITIES,
    ),
    (
        lambda n: {**_with(), "credential_sets": [{"options": [["a"]]}] * n},
        limits.QUERY_OPTIONS,
    ),
    (
        lambda n: {**_with(), "credential_sets": [{"options": [["a"]] * n}]},
        limits.QUERY_OPTIONS,
    ),
    (
        lambda n: {**_with(), "credential_sets": [{"options": [["a"] * n]}]},
        limits.QUERY_CREDENTIALS,
    ),
]


@pytest.mark.parametrize(("make", "most"), BOUNDS)
def test_a_query_at_a_bound_is_read_and_one_past_it_refused(
    make: Callable[[int], JsonObject], most: int
) -> None:
    Query.from_dcql(make(most))
    with pytest.raises(LimitError) as caught:
        Query.from_dcql(make(most + 1))
    assert caught.value.clause == "idwallet limits"


def test_the_combinations_of_all_claim_sets_together_are_bounded() -> None:
    most = limits.QUERY_COMBINATIONS // limits.QUERY_CLAIMS
    option: list[JsonValue] = ["a"] * limits.QUERY_CLAIMS
    Query.from_dcql(_with(claim_sets=[option] * most))
    with pytest.raises(LimitError, match="too many combinations"):
        Query.from_dcql(_with(claim_sets=[option] * (most + 1)))


def test_the_combinations_of_all_credential_sets_together_are_bounded() -> None:
    options: JsonValue = [["a"] * 32] * 64
    sets: list[JsonValue] = [{"options": options}] * 2
    Query.from_dcql({**_with(), "credential_sets": sets})
    with pytest.raises(LimitError) as caught:
        Query.from_dcql({**_with(), "credential_sets": [*sets, {"options": [["a"]]}]})
    assert caught.value.at == "/credential_sets"


def _nulls(*counts: int) -> JsonObject:
    """A credential query each, of so many paths with one null that end in it."""
    meta: JsonObject = {"vct_values": ["urn:a"]}
    return {
        "credentials": [
            {
                "id": f"c{index}",
                "format": "dc+sd-jwt",
                "meta": meta,
                "claims": [{"path": [f"n{n}", None]} for n in range(count)],
            }
            for index, count in enumerate(counts)
        ]
    }


def test_the_parts_of_all_paths_from_a_null_on_are_bounded_together() -> None:
    half = limits.QUERY_WILDCARD_STEPS // 2
    Query.from_dcql(_nulls(half, half))
    with pytest.raises(LimitError, match="from a null on") as caught:
        Query.from_dcql(_nulls(half, half, 1))
    assert (caught.value.at, caught.value.clause) == ("/credentials", "idwallet limits")
    deep: JsonObject = {"path": ["a", None, *["b"] * 13]}
    most = limits.QUERY_WILDCARD_STEPS // 14
    Query.from_dcql(_with_claims([deep] * most))
    with pytest.raises(LimitError):
        Query.from_dcql(_with_claims([deep] * (most + 1)))
