import base64
import hashlib
import json

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.sdjwt.metadata import (
    NO_TYPES,
    ClaimRule,
    Disclosability,
    TypeMetadataSet,
    integrity_matches,
    judge_type,
    read_type_metadata,
    rules_of,
)
from idwallet.credentials.sdjwt.unpack import Unpacked, unpack
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.report import Check, Outcome, Reason, TypeMetadataNeeded
from idwallet.testing.draft import digest, disclose
from idwallet.trust.policy import MetadataRule

VCT = "urn:x"


def document(*claims: JsonValue, vct: str = VCT, **more: JsonValue) -> bytes:
    return json.dumps({"vct": vct, "claims": [*claims], **more}).encode()


def rule(*path: str | int | None, **more: JsonValue) -> JsonObject:
    return {"path": [*path], **more}


def judged(
    unpacked: Unpacked,
    *documents: bytes,
    policy: MetadataRule = MetadataRule.REQUIRED,
) -> tuple[Check, tuple[str, ...]]:
    return judge_type(
        unpacked,
        vct=VCT,
        types=TypeMetadataSet.read(documents),
        rule=policy,
        subject="pid",
    )


def reason(unpacked: Unpacked, *documents: bytes) -> Reason:
    return judged(unpacked, *documents)[0].reason


def clear(**claims: JsonValue) -> Unpacked:
    return unpack({"vct": VCT, **claims}, ())[0]


# --- reading a document ---------------------------------------------------------------


def test_a_document_is_read_and_kept_as_received() -> None:
    raw = document(
        rule("name", mandatory=True, sd="always"),
        rule("list", None, 0, sd="never"),
        rule("other"),
        extends="urn:base",
        **{"extends#integrity": "sha256-x", "display": [1]},
    )
    read = read_type_metadata(raw)
    assert read.document == raw
    assert (read.vct, read.extends, read.extends_integrity) == (
        VCT,
        "urn:base",
        "sha256-x",
    )
    assert read.rules == (
        ClaimRule(("name",), True, Disclosability.ALWAYS),
        ClaimRule(("list", None, 0), False, Disclosability.NEVER),
        ClaimRule(("other",), False, Disclosability.ALLOWED),
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"vct":""}',
        b'{"vct":1}',
        b'{"vct":"a","vct":"a"}',
        document(extends=1),
        document(**{"extends#integrity": []}),
        json.dumps({"vct": VCT, "claims": {}}).encode(),
        document(1),
        document({}),
        document({"path": []}),
        document({"path": "name"}),
        document({"path": [True]}),
        document({"path": [1.5]}),
        document({"path": [-1]}),
        document({"path": [["a"]]}),
        document(rule("a", mandatory="yes")),
        document(rule("a", mandatory=None)),
        document(rule("a", sd="maybe")),
        document(rule("a", sd=None)),
        document(rule("a", sd=["never"])),
    ],
)
def test_a_document_that_breaks_its_format_is_refused(raw: bytes) -> None:
    assert read_type_metadata(document())
    with pytest.raises(MalformedError) as caught:
        read_type_metadata(raw)
    assert not isinstance(caught.value, LimitError)


def test_documents_and_paths_are_bounded() -> None:
    long = "x" * limits.TYPE_METADATA_BYTES
    with pytest.raises(LimitError):
        read_type_metadata(document(description=long))
    at_limit = ["a"] * limits.QUERY_PATH_ELEMENTS
    assert read_type_metadata(document({"path": [*at_limit]}))
    with pytest.raises(LimitError):
        read_type_metadata(document({"path": [*at_limit, "a"]}))


def test_two_documents_of_one_type_are_the_callers_mistake() -> None:
    assert TypeMetadataSet.read([document(), document(vct="urn:y")])
    with pytest.raises(UsageError):
        TypeMetadataSet.read([document(), document()])


# --- extends --------------------------------------------------------------------------


def chain(length: int) -> list[bytes]:
    made = [document(extends="urn:1")]
    made += [
        document(vct=f"urn:{n}", extends=f"urn:{n + 1}") for n in range(1, length - 1)
    ]
    return [*made, document(vct=f"urn:{length - 1}")]


def test_a_type_is_also_of_the_types_it_extends() -> None:
    check, names = judged(clear(), *chain(3))
    assert check.reason is Reason.MATCHES
    assert names == (VCT, "urn:1", "urn:2")


def test_extending_ends_at_a_depth() -> None:
    most = limits.TYPE_METADATA_DOCUMENTS
    assert reason(clear(), *chain(most)) is Reason.MATCHES
    check, names = judged(clear(), *chain(most + 1))
    assert (check.reason, names) == (Reason.EXTENDS_BROKEN, (VCT,))


@pytest.mark.parametrize(
    "documents",
    [
        [document(extends=VCT)],
        [document(extends="urn:1"), document(vct="urn:1", extends=VCT)],
        [
            document(extends="urn:1"),
            document(vct="urn:1", extends="urn:2"),
            document(vct="urn:2", extends="urn:1"),
        ],
    ],
)
def test_a_type_that_extends_itself_is_refused(documents: list[bytes]) -> None:
    assert reason(clear(), *documents) is Reason.EXTENDS_BROKEN
    with pytest.raises(UsageError):
        rules_of(VCT, TypeMetadataSet.read(documents))


@pytest.mark.parametrize(
    ("base", "child", "allowed"),
    [
        ({"mandatory": True}, {"mandatory": False}, False),
        ({"mandatory": True}, {"mandatory": True}, True),
        ({"mandatory": False}, {"mandatory": True}, True),
        ({"sd": "always"}, {"sd": "never"}, False),
        ({"sd": "always"}, {}, False),
        ({"sd": "always"}, {"sd": "always"}, True),
        ({"sd": "never"}, {"sd": "always"}, False),
        ({"sd": "never"}, {"sd": "allowed"}, False),
        ({"sd": "allowed"}, {"sd": "always"}, True),
        ({}, {"sd": "never"}, True),
    ],
)
def test_an_extending_type_may_tighten_and_never_weaken(
    base: JsonObject, child: JsonObject, allowed: bool
) -> None:
    documents = (
        document(rule("name", **child), extends="urn:base"),
        document(rule("name", **base), vct="urn:base"),
    )
    hidden = disclose("salt", "name", "N")
    never = child.get("sd") == "never"
    unpacked = (
        clear(name="N")
        if never
        else unpack({"vct": VCT, "_sd": [digest(hidden)]}, (hidden,))[0]
    )
    expected = Reason.MATCHES if allowed else Reason.EXTENDS_BROKEN
    assert reason(unpacked, *documents) is expected


def test_rules_are_inherited() -> None:
    documents = (
        document(extends="urn:base"),
        document(rule("name", mandatory=True), vct="urn:base"),
    )
    assert reason(clear(name=1), *documents) is Reason.MATCHES
    assert reason(clear(), *documents) is Reason.MANDATORY_CLAIM_MISSING


def test_a_type_that_nobody_described_has_no_rules() -> None:
    assert rules_of(VCT, NO_TYPES) == ()


# --- integrity ------------------------------------------------------------------------

RAW = document()


def sri(name: str, raw: bytes = RAW, *, url_safe: bool = False) -> str:
    digest_ = hashlib.new(name, raw).digest()
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    return f"{name}-{encode(digest_).decode()}"


@pytest.mark.parametrize("name", ["sha256", "sha384", "sha512"])
def test_each_algorithm_matches_its_document_and_no_other(name: str) -> None:
    assert integrity_matches(sri(name), RAW)
    assert integrity_matches(sri(name, url_safe=True), RAW)
    assert integrity_matches(sri(name) + "?option", RAW)
    assert not integrity_matches(sri(name), RAW + b" ")
    assert not integrity_matches(sri(name)[:-4], RAW)


@pytest.mark.parametrize(
    "text",
    ["", " ", "md5-" + "A" * 24, "sha1-AAAA", "SHA256-x", "sha256", "sha256-", "none"],
)
def test_what_names_no_known_algorithm_matches_nothing(text: str) -> None:
    assert not integrity_matches(text, RAW)


@pytest.mark.parametrize("text", ["sha256-!!!!", "sha256-é", "sha256-A", "sha256-===="])
def test_what_is_no_base64_matches_nothing(text: str) -> None:
    assert not integrity_matches(text, RAW)


def test_only_the_strongest_algorithm_counts() -> None:
    good, bad = sri("sha256"), sri("sha512", b"other")
    assert not integrity_matches(f"{good} {bad}", RAW)
    assert integrity_matches(f"{sri('sha256', b'other')} {sri('sha384')}", RAW)
    # Of several digests of one algorithm any may match.
    assert integrity_matches(f"{bad} {sri('sha512')}", RAW)
    # An algorithm that nobody knows does not weaken those that are known.
    assert integrity_matches(f"md5-AAAA {good}", RAW)


def test_each_document_is_held_to_the_digest_that_points_at_it() -> None:
    base = document(vct="urn:base")
    good = document(extends="urn:base", **{"extends#integrity": sri("sha384", base)})
    bad = document(extends="urn:base", **{"extends#integrity": sri("sha384")})
    assert reason(clear(), good, base) is Reason.MATCHES
    check, names = judged(clear(), bad, base)
    assert (check.reason, names) == (Reason.INTEGRITY_MISMATCH, (VCT,))
    assert check.fact("found") == "urn:base"
    pinned = clear(**{"vct#integrity": sri("sha512", good)})
    assert reason(pinned, good, base) is Reason.MATCHES
    assert reason(pinned, document(), base) is Reason.INTEGRITY_MISMATCH


def test_what_is_missing_is_named_with_its_digest() -> None:
    pinned = clear(**{"vct#integrity": "sha256-x"})
    check, _ = judged(pinned)
    assert check.needs == (TypeMetadataNeeded(VCT, "sha256-x"),)
    parent = document(extends="urn:base", **{"extends#integrity": "sha256-y"})
    check, _ = judged(clear(), parent)
    assert check.needs == (TypeMetadataNeeded("urn:base", "sha256-y"),)
    check, _ = judged(clear(), parent, policy=MetadataRule.IF_PRESENT)
    assert (check.outcome, check.needs) == (Outcome.PASSED, ())


@pytest.mark.parametrize("policy", MetadataRule)
def test_the_rules_at_hand_hold_though_what_is_extended_is_missing(
    policy: MetadataRule,
) -> None:
    rules = (rule("name", mandatory=True), rule("open", sd="always"))
    parents = (
        document(extends="urn:mid"),
        document(*rules, vct="urn:mid", extends="urn:base"),
    )
    required = policy is MetadataRule.REQUIRED
    kept = Reason.NOT_AT_HAND if required else Reason.NOT_AT_HAND_ACCEPTED
    for claims, expected in (
        ({"name": "N"}, kept),
        ({}, Reason.MANDATORY_CLAIM_MISSING),
        ({"name": "N", "open": 1}, Reason.DISCLOSURE_RULE_BROKEN),
    ):
        check, names = judged(clear(**claims), *parents, policy=policy)
        assert check.reason is expected
        assert names == (VCT, "urn:mid")
    assert judged(clear(), policy=policy)[0].reason is kept


def test_an_integrity_that_is_no_string_is_malformed() -> None:
    for value in (1, None, ["sha256-x"]):
        found = reason(clear(**{"vct#integrity": value}), RAW)
        expected = Reason.MATCHES if value is None else Reason.MALFORMED
        assert found is expected


# --- mandatory ------------------------------------------------------------------------

HIDDEN = disclose("salt", "name", "N")


def test_a_mandatory_claim_may_be_hidden_and_not_absent() -> None:
    known = document(rule("name", mandatory=True))
    hidden = unpack({"_sd": [digest(HIDDEN)]}, ())[0]
    shown = unpack({"_sd": [digest(HIDDEN)]}, (HIDDEN,))[0]
    assert reason(hidden, known) is Reason.MATCHES
    assert reason(shown, known) is Reason.MATCHES
    check, _ = judged(clear(), known)
    assert check.reason is Reason.MANDATORY_CLAIM_MISSING
    assert check.fact("paths") == ("/name",)


def test_a_mandatory_claim_that_is_never_disclosable_is_not_among_the_hidden() -> None:
    known = document(rule("name", mandatory=True, sd="never"))
    other = clear(_sd=["nothing"])
    assert reason(other, known) is Reason.MANDATORY_CLAIM_MISSING
    assert reason(clear(name="N"), known) is Reason.MATCHES


def test_a_mandatory_claim_that_decides_validity_is_not_among_the_hidden() -> None:
    unpacked = unpack({"vct": VCT, "_sd": [digest(HIDDEN)]}, ())[0]
    for name, expected in (
        ("name", Reason.MATCHES),
        ("iss", Reason.MANDATORY_CLAIM_MISSING),
    ):
        assert reason(unpacked, document(rule(name, mandatory=True))) is expected


def test_a_mandatory_claim_hides_with_the_object_around_it() -> None:
    inner = rule("address", "country", mandatory=True, sd="never")
    address = disclose("salt", "address", {"country": "XX"})
    payload: JsonObject = {"_sd": [digest(address)]}
    known = document(inner)
    assert reason(unpack(payload, ())[0], known) is Reason.MATCHES
    assert reason(unpack(payload, (address,))[0], known) is Reason.MATCHES
    # The object is there and the claim is not; or the object may not be hidden.
    without = clear(address={"zip": 1}, _sd=["nothing"])
    assert reason(without, known) is Reason.MANDATORY_CLAIM_MISSING
    fixed = document(inner, rule("address", sd="never"))
    assert reason(unpack(payload, ())[0], fixed) is Reason.MANDATORY_CLAIM_MISSING


# --- sd -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sd", "in_clear", "disclosed"),
    [
        ("always", Reason.DISCLOSURE_RULE_BROKEN, Reason.MATCHES),
        ("never", Reason.MATCHES, Reason.DISCLOSURE_RULE_BROKEN),
        ("allowed", Reason.MATCHES, Reason.MATCHES),
    ],
)
def test_a_claim_is_disclosable_as_its_type_says(
    sd: str, in_clear: Reason, disclosed: Reason
) -> None:
    known = document(rule("name", sd=sd))
    shown = unpack({"_sd": [digest(HIDDEN)]}, (HIDDEN,))[0]
    assert reason(clear(name="N"), known) is in_clear
    assert reason(shown, known) is disclosed
    assert reason(clear(), known) is Reason.MATCHES


def test_a_claim_inside_a_disclosed_object_is_hidden_with_it() -> None:
    address = disclose("salt", "address", {"country": "XX"})
    shown = unpack({"_sd": [digest(address)]}, (address,))[0]
    assert reason(shown, document(rule("address", "country", sd="always"))) is (
        Reason.MATCHES
    )
    assert reason(shown, document(rule("address", "country", sd="never"))) is (
        Reason.MATCHES
    )


def test_every_element_that_a_path_selects_is_held_to_its_rule() -> None:
    item = disclose("salt", "A")
    mixed = unpack({"list": [{"...": digest(item)}, "B"]}, (item,))[0]
    both = unpack({"list": [{"...": digest(item)}]}, (item,))[0]
    known = document(rule("list", None, sd="always"))
    assert reason(both, known) is Reason.MATCHES
    check, _ = judged(mixed, known)
    assert check.reason is Reason.DISCLOSURE_RULE_BROKEN
    assert check.fact("paths") == ("/list/*",)


def test_a_path_that_selects_too_much_is_refused() -> None:
    many: list[JsonValue] = list(range(limits.QUERY_PATH_MATCHES + 1))
    known = document(rule("list", None, sd="never"))
    assert reason(clear(list=many[:-1]), known) is Reason.MATCHES
    assert reason(clear(list=many), known) is Reason.MALFORMED


def test_a_missing_claim_is_named_before_a_broken_rule() -> None:
    known = document(rule("name", sd="always"), rule("other", mandatory=True))
    check, _ = judged(clear(name="N"), known)
    assert check.reason is Reason.MANDATORY_CLAIM_MISSING
