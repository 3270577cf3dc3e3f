import base64
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.credentials.model import VerifiedPresentation
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt import issue as module
from idwallet.credentials.sdjwt.conceal import plan_of
from idwallet.credentials.sdjwt.issue import (
    Hash,
    SdJwtVc,
    Shape,
    fixed_claims,
    hidden_paths,
    plan_for,
    require_issuable,
    sd_jwt_payload,
    type_integrity,
)
from idwallet.credentials.sdjwt.metadata import Disclosability, TypeMetadataSet
from idwallet.credentials.sdjwt.present import Held, read_held
from idwallet.errors import UsageError
from idwallet.report import StatusListNeeded
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.scene import PID, Scene

SCENE = Scene(seed=b"idwallet TEST issue")
ALWAYS, NEVER = Disclosability.ALWAYS, Disclosability.NEVER
ALLOWED = Disclosability.ALLOWED
CLAIMS: dict[str, JsonValue] = {
    "name": "N",
    "address": {"street": "S", "geo": {"lat": 1, "lon": 2}, "none": {}},
    "list": ["a", {"b": "c"}, []],
}


def content(**changes: object) -> SdJwtVc:
    return SdJwtVc(**{"vct": PID, "claims": CLAIMS, **changes})  # type: ignore[arg-type]  # as SdJwtVc has them


def numbered_salts() -> Iterator[str]:
    return (f"salt-{n}" for n in itertools.count())


def issued(what: SdJwtVc) -> Held:
    return read_held(SCENE.issue(what).raw)


def payload_of(held: Held) -> JsonObject:
    return read_object(held.sd_jwt.issuer_jwt.payload, at="test")


def documents(*claims: JsonValue, vct: str = PID, **more: JsonValue) -> bytes:
    return json.dumps({"vct": vct, "claims": [*claims], **more}).encode()


def types(*claims: JsonValue) -> TypeMetadataSet:
    return TypeMetadataSet.read([documents(*claims)])


# --- what must not be issued -------------------------------------------------------


@pytest.mark.parametrize(
    ("valid", "forged"),
    [
        ({}, {"vct": ""}),
        ({"also_known_as": ("urn:a",)}, {"also_known_as": ("urn:a", "urn:a")}),
        ({"also_known_as": ("urn:a",)}, {"also_known_as": (PID,)}),
        ({"also_known_as": ("urn:a",)}, {"also_known_as": ("",)}),
        ({"decoys": limits.DECOYS}, {"decoys": limits.DECOYS + 1}),
        ({"decoys": 0}, {"decoys": -1}),
        (
            {"status": StatusListNeeded("https://s.example", 0)},
            {"status": StatusListNeeded("https://s.example", -1)},
        ),
        (
            {"status": StatusListNeeded("https://s.example", 0)},
            {"status": StatusListNeeded("", 0)},
        ),
        (
            {"disclosure": {("name",): NEVER}},
            {"disclosure": {("exp",): ALWAYS}},
        ),
    ],
)
def test_content_that_must_not_become_a_credential_is_refused(
    valid: dict[str, object], forged: dict[str, object]
) -> None:
    require_issuable(content(**valid))
    assert SCENE.issue(content(**valid))
    with pytest.raises(UsageError):
        require_issuable(content(**forged))
    with pytest.raises(UsageError):
        SCENE.issue(content(**forged))


@pytest.mark.parametrize(
    ("stated", "misspelt"),
    [
        (("name",), ("nmae",)),
        (("address", "street"), ("address", "stret")),
        (("list", None), ("lists", None)),
        (("list", 1), ("list", 3)),
        (("list", 1), ("list", -1)),
        (("list", 1), ("list", True)),
        (("degrees", None), ()),
        # An empty array has no elements yet; what stands in none is misspelt.
        (("degrees", None, "type"), ("name", None)),
    ],
)
def test_a_rule_for_a_claim_that_is_not_there_is_not_ignored(
    stated: ClaimPath, misspelt: ClaimPath
) -> None:
    claims = {**CLAIMS, "degrees": []}
    for rule in (ALWAYS, NEVER):
        assert SCENE.issue(content(claims=claims, disclosure={stated: rule}))
        with pytest.raises(UsageError):
            SCENE.issue(content(claims=claims, disclosure={misspelt: rule}))


def test_a_rule_for_an_optional_claim_of_the_type_may_find_none() -> None:
    known = types({"path": ["email"]})
    wanted = content(disclosure={("email",): NEVER})
    require_issuable(wanted, known)
    with pytest.raises(UsageError, match="/email"):
        require_issuable(wanted)


@pytest.mark.parametrize("rule", [{"mandatory": True}, {"sd": "never"}, {}])
def test_of_a_claim_with_a_rule_no_more_elements_are_issued_than_a_reader_takes(
    rule: JsonObject,
) -> None:
    known = types({"path": ["list", None], **rule})
    require_issuable(content(claims={"list": [0] * limits.QUERY_PATH_MATCHES}), known)
    longer = content(claims={"list": [0] * (limits.QUERY_PATH_MATCHES + 1)})
    require_issuable(longer)
    with pytest.raises(UsageError, match="/list"):
        require_issuable(longer, known)


def test_a_rule_for_each_element_of_a_very_long_array_is_kept() -> None:
    claims = {"list": [0] * (limits.QUERY_PATH_MATCHES + 1)}
    held = issued(content(claims=claims, disclosure={("list", None): NEVER}))
    assert payload_of(held)["list"] == claims["list"]


@pytest.mark.parametrize(
    "name",
    [
        *("iss", "nbf", "exp", "iat", "cnf", "vct", "vct#integrity", "aka_vcts"),
        *("status", "_sd", "_sd_alg", "..."),
    ],
)
def test_a_claim_that_decides_validity_is_no_claim_and_not_disclosable(
    name: str,
) -> None:
    with pytest.raises(UsageError) as caught:
        SCENE.issue(content(claims={**CLAIMS, name: 1}))
    assert name in str(caught.value)
    for rule in (ALWAYS, NEVER):
        for path in ((name,), (name, "inner")):
            with pytest.raises(UsageError):
                SCENE.issue(content(disclosure={path: rule}))


@pytest.mark.parametrize("name", ["_sd", "_sd_alg", "..."])
@pytest.mark.parametrize("deep", [False, True])
def test_a_claim_that_would_pass_for_a_digest_is_refused(name: str, deep: bool) -> None:
    inner: JsonValue = {name: "digest"}
    value: JsonValue = [{"a": [inner]}] if deep else inner
    with pytest.raises(UsageError):
        SCENE.issue(content(claims={"claim": value}))
    # As a value it is a text like any other.
    assert SCENE.issue(content(claims={"claim": name}))


@pytest.mark.parametrize("wrap", [lambda v: {"in": v}, lambda v: [v]])
def test_claims_nest_to_a_depth(wrap: object) -> None:
    value: JsonValue = "bottom"
    for _ in range(limits.SD_DEPTH // 2 - 1):
        value = wrap(value)  # type: ignore[operator]  # a lambda above
    held = issued(content(claims={"deep": value}))
    assert held.unpacked.claims["deep"] == value
    with pytest.raises(UsageError):
        SCENE.issue(content(claims={"deep": wrap(value)}))  # type: ignore[operator]


@pytest.mark.parametrize(
    "value", [SCENE.at, b"bytes", {1: 2}, {None: {}}, float("nan")]
)
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(UsageError):
        SCENE.issue(content(claims={"claim": value}))


def test_more_disclosures_than_a_reader_takes_are_not_issued() -> None:
    at_limit: dict[str, JsonValue] = {f"c{n}": n for n in range(limits.DISCLOSURES)}
    assert len(issued(content(claims=at_limit)).disclosable()) == limits.DISCLOSURES
    with pytest.raises(UsageError):
        SCENE.issue(content(claims={**at_limit, "one more": 1}))


def test_more_digests_than_a_reader_takes_are_not_issued() -> None:
    levels = limits.DIGESTS // (limits.DECOYS + 1)
    objects: dict[str, JsonValue] = {f"c{n}": {"in": n} for n in range(levels)}
    shape = Shape.STRUCTURED
    at_limit = content(claims=objects, decoys=limits.DECOYS, shape=shape)
    assert issued(at_limit).unpacked.hidden == levels * limits.DECOYS
    objects["one more"] = {"in": 1}
    with pytest.raises(UsageError):
        SCENE.issue(content(claims=objects, decoys=limits.DECOYS, shape=shape))


def test_larger_than_a_reader_takes_is_not_issued() -> None:
    photo = "x" * (limits.DISCLOSURE_BYTES // 4 * 3 - 100)
    large = content(claims={"portrait": photo})
    assert issued(large).unpacked.claims["portrait"] == photo
    with pytest.raises(UsageError):
        SCENE.issue(content(claims={"portrait": photo + "x" * 100}))
    with pytest.raises(UsageError):
        SCENE.issue(content(claims={"one": photo, "two": photo}))
    plain = content(claims={"one": photo}, disclosure={("one",): NEVER})
    assert issued(plain).disclosable() == ()


# --- the type's rules --------------------------------------------------------------


def test_a_claim_that_the_type_demands_must_be_there() -> None:
    known = types({"path": ["name"], "mandatory": True})
    require_issuable(content(), known)
    without = content(claims={"address": {}})
    with pytest.raises(UsageError) as caught:
        require_issuable(without, known)
    assert "/name" in str(caught.value)
    optional = types({"path": ["name"]})
    require_issuable(without, optional)


def test_what_comes_from_the_issuers_arguments_is_not_demanded_of_the_claims() -> None:
    require_issuable(content(), types({"path": ["exp"], "mandatory": True}))


def test_the_type_decides_what_is_disclosable() -> None:
    known = types(
        {"path": ["name"], "sd": "never"},
        {"path": ["list", None], "sd": "always"},
        {"path": ["address"], "sd": "allowed"},
    )
    found = hidden_paths(content(), known)
    assert ("name",) not in found
    assert ("list", None) in found
    assert ("address",) in found


@pytest.mark.parametrize(
    ("sd", "own", "agrees"),
    [
        ("never", NEVER, True),
        ("never", ALWAYS, False),
        ("never", ALLOWED, False),
        ("always", ALWAYS, True),
        ("always", NEVER, False),
        ("allowed", NEVER, True),
        ("allowed", ALWAYS, True),
    ],
)
def test_an_issuer_may_not_contradict_the_type(
    sd: str, own: Disclosability, agrees: bool
) -> None:
    known = types({"path": ["name"], "sd": sd})
    what = content(disclosure={("name",): own})
    if agrees:
        assert (("name",) in hidden_paths(what, known)) is (own is not NEVER)
    else:
        with pytest.raises(UsageError):
            hidden_paths(what, known)


@pytest.mark.parametrize(
    ("wide", "narrow", "agrees"),
    [
        (ALWAYS, ALWAYS, True),
        (NEVER, NEVER, True),
        (ALWAYS, NEVER, False),
        (NEVER, ALWAYS, False),
        (ALLOWED, ALWAYS, True),
        (ALLOWED, NEVER, True),
    ],
)
@pytest.mark.parametrize("whose", ["type and type", "type and own", "own and own"])
def test_two_rules_that_meet_at_one_element_must_agree(
    wide: Disclosability, narrow: Disclosability, agrees: bool, whose: str
) -> None:
    rules = {("list", None): wide, ("list", 0): narrow}
    first, second = whose.split(" and ")
    told = {"type": {}, "own": {}}  # type: ignore[var-annotated]  # of rules
    for owner, (path, sd) in zip((first, second), rules.items(), strict=True):
        told[owner][path] = sd
    known = types(*({"path": [*p], "sd": sd.value} for p, sd in told["type"].items()))
    what = content(disclosure=told["own"])
    if agrees:
        hidden = hidden_paths(what, known)
        assert (("list", 0) in hidden or ("list", None) in hidden) is (narrow is ALWAYS)
    else:
        with pytest.raises(UsageError, match="/list/"):
            hidden_paths(what, known)
    apart = content(disclosure=told["own"], claims={"list": []})
    assert hidden_paths(apart, known) is not None


def test_what_is_said_of_every_element_holds_for_one_with_a_rule_of_its_own() -> None:
    elements: JsonValue = [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    paths: dict[ClaimPath, Disclosability] = {
        ("list", None, "a"): ALWAYS,
        ("list", 0, "b"): ALWAYS,
        ("list",): NEVER,
    }
    held = issued(content(claims={"list": elements}, disclosure=paths))
    assert set(held.disclosable()) == {
        ("list", 0, "a"),
        ("list", 0, "b"),
        ("list", 1, "a"),
    }


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("iss", {"issuer_name": "https://issuer.example"}),
        ("status", {"status": StatusListNeeded("https://status.example/1", 1)}),
        ("aka_vcts", {"also_known_as": ("urn:other",)}),
        ("vct#integrity", {"type_integrity": "sha256-x"}),
    ],
)
def test_what_the_type_demands_of_the_fixed_claims_is_demanded(
    name: str, given: dict[str, object]
) -> None:
    scene = Scene(types=types({"path": [name], "mandatory": True}))
    assert scene.issue(content(**given))
    with pytest.raises(UsageError, match="demands"):
        scene.issue(content())


def test_a_type_that_hides_what_is_never_disclosable_is_not_issued() -> None:
    for sd in ("never", "allowed"):
        assert Scene(types=types({"path": ["exp"], "sd": sd})).issue(content())
    with pytest.raises(UsageError, match="never disclosable"):
        Scene(types=types({"path": ["exp"], "sd": "always"})).issue(content())
    absent = types({"path": ["nbf"], "sd": "always"})
    assert Scene(types=absent).issue(content())


def test_metadata_that_is_broken_stops_the_issuer() -> None:
    for known in (
        TypeMetadataSet.read([documents(extends="urn:absent")]),
        TypeMetadataSet.read([documents(extends=PID)]),
    ):
        with pytest.raises(UsageError):
            require_issuable(content(), known)
    unknown = TypeMetadataSet.read([documents(vct="urn:other", extends="urn:absent")])
    require_issuable(content(), unknown)


def test_what_the_issuer_issues_by_the_rules_a_verifier_accepts() -> None:
    rules: list[JsonValue] = [
        {"path": ["address", "geo", "lat"], "mandatory": True, "sd": "never"},
        {"path": ["address", "street"], "mandatory": True, "sd": "always"},
        {"path": ["name"], "mandatory": True, "sd": "always"},
    ]
    for more in ([], [{"path": ["address"], "sd": "always"}]):
        known = types(*rules, *more)
        scene = Scene(types=known)
        query = Query.claims(PID, "name")
        request = scene.verifier.request(query, purpose="test", at=scene.at)
        body = scene.answer(request, scene.issue(content()))
        found = evaluate_presentation(
            body, request=request, trust=scene.trust, at=scene.at
        )
        assert isinstance(found, VerifiedPresentation)


# --- shapes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "hidden"),
    [
        (
            Shape.RECURSIVE,
            {
                ("name",),
                ("address",),
                ("address", "street"),
                ("address", "geo"),
                ("address", "geo", "lat"),
                ("address", "geo", "lon"),
                ("address", "none"),
                ("list",),
            },
        ),
        (
            Shape.STRUCTURED,
            {
                ("name",),
                ("address", "street"),
                ("address", "geo", "lat"),
                ("address", "geo", "lon"),
                ("address", "none"),
                ("list",),
            },
        ),
        (Shape.FLAT, {("name",), ("address",), ("list",)}),
    ],
)
def test_each_shape_hides_its_own_paths(
    shape: Shape, hidden: set[tuple[str, ...]]
) -> None:
    what = content(shape=shape)
    assert hidden_paths(what) == hidden
    held = issued(what)
    assert set(held.disclosable()) == hidden
    shown = {name: held.unpacked.claims[name] for name in CLAIMS}
    assert shown == CLAIMS


def test_a_structure_shows_in_clear_only_where_the_shape_says() -> None:
    for shape, in_clear in ((Shape.RECURSIVE, False), (Shape.STRUCTURED, True)):
        payload = payload_of(issued(content(shape=shape)))
        assert ("address" in payload) is in_clear
        assert "street" not in json.dumps(payload)


def test_elements_of_an_array_are_hidden_by_a_path_that_ends_in_none() -> None:
    held = issued(content(disclosure={("list", None): ALWAYS, ("list",): NEVER}))
    places = [place for place in held.disclosable() if place[0] == "list"]
    assert places == [("list", 0), ("list", 1), ("list", 2)]
    items = payload_of(held)["list"]
    assert isinstance(items, list)
    assert all(isinstance(each, dict) and [*each] == ["..."] for each in items)
    assert held.unpacked.claims["list"] == CLAIMS["list"]


def test_one_element_can_be_hidden_and_the_others_shown() -> None:
    held = issued(content(disclosure={("list", 1): ALWAYS, ("list",): NEVER}))
    assert [p for p in held.disclosable() if p[0] == "list"] == [("list", 1)]
    items = payload_of(held)["list"]
    assert isinstance(items, list)
    assert (items[0], items[2]) == ("a", [])


def test_claims_inside_the_elements_of_an_array_can_be_hidden() -> None:
    held = issued(content(disclosure={("list", None, "b"): ALWAYS}))
    assert ("list", 1, "b") in held.disclosable()
    by_index = issued(content(disclosure={("list", 1, "b"): ALWAYS}))
    assert ("list", 1, "b") in by_index.disclosable()


@pytest.mark.parametrize(
    ("disclosure", "payload_path"),
    [
        ({("name",): NEVER}, ("name",)),
        ({("address", "street"): NEVER}, ("address", "street")),
        ({("address", "geo", "lat"): NEVER}, ("address", "geo", "lat")),
        ({("list", 0): NEVER}, ("list", 0)),
    ],
)
@pytest.mark.parametrize("shape", Shape)
def test_what_is_never_disclosable_is_always_shown(
    disclosure: Mapping[ClaimPath, Disclosability],
    payload_path: tuple[str | int, ...],
    shape: Shape,
) -> None:
    value: object = payload_of(issued(content(disclosure=disclosure, shape=shape)))
    expected: object = CLAIMS
    for part in payload_path:
        value, expected = value[part], expected[part]  # type: ignore[index]  # a path
    assert value == expected


def test_what_is_never_disclosable_is_shown_beside_elements_of_another_kind() -> None:
    held = issued(content(disclosure={("list", None, "b"): NEVER}))
    assert payload_of(held)["list"] == CLAIMS["list"]


def test_what_is_never_disclosable_goes_with_an_object_named_always() -> None:
    rules = {("address",): ALWAYS, ("address", "street"): NEVER}
    held = issued(content(disclosure=rules))
    assert ("address",) in held.disclosable()
    assert ("address", "street") not in held.disclosable()


def test_a_rule_on_a_claim_that_is_not_there_opens_nothing() -> None:
    rules = {("address", "absent"): NEVER}
    assert hidden_paths(content(disclosure=rules)) == hidden_paths(content())


# --- digests -----------------------------------------------------------------------


@pytest.mark.parametrize("name", Hash)
def test_each_hash_is_named_and_verifies(name: Hash) -> None:
    held = issued(content(hash=name))
    assert payload_of(held)["_sd_alg"] == name.value
    assert held.algorithm == name.value
    size = {"sha-256": 43, "sha-384": 64, "sha-512": 86}[name.value]
    digests = payload_of(held)["_sd"]
    assert isinstance(digests, list)
    assert {len(str(each)) for each in digests} == {size}
    request = SCENE.request()
    body = SCENE.answer(request, SCENE.issue(replace(SCENE.content(), hash=name)))
    found = evaluate_presentation(body, request=request, trust=SCENE.trust, at=SCENE.at)
    assert isinstance(found, VerifiedPresentation)


def test_nothing_hidden_needs_no_hash() -> None:
    held = issued(content(claims={"a": 1}, disclosure={("a",): NEVER}, decoys=5))
    payload = payload_of(held)
    assert "_sd_alg" not in payload
    assert "_sd" not in payload


def test_decoys_stand_at_each_level_that_hides_something() -> None:
    what = content(decoys=3, disclosure={("list", None): ALWAYS})
    held = issued(what)
    # The top, address, geo; and the array.
    assert held.unpacked.hidden == 3 * 4
    plain = issued(content(disclosure={("list", None): ALWAYS}))
    assert plain.unpacked.hidden == 0
    assert held.unpacked.claims["list"] == CLAIMS["list"]


def test_an_injected_salt_source_makes_the_same_bytes_again() -> None:
    made = [
        sd_jwt_payload(
            content(decoys=2),
            fixed={"vct": PID},
            plan=plan_for(content()),
            salts=numbered_salts(),
        )
        for _ in range(2)
    ]
    assert made[0] == made[1]
    texts = [b64.decode(each, at="test").decode() for each in made[0][1]]
    assert texts[0] == '["salt-0","name","N"]'


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize(
    "claims",
    [
        CLAIMS,
        {"name": "N"},
        {"name": {}},
        {"name": {"name": 1}},
        {"name": {"other": 1}},
        {"other": {"name": 1}},
        {"name": {"name": {"name": {}}}},
        {"name": [{"name": 1}]},
        {},
    ],
)
def test_a_remembered_plan_hides_what_the_paths_say(
    claims: dict[str, JsonValue], shape: Shape
) -> None:
    what = content(claims=claims, shape=shape)
    plans = [plan_of(hidden_paths(what)), plan_for(what), plan_for(what)]
    made = [
        sd_jwt_payload(what, fixed={}, plan=each, salts=numbered_salts())
        for each in plans
    ]
    assert made[0] == made[1] == made[2]


def test_no_more_plans_are_remembered_than_allowed() -> None:
    for number in range(limits.PLAN_CACHE_ENTRIES + 1):
        plan_for(content(claims={f"claim {number}": 1}))
    remembered = module._plan_by_shape.cache_info()
    assert remembered.currsize == remembered.maxsize == limits.PLAN_CACHE_ENTRIES


# --- what decides validity ----------------------------------------------------------


def test_moments_travel_in_whole_seconds_utc() -> None:
    at = datetime(2026, 1, 1, 12, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=3)))
    fixed = fixed_claims(
        content(),
        holder_jwk=None,
        valid_from=None,
        valid_until=at + timedelta(days=1),
        at=at,
    )
    moment = int(datetime(2026, 1, 1, 9, tzinfo=UTC).timestamp())
    assert fixed == {"vct": PID, "iat": moment, "exp": moment + 86_400}


def test_all_that_the_content_says_is_in_the_payload_in_clear() -> None:
    status = StatusListNeeded("https://status.example/1", 7)
    integrity = type_integrity(b"{}")
    what = content(
        issuer_name="https://issuer.example",
        status=status,
        type_integrity=integrity,
        also_known_as=("urn:a", "urn:b"),
    )
    credential = SCENE.issuer.issue(
        what,
        holder_key=HolderKey.unproven(
            SCENE.holder_signer.public_key, reason="a test key made here"
        ),
        valid_from=SCENE.at + timedelta(hours=1),
        valid_until=SCENE.at + timedelta(hours=2),
        at=SCENE.at,
    )
    moment = int(SCENE.at.timestamp())
    payload = payload_of(read_held(credential.raw))
    expected = {
        "vct": PID,
        "iss": "https://issuer.example",
        "iat": moment,
        "nbf": moment + 3_600,
        "exp": moment + 7_200,
        "cnf": {"jwk": SCENE.holder_signer.public_key.to_jwk()},
        "vct#integrity": integrity,
        "aka_vcts": ["urn:a", "urn:b"],
        "status": {"status_list": {"idx": 7, "uri": "https://status.example/1"}},
        "_sd_alg": "sha-256",
    }
    assert {k: v for k, v in payload.items() if k != "_sd"} == expected


def test_an_integrity_is_that_of_the_document() -> None:
    digest = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
    assert type_integrity(b"x") == f"sha256-{digest}"


def test_content_shows_its_type_and_not_its_claims() -> None:
    assert repr(content()) == f"SdJwtVc(vct={PID!r}, <3 claims>)"
