"""Requests are judged: each forged one differs from a good one in one fault only."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import x5c_parameter
from idwallet.protocols.openid4vp import (
    ClientIdPrefix,
    ErrorCode,
    RequestMessage,
    RequestVerdict,
    build_request_object,
    client_id_of,
)
from idwallet.protocols.openid4vp.attached import TransactionData
from idwallet.protocols.openid4vp.encryption import AnswerKey
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.report import CheckId, Outcome, Reason, Report, conclude
from idwallet.testing.pki import Fault, TestPki
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from tests.unit.protocols.openid4vp.conftest import (
    HAIP,
    HOST,
    PINNED,
    Desk,
    by_id,
    named,
)

FORMAT, SIGNATURE = CheckId.REQUEST_FORMAT, CheckId.REQUEST_SIGNATURE
VALIDITY, READER = CheckId.REQUEST_VALIDITY, CheckId.READER_AUTHORISED

DEPENDENT = {CheckId.READER_REVOCATION, CheckId.READER_REGISTERED}

HASH = ClientIdPrefix.X509_HASH
Changes = Mapping[str, JsonValue]


def passes(verdict: RequestVerdict) -> bool:
    return (
        all(each.outcome is Outcome.PASSED for each in verdict.checks)
        and conclude(verdict.checks, verdict.required) is Outcome.PASSED
        and verdict.request is not None
        and verdict.asker is not None
        and verdict.error is None
    )


def moved(verdict: RequestVerdict) -> dict[CheckId, Reason]:
    """The checks that did not pass; nothing is handed on with them.

    Who may still ask, and is registered for what, waits for all the others.
    """
    assert verdict.request is None
    assert verdict.asker is None
    assert verdict.error is not None
    return {
        name: each.reason
        for name, each in by_id(verdict).items()
        if each.outcome is not Outcome.PASSED
        and (name not in DEPENDENT or each.reason is not Reason.WAITING)
    }


# --- what passes ------------------------------------------------------------------


def test_a_good_request_passes_from_every_carrier(
    desk: Desk, dns_desk: Desk, pinned_desk: Desk
) -> None:
    for each in (desk, dns_desk, pinned_desk):
        message = each.message()
        for raw in (message.raw, message.to_uri("haip-vp"), message.to_json()):
            verdict = each.judge(raw)
            assert passes(verdict)
            assert verdict.request == each.request
            assert each.judge(raw.encode()) == verdict


def test_a_good_request_has_these_reasons(desk: Desk, pinned_desk: Desk) -> None:
    expected = {
        FORMAT: Reason.WELL_FORMED,
        SIGNATURE: Reason.VALID,
        VALIDITY: Reason.CURRENT,
        READER: Reason.TRUSTED,
        CheckId.READER_REVOCATION: Reason.UNKNOWN_ACCEPTED,
        CheckId.READER_REGISTERED: Reason.ABSENT_ACCEPTED,
    }
    found = by_id(desk.judge(desk.message().raw))
    assert {name: each.reason for name, each in found.items()} == expected
    found = by_id(pinned_desk.judge(pinned_desk.message().raw))
    assert found[READER].reason is Reason.KEY_PINNED


def test_the_asker_is_whom_the_store_knows(desk: Desk, pinned_desk: Desk) -> None:
    assert "reader" in str(desk.judge(desk.message().raw).asker) or HOST in str(
        desk.judge(desk.message().raw).asker
    )
    assert pinned_desk.judge(pinned_desk.message().raw).asker == PINNED


def test_a_verdict_makes_a_report(desk: Desk) -> None:
    verdict = desk.judge(desk.message().raw)
    report = Report(verdict.checks, verdict.required, desk.at, desk.policy.name)
    assert report.outcome is Outcome.PASSED
    assert report.not_run() == ()


AGREED = TransactionData.of({"type": "pay", "credential_ids": ["pid"]}).raw

HARMLESS: list[Changes] = [
    {"unknown": {"a": [1]}},
    {"iss": "https://somebody.example"},
    {"client_id_scheme": "redirect_uri"},
    {"aud": ["https://self-issued.me/v2"]},
    {"verifier_info": [{"format": "jwt", "data": "eyJ"}]},
    {"request_uri_method": "post"},
    {"wallet_nonce": "abc"},
    {"nonce": "n"},
    {"nonce": "A-Za-z0-9._~"},
    {"response_uri": f"https://{HOST}"},
    {"response_uri": f"HTTPS://{HOST}/".replace("HTTPS", "https")},
    {"response_uri": f"https://{HOST}:8443/a/b;c?d=%C3%A9&e"},
    {"response_uri": f"https://{HOST.upper()}/"},
    {"client_metadata": {"vp_formats_supported": {"mso_mdoc": {}}, "jwks": {}}},
    {
        "client_metadata": {
            "vp_formats_supported": {"dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"]}}
        }
    },
]


@pytest.mark.parametrize("change", HARMLESS)
def test_what_the_standard_allows_or_ignores_passes(
    dns_desk: Desk, change: Changes
) -> None:
    assert passes(dns_desk.judge(dns_desk.forge(change)))


@pytest.mark.parametrize("name", ["aud", "state", "idwallet_purpose", "iat"])
def test_what_is_optional_may_be_missing(desk: Desk, name: str) -> None:
    assert passes(desk.judge(desk.forge(drop=(name,))))


# --- request.format ---------------------------------------------------------------

META = {"vct_values": ["urn:a:b"]}
BAD_QUERIES: list[JsonValue] = [
    None,
    "text",
    [],
    {},
    {"credentials": []},
    {"credentials": [{"id": "a", "format": "dc+sd-jwt"}]},
    {"credentials": [{"id": "a b", "format": "dc+sd-jwt", "meta": META}]},
]

MALFORMED: list[tuple[Changes, str]] = [
    ({"nonce": ""}, "/nonce"),
    ({"nonce": "a b"}, "/nonce"),
    ({"nonce": "a\n"}, "/nonce"),
    ({"nonce": "a+b/c="}, "/nonce"),
    ({"nonce": "ключ"}, "/nonce"),
    ({"nonce": 1}, "/nonce"),
    ({"nonce": None}, "/nonce"),
    ({"state": ""}, "/state"),
    ({"state": "a b"}, "/state"),
    ({"state": None}, "/state"),
    ({"state": 7}, "/state"),
    ({"aud": "https://wallet.example"}, "/aud"),
    ({"aud": ["https://self-issued.me/v2", "https://b.example"]}, "/aud"),
    ({"aud": None}, "/aud"),
    ({"request": "eyJ"}, "/request"),
    ({"request_uri": "https://rp.example.org/r"}, "/request_uri"),
    ({"redirect_uri": f"https://{HOST}/answers"}, "/redirect_uri"),
    ({"redirect_uri": None}, "/redirect_uri"),
    ({"scope": "org.example.id"}, "/scope"),
    ({"response_type": None}, "/response_type"),
    ({"response_mode": 1}, "/response_mode"),
    ({"response_mode": "direct_post.jwt"}, "/client_metadata/jwks"),
    ({"response_mode": "fragment"}, "/response_uri"),
    ({"response_uri": 1}, "/response_uri"),
    ({"response_uri": ""}, "/response_uri"),
    ({"response_uri": f"http://{HOST}/"}, "/response_uri"),
    ({"response_uri": f"ftp://{HOST}/"}, "/response_uri"),
    ({"response_uri": f"//{HOST}/"}, "/response_uri"),
    ({"response_uri": f"https:{HOST}/"}, "/response_uri"),
    ({"response_uri": "https:///answers"}, "/response_uri"),
    ({"response_uri": f"https://user@{HOST}/"}, "/response_uri"),
    ({"response_uri": f"https://user:secret@{HOST}/"}, "/response_uri"),
    ({"response_uri": f"https://{HOST}@evil.example/"}, "/response_uri"),
    ({"response_uri": f"https://evil.example\\@{HOST}/"}, "/response_uri"),
    ({"response_uri": f"https://{HOST}/#fragment"}, "/response_uri"),
    ({"response_uri": f"https://{HOST}/ a"}, "/response_uri"),
    ({"response_uri": f"https://{HOST}/\n"}, "/response_uri"),
    ({"response_uri": f"https://{HOST}/\u202e"}, "/response_uri"),
    ({"response_uri": f"https://{HOST}/%"}, "/response_uri"),
    ({"response_uri": f"https://{HOST}/%zz"}, "/response_uri"),
    ({"response_uri": f"https://{HOST}:0/"}, "/response_uri"),
    ({"response_uri": f"https://{HOST}:65536/"}, "/response_uri"),
    ({"response_uri": f"https://{HOST}:/"}, "/response_uri"),
    ({"response_uri": f"https://{HOST}../"}, "/response_uri"),
    ({"response_uri": "https://пример.рф/"}, "/response_uri"),
    ({"client_metadata": []}, "/client_metadata"),
    ({"client_metadata": None}, "/client_metadata"),
    ({"client_metadata": {}}, "/client_metadata/vp_formats_supported"),
    (
        {"client_metadata": {"vp_formats_supported": {}}},
        "/client_metadata/vp_formats_supported",
    ),
    (
        {"client_metadata": {"vp_formats_supported": {"dc+sd-jwt": []}}},
        "/client_metadata/vp_formats_supported",
    ),
    *(
        (
            {
                "client_metadata": {
                    "vp_formats_supported": {"dc+sd-jwt": {"kb-jwt_alg_values": values}}
                }
            },
            "/client_metadata/vp_formats_supported",
        )
        for values in ([], "ES256", [1], ["ES256", None])
    ),
    ({"idwallet_purpose": 1}, "/idwallet_purpose"),
]

UNSUPPORTED: list[tuple[Changes, str, ErrorCode]] = [
    (
        {"transaction_data": [AGREED]},
        "/transaction_data",
        ErrorCode.INVALID_TRANSACTION_DATA,
    ),
    (
        {"response_type": "vp_token id_token"},
        "/response_type",
        ErrorCode.UNSUPPORTED_RESPONSE_TYPE,
    ),
    ({"response_type": "code"}, "/response_type", ErrorCode.UNSUPPORTED_RESPONSE_TYPE),
    ({"response_mode": "dc_api.jwt"}, "/response_mode", ErrorCode.INVALID_REQUEST),
    ({"response_mode": "dc_api"}, "/response_mode", ErrorCode.INVALID_REQUEST),
    (
        {"presentation_definition": {}},
        "/presentation_definition",
        ErrorCode.INVALID_REQUEST,
    ),
    (
        {"presentation_definition_uri": "https://a"},
        "/presentation_definition_uri",
        ErrorCode.INVALID_REQUEST,
    ),
]

TOO_LONG: list[tuple[Changes, str]] = [
    ({"nonce": "n" * (limits.NONCE_CHARACTERS + 1)}, "/nonce"),
    ({"state": "s" * (limits.STATE_CHARACTERS + 1)}, "/state"),
    (
        {"response_uri": f"https://{HOST}/{'a' * limits.URI_CHARACTERS}"},
        "/response_uri",
    ),
    ({"idwallet_purpose": "p" * (limits.TEXT_CHARACTERS + 1)}, "/idwallet_purpose"),
    (
        {
            "client_metadata": {
                "vp_formats_supported": {f"f{n}": {} for n in range(limits.FORMATS + 1)}
            }
        },
        "/client_metadata/vp_formats_supported",
    ),
    (
        {
            "client_metadata": {
                "vp_formats_supported": {
                    "f": {"sd-jwt_alg_values": ["A"] * (limits.FORMAT_ALGORITHMS + 1)}
                }
            }
        },
        "/client_metadata/vp_formats_supported",
    ),
]


@pytest.mark.parametrize(("change", "place"), MALFORMED)
def test_a_malformed_parameter_fails_the_format_alone(
    desk: Desk, change: Changes, place: str
) -> None:
    verdict = desk.judge(desk.forge(change))
    assert moved(verdict) == {FORMAT: Reason.MALFORMED}
    assert by_id(verdict)[FORMAT].fact("at") == place
    assert verdict.error is ErrorCode.INVALID_REQUEST


@pytest.mark.parametrize("query", BAD_QUERIES)
def test_a_broken_query_fails_the_format_alone(desk: Desk, query: JsonValue) -> None:
    verdict = desk.judge(desk.forge({"dcql_query": query}))
    assert moved(verdict) == {FORMAT: Reason.MALFORMED}
    assert str(by_id(verdict)[FORMAT].fact("at")).startswith("/dcql_query")


@pytest.mark.parametrize(
    "name",
    [
        "nonce",
        "response_type",
        "response_mode",
        "response_uri",
        "dcql_query",
        "client_metadata",
    ],
)
def test_a_missing_parameter_fails_the_format_alone(desk: Desk, name: str) -> None:
    verdict = desk.judge(desk.forge(drop=(name,)))
    assert moved(verdict) == {FORMAT: Reason.MALFORMED}
    assert str(by_id(verdict)[FORMAT].fact("at")).startswith(f"/{name}")


@pytest.mark.parametrize(("change", "place", "code"), UNSUPPORTED)
def test_what_this_wallet_cannot_answer_is_refused_by_name(
    desk: Desk, change: Changes, place: str, code: ErrorCode
) -> None:
    verdict = desk.judge(desk.forge(change))
    assert moved(verdict) == {FORMAT: Reason.UNSUPPORTED}
    assert by_id(verdict)[FORMAT].fact("at") == place
    assert verdict.error is code


def test_a_query_by_scope_is_not_supported(desk: Desk) -> None:
    verdict = desk.judge(desk.forge({"scope": "org.example"}, drop=("dcql_query",)))
    assert moved(verdict) == {FORMAT: Reason.UNSUPPORTED}
    assert verdict.error is ErrorCode.INVALID_SCOPE


@pytest.mark.parametrize(("change", "place"), TOO_LONG)
def test_a_parameter_over_its_limit_fails_the_format_alone(
    desk: Desk, change: Changes, place: str
) -> None:
    verdict = desk.judge(desk.forge(change))
    assert moved(verdict) == {FORMAT: Reason.LIMIT_EXCEEDED}
    assert by_id(verdict)[FORMAT].fact("at") == place


def test_an_unbound_credential_needs_a_state(desk: Desk) -> None:
    query: JsonValue = {
        "credentials": [
            {
                "id": "ticket",
                "format": "dc+sd-jwt",
                "meta": META,
                "require_cryptographic_holder_binding": False,
            }
        ]
    }
    assert passes(desk.judge(desk.forge({"dcql_query": query})))
    verdict = desk.judge(desk.forge({"dcql_query": query}, drop=("state",)))
    assert moved(verdict) == {FORMAT: Reason.MALFORMED}
    assert by_id(verdict)[FORMAT].fact("at") == "/state"


UNREAD = {
    SIGNATURE: Reason.WAITING,
    VALIDITY: Reason.WAITING,
    READER: Reason.WAITING,
}


@pytest.mark.parametrize(
    "typ", ["JWT", "jwt", "oauth-authz-req", "OAUTH-AUTHZ-REQ+JWT"]
)
def test_another_type_of_token_is_not_read_further(desk: Desk, typ: str) -> None:
    verdict = desk.judge(desk.forge(header={**desk.header(), "typ": typ}))
    assert moved(verdict) == {FORMAT: Reason.TYP_MISMATCH, **UNREAD}
    assert by_id(verdict)[FORMAT].fact("found") == typ


def test_a_token_without_type_is_not_read_further(desk: Desk) -> None:
    header = {"x5c": x5c_parameter(desk.chain)}
    verdict = desk.judge(desk.forge(header=header))
    assert moved(verdict) == {FORMAT: Reason.TYP_MISMATCH, **UNREAD}


@pytest.mark.parametrize("client_id", ["", 1, None, "a\u202eb", "имя"])
def test_a_request_of_nobody_is_not_read_further(
    desk: Desk, client_id: JsonValue
) -> None:
    verdict = desk.judge(desk.forge({"client_id": client_id}))
    assert moved(verdict) == {FORMAT: Reason.MALFORMED, **UNREAD}
    assert by_id(verdict)[FORMAT].fact("at") == "/client_id"
    assert moved(desk.judge(desk.forge(drop=("client_id",)))) == moved(verdict)


@pytest.mark.parametrize("prefix", ["openid_federation", "origin"])
def test_a_prefix_that_is_not_understood_is_not_read_further(
    desk: Desk, prefix: str
) -> None:
    verdict = desk.judge(desk.forge({"client_id": f"{prefix}:https://{HOST}"}))
    assert moved(verdict) == {FORMAT: Reason.UNSUPPORTED, **UNREAD}
    assert verdict.error is ErrorCode.INVALID_REQUEST


def test_a_repeated_parameter_is_not_read_further(desk: Desk) -> None:
    token = desk.message().raw
    head, body, tail = token.split(".")
    payload = base64.urlsafe_b64decode(body + "==")
    twice = payload[:-1] + b',"nonce":"another-nonce-of-an-attacker"}'
    forged = base64.urlsafe_b64encode(twice).rstrip(b"=").decode()
    assert passes(desk.judge(token))
    verdict = desk.judge(f"{head}.{forged}.{tail}")
    assert moved(verdict) == {FORMAT: Reason.MALFORMED, **UNREAD}


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "text",
        "a.b.c",
        "a.b.c.d.e",
        "\ud800",
        b"\xff\xfe",
        "openid4vp://?client_id=a",
        "{}",
        "[]",
        "null",
    ],
)
def test_no_request_at_all_is_judged_and_not_raised(
    desk: Desk, raw: str | bytes
) -> None:
    verdict = desk.judge(raw)
    assert set(moved(verdict)) == {FORMAT, SIGNATURE, VALIDITY, READER}
    assert by_id(verdict)[FORMAT].outcome is Outcome.FAILED
    assert conclude(verdict.checks, verdict.required) is Outcome.FAILED


def test_a_request_over_the_limit_is_refused_unread(desk: Desk) -> None:
    verdict = desk.judge("a" * (limits.REQUEST_BYTES + 1))
    assert moved(verdict) == {FORMAT: Reason.LIMIT_EXCEEDED, **UNREAD}


def test_a_request_by_reference_is_not_supported(desk: Desk) -> None:
    verdict = desk.judge("openid4vp://?client_id=a&request_uri=https%3A%2F%2Fa%2Fr")
    assert moved(verdict) == {FORMAT: Reason.UNSUPPORTED, **UNREAD}
    assert verdict.error is ErrorCode.REQUEST_URI_NOT_SUPPORTED


@pytest.mark.parametrize("crit", [["exp"], ["b64"]])
def test_a_critical_header_that_is_not_understood_is_refused(
    desk: Desk, crit: list[JsonValue]
) -> None:
    # Made by hand: nothing of ours signs such a header.
    header = {**desk.header(), "alg": "ES256", "crit": crit, crit[0]: False}
    _, body, tail = desk.message().raw.split(".")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    verdict = desk.judge(f"{head}.{body}.{tail}")
    assert moved(verdict)[FORMAT] in {Reason.UNSUPPORTED, Reason.MALFORMED}


def encrypted(desk: Desk) -> Desk:
    """The same verifier, which is answered as HAIP has it."""
    mode, key = ResponseMode.DIRECT_POST_JWT, AnswerKey.generate("k").public
    return replace(desk, request=replace(desk.request, mode=mode, encryption=key))


def test_the_profile_decides_which_prefixes_are_taken(
    desk: Desk, dns_desk: Desk, pinned_desk: Desk
) -> None:
    haip = encrypted(desk)
    assert passes(haip.judge(haip.message().raw, policy=HAIP))
    for each in (dns_desk, pinned_desk):
        raw = each.message().raw
        assert passes(each.judge(raw))
        assert moved(each.judge(raw, policy=HAIP))[FORMAT] is Reason.OUTSIDE_PROFILE


# --- request.signature ------------------------------------------------------------


def test_a_changed_parameter_breaks_the_signature_alone(desk: Desk) -> None:
    head, _, tail = desk.message().raw.split(".")
    body = desk.forge({"nonce": "another"}).split(".")[1]
    verdict = desk.judge(f"{head}.{body}.{tail}")
    assert moved(verdict) == {SIGNATURE: Reason.INVALID}
    assert verdict.error is ErrorCode.INVALID_REQUEST_OBJECT


def test_a_signature_by_another_key_is_invalid(desk: Desk, pinned_desk: Desk) -> None:
    stranger = SoftwareSigner.generate(Algorithm.ES256)
    for each in (desk, pinned_desk):
        assert passes(each.judge(each.forge()))
        verdict = each.judge(each.forge(signer=stranger))
        assert moved(verdict) == {SIGNATURE: Reason.INVALID}


def test_an_embedded_key_is_not_looked_at(desk: Desk) -> None:
    stranger = SoftwareSigner.generate(Algorithm.ES256)
    header = {**desk.header(), "jwk": stranger.public_key.to_jwk()}
    assert passes(desk.judge(desk.forge(header=header)))
    verdict = desk.judge(desk.forge(header=header, signer=stranger))
    assert moved(verdict) == {SIGNATURE: Reason.INVALID}


def test_keys_in_the_metadata_verify_nothing(desk: Desk) -> None:
    stranger = SoftwareSigner.generate(Algorithm.ES256)
    jwks: JsonValue = {"keys": [{**stranger.public_key.to_jwk(), "kid": "1"}]}
    formats: JsonValue = {"dc+sd-jwt": {}}
    change: Changes = {
        "client_metadata": {"jwks": jwks, "vp_formats_supported": formats}
    }
    assert passes(desk.judge(desk.forge(change)))
    verdict = desk.judge(desk.forge(change, signer=stranger))
    assert moved(verdict) == {SIGNATURE: Reason.INVALID}


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES257", "RS256"])
def test_the_header_does_not_choose_the_algorithm(desk: Desk, algorithm: str) -> None:
    header = {"alg": algorithm, **desk.header()}
    _, body, tail = desk.message().raw.split(".")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    verdict = desk.judge(f"{head}.{body}.{tail}")
    assert moved(verdict) == {SIGNATURE: Reason.ALGORITHM_NOT_ALLOWED}
    assert by_id(verdict)[SIGNATURE].fact("found") == algorithm


def test_a_key_is_not_used_for_another_algorithm(desk: Desk) -> None:
    header = {"alg": "EdDSA", **desk.header()}
    _, body, tail = desk.message().raw.split(".")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    verdict = desk.judge(f"{head}.{body}.{tail}")
    assert moved(verdict) == {SIGNATURE: Reason.KEY_UNUSABLE}


# --- request.validity -------------------------------------------------------------

SKEW = limits.CLOCK_SKEW


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (timedelta(minutes=-1) - SKEW, None),
        (timedelta(minutes=-1, seconds=-1) - SKEW, Reason.NOT_YET_VALID),
        (timedelta(minutes=4) + SKEW - timedelta(seconds=1), None),
        (timedelta(minutes=4) + SKEW, Reason.EXPIRED),
        (timedelta(days=2), Reason.EXPIRED),
    ],
)
def test_a_request_is_judged_by_the_moment_given(
    desk: Desk, later: timedelta, reason: Reason | None
) -> None:
    verdict = desk.judge(desk.message().raw, at=desk.at + later)
    if reason is None:
        assert passes(verdict)
    else:
        assert moved(verdict) == {VALIDITY: reason}
        assert verdict.error is ErrorCode.INVALID_REQUEST_OBJECT


def test_dates_are_facts(desk: Desk) -> None:
    raw = desk.message().raw
    late = by_id(desk.judge(raw, at=desk.at + timedelta(days=1)))
    assert late[VALIDITY].fact("until") == desk.request.expires
    early = by_id(desk.judge(raw, at=desk.at - timedelta(hours=1)))
    assert early[VALIDITY].fact("since") == desk.request.issued


def test_not_before_counts_with_the_clock_skew(desk: Desk) -> None:
    moment = int(desk.at.timestamp())
    assert passes(desk.judge(desk.forge({"nbf": moment + 60})))
    verdict = desk.judge(desk.forge({"nbf": moment + 61}))
    assert moved(verdict) == {VALIDITY: Reason.NOT_YET_VALID}


def seconds(desk: Desk, **offsets: float) -> dict[str, JsonValue]:
    return {name: desk.at.timestamp() + each for name, each in offsets.items()}


def test_a_lifetime_up_to_the_maximum_passes(desk: Desk) -> None:
    day = limits.REQUEST_LIFETIME_MAXIMUM.total_seconds()
    assert passes(desk.judge(desk.forge(seconds(desk, iat=0, exp=day))))
    verdict = desk.judge(desk.forge(seconds(desk, iat=0, exp=day + 1)))
    assert moved(verdict) == {VALIDITY: Reason.MALFORMED}


def test_without_an_issue_time_the_end_is_near(desk: Desk) -> None:
    day = limits.REQUEST_LIFETIME_MAXIMUM.total_seconds()
    skew = SKEW.total_seconds()
    change = seconds(desk, exp=day + skew)
    assert passes(desk.judge(desk.forge(change, drop=("iat",))))
    change = seconds(desk, exp=day + skew + 1)
    verdict = desk.judge(desk.forge(change, drop=("iat",)))
    assert moved(verdict) == {VALIDITY: Reason.MALFORMED}


def test_without_an_end_it_comes_after_the_maximum(desk: Desk) -> None:
    day = limits.REQUEST_LIFETIME_MAXIMUM
    raw = desk.forge(drop=("exp",))
    at = desk.at - timedelta(minutes=1) + day
    assert passes(desk.judge(raw, at=at))
    late = desk.judge(raw, at=at + SKEW)
    assert moved(late) == {VALIDITY: Reason.EXPIRED}


@pytest.mark.parametrize("before", [0, 60, 86_399])
def test_without_an_end_it_does_not_begin_where_all_years_end(
    desk: Desk, before: int
) -> None:
    issued = limits.NUMERIC_DATE_MAXIMUM - before
    verdict = desk.judge(desk.forge({"iat": issued}, drop=("exp",)))
    assert moved(verdict) == {VALIDITY: Reason.MALFORMED}


@pytest.mark.parametrize(
    "change",
    [
        {"exp": "2026-11-24"},
        {"exp": True},
        {"exp": None},
        {"exp": -1},
        {"exp": 1e300},
        {"iat": []},
        {"iat": 253402300799},
        {"nbf": "now"},
    ],
)
def test_what_is_no_date_fails_validity_alone(desk: Desk, change: Changes) -> None:
    verdict = desk.judge(desk.forge(change))
    assert moved(verdict) == {VALIDITY: Reason.MALFORMED}
    assert by_id(verdict)[VALIDITY].fact("at") == f"/{next(iter(change))}"


def test_a_request_that_ends_before_it_begins_fails_validity_alone(desk: Desk) -> None:
    for change in (seconds(desk, iat=10, exp=10), seconds(desk, nbf=9, exp=9)):
        verdict = desk.judge(desk.forge(change))
        assert moved(verdict) == {VALIDITY: Reason.MALFORMED}


def test_a_request_without_dates_fails_validity_alone(desk: Desk) -> None:
    verdict = desk.judge(desk.forge(drop=("iat", "exp")))
    assert moved(verdict) == {VALIDITY: Reason.MALFORMED}


# --- reader.authorised ------------------------------------------------------------


def test_another_identifier_beside_the_request_is_refused(
    desk: Desk, dns_desk: Desk
) -> None:
    message = RequestMessage(desk.message().raw, dns_desk.request.client_id)
    for raw in (message.to_uri(), message.to_json()):
        verdict = desk.judge(raw)
        assert moved(verdict) == {READER: Reason.CLIENT_ID_MISMATCH}
        assert by_id(verdict)[READER].fact("found") == dns_desk.request.client_id
        assert verdict.error is ErrorCode.INVALID_REQUEST


def test_an_empty_identifier_beside_the_request_is_refused(desk: Desk) -> None:
    message = RequestMessage(desk.message().raw, "")
    assert moved(desk.judge(message.to_uri())) == {READER: Reason.CLIENT_ID_MISMATCH}


def test_the_hash_must_be_that_of_the_leaf(desk: Desk) -> None:
    client_id = desk.request.client_id
    for forged in (
        client_id[:-1],
        client_id + "=",
        "x509_hash:",
        "x509_hash:" + "A" * 43,
    ):
        verdict = desk.judge(desk.forge({"client_id": forged}))
        assert moved(verdict) == {READER: Reason.CLIENT_ID_MISMATCH}


def test_the_hash_is_not_that_of_another_certificate_in_the_chain(
    desk: Desk, pki: TestPki
) -> None:
    other = pki.reader("other.example.org")
    header = {**desk.header(), "x5c": x5c_parameter(other.chain)}
    verdict = desk.judge(desk.forge(header=header, signer=other.signer))
    assert moved(verdict) == {READER: Reason.CLIENT_ID_MISMATCH}


@pytest.mark.parametrize(
    "name", ["other.example.org", "example.org", "*.example.org", "", f"{HOST}."]
)
def test_the_name_must_stand_in_the_leaf(dns_desk: Desk, name: str) -> None:
    verdict = dns_desk.judge(dns_desk.forge({"client_id": f"x509_san_dns:{name}"}))
    assert moved(verdict) == {READER: Reason.CLIENT_ID_MISMATCH}
    assert verdict.error is ErrorCode.INVALID_REQUEST


def test_a_wildcard_certificate_is_no_name(dns_desk: Desk, pki: TestPki) -> None:
    wild = named(pki, "*.example.org")
    header = {**dns_desk.header(), "x5c": x5c_parameter(wild.chain)}
    verdict = dns_desk.judge(dns_desk.forge(header=header, signer=wild.signer))
    assert moved(verdict) == {READER: Reason.CLIENT_ID_MISMATCH}


@pytest.mark.parametrize(
    "host", ["evil.example", f"{HOST}.evil.example", f"a.{HOST}", "127.0.0.1", "[::1]"]
)
def test_an_unknown_name_gets_its_answer_at_its_own_host(
    dns_desk: Desk, host: str
) -> None:
    verdict = dns_desk.judge(dns_desk.forge({"response_uri": f"https://{host}/a"}))
    assert moved(verdict) == {READER: Reason.RESPONSE_URI_MISMATCH}
    check = by_id(verdict)[READER]
    assert check.fact("name") == HOST
    assert verdict.error is ErrorCode.INVALID_REQUEST


def test_a_known_name_chooses_where_it_gets_its_answer(
    dns_desk: Desk, pki: TestPki
) -> None:
    raw = dns_desk.forge({"response_uri": "https://answers.example/a"})
    known = pki.store(issuer_names=(dns_desk.request.client_id,))
    assert passes(dns_desk.judge(raw, trust=known))
    other = pki.store(issuer_names=("x509_san_dns:other.example",))
    verdict = dns_desk.judge(raw, trust=other)
    assert moved(verdict) == {READER: Reason.RESPONSE_URI_MISMATCH}


def test_a_hash_binds_no_host(desk: Desk) -> None:
    raw = desk.forge({"response_uri": "https://answers.example/a"})
    assert passes(desk.judge(raw))


def test_where_the_address_is_unreadable_the_host_waits(dns_desk: Desk) -> None:
    verdict = dns_desk.judge(dns_desk.forge({"response_uri": "http://a/"}))
    assert moved(verdict) == {FORMAT: Reason.MALFORMED, READER: Reason.WAITING}
    assert by_id(verdict)[READER].fact("waits_for") == "request.format"


def test_a_certificate_is_needed_where_the_prefix_says_so(
    desk: Desk, dns_desk: Desk, pinned_desk: Desk
) -> None:
    header: Changes = {"typ": "oauth-authz-req+jwt", "kid": "k1"}
    for each in (desk, dns_desk):
        verdict = each.judge(each.forge(header=header), trust=pinned_desk.trust)
        assert moved(verdict) == {
            READER: Reason.NO_KEY_MATERIAL,
            SIGNATURE: Reason.WAITING,
        }
        assert verdict.error is ErrorCode.INVALID_REQUEST


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.LEAF_EXPIRED, Reason.CERTIFICATE_EXPIRED),
        (Fault.LEAF_NOT_YET_VALID, Reason.CERTIFICATE_NOT_YET_VALID),
        (Fault.CA_EXPIRED, Reason.CERTIFICATE_EXPIRED),
        (Fault.CA_IS_NO_CA, Reason.CERTIFICATE_PROFILE),
        (Fault.LEAF_FOR_CODE, Reason.CERTIFICATE_PROFILE),
        (Fault.WRONG_SIGNER, Reason.NO_TRUSTED_PATH),
        (Fault.STRANGER_ROOT, Reason.NO_TRUSTED_PATH),
        (Fault.SELF_SIGNED, Reason.NO_TRUSTED_PATH),
    ],
)
def test_an_untrusted_chain_fails_the_reader_alone(
    desk: Desk, pki: TestPki, fault: Fault, reason: Reason
) -> None:
    for broken, expected in ((None, {}), (fault, {READER: reason})):
        who = pki.reader(HOST, fault=broken)
        request = replace(desk.request, client_id=client_id_of(who.certificate, HASH))
        forged = replace(desk, request=request, signer=who.signer, chain=who.chain)
        verdict = desk.judge(forged.forge())
        if broken is None:
            assert passes(verdict)
        else:
            assert moved(verdict) == expected
            assert verdict.error is ErrorCode.UNAUTHORIZED_CLIENT


def test_a_chain_that_is_no_certificate_leaves_no_key(desk: Desk) -> None:
    header = {**desk.header(), "x5c": [base64.b64encode(b"nothing").decode()]}
    verdict = desk.judge(desk.forge(header=header))
    assert moved(verdict) == {
        READER: Reason.CERTIFICATE_PROFILE,
        SIGNATURE: Reason.WAITING,
    }


def test_an_issuer_of_credentials_is_no_reader(desk: Desk, pki: TestPki) -> None:
    raw = desk.message().raw
    issuers = pki.store(purposes=(Purpose.ISSUE_CREDENTIALS,))
    readers = pki.store(purposes=(Purpose.READ_CREDENTIALS,))
    assert passes(desk.judge(raw, trust=readers))
    assert moved(desk.judge(raw, trust=issuers)) == {READER: Reason.NO_TRUSTED_PATH}


def test_the_anchor_has_no_place_in_the_chain_under_haip(
    desk: Desk, pki: TestPki
) -> None:
    desk = encrypted(desk)
    with_root = (*desk.chain, pki.root.der)
    raw = desk.forge(header={**desk.header(), "x5c": x5c_parameter(with_root)})
    assert passes(desk.judge(raw))
    assert passes(desk.judge(desk.forge(), policy=HAIP))
    verdict = desk.judge(raw, policy=HAIP)
    assert moved(verdict) == {READER: Reason.CERTIFICATE_PROFILE}


def test_a_pinned_key_belongs_to_its_name(pinned_desk: Desk) -> None:
    for name in ("https://other.example", "kiosk", PINNED + "/"):
        verdict = pinned_desk.judge(pinned_desk.forge({"client_id": name}))
        assert moved(verdict) == {
            READER: Reason.KEY_NOT_PINNED,
            SIGNATURE: Reason.WAITING,
        }
        assert verdict.error is ErrorCode.UNAUTHORIZED_CLIENT


def test_among_pinned_keys_the_identifier_chooses(pinned_desk: Desk) -> None:
    other = SoftwareSigner.generate(Algorithm.ES256)
    anchor = TrustAnchor(
        name="kiosk",
        purposes=frozenset({Purpose.READ_CREDENTIALS}),
        issuer_names=frozenset({PINNED}),
        keys=(
            PinnedKey("k1", pinned_desk.signer.public_key),
            PinnedKey("k2", other.public_key),
        ),
    )
    trust = TrustStore([anchor])
    for kid, reasons in (
        ("k1", {}),
        ("k2", {SIGNATURE: Reason.INVALID}),
        ("k3", {READER: Reason.KEY_NOT_PINNED, SIGNATURE: Reason.WAITING}),
    ):
        raw = build_request_object(
            pinned_desk.request, signer=pinned_desk.signer, kid=kid
        )
        verdict = pinned_desk.judge(raw, trust=trust)
        assert passes(verdict) if not reasons else moved(verdict) == reasons


def test_a_chain_does_not_stand_in_for_a_pinned_key(
    pinned_desk: Desk, desk: Desk, pki: TestPki
) -> None:
    trust = TrustStore([*pinned_desk.trust.anchors, pki.anchor()])
    raw = pinned_desk.forge(header=desk.header(), signer=desk.signer)
    assert moved(pinned_desk.judge(raw, trust=trust)) == {SIGNATURE: Reason.INVALID}


# --- all together -----------------------------------------------------------------


def test_judging_twice_gives_the_same(desk: Desk) -> None:
    raw = desk.message().raw
    assert desk.judge(raw) == desk.judge(raw)


def test_a_moment_in_another_zone_is_the_same_moment(desk: Desk) -> None:
    raw = desk.message().raw
    elsewhere = desk.at.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert desk.judge(raw, at=elsewhere) == desk.judge(raw)


def test_numbers_that_no_machine_word_holds_are_judged(desk: Desk) -> None:
    large: JsonValue = {**desk.request.query.to_dcql(), "more": [10**60, 1e-300, -0.0]}
    assert passes(desk.judge(desk.forge({"dcql_query": large})))


def test_several_faults_show_at_once(desk: Desk) -> None:
    stranger = SoftwareSigner.generate(Algorithm.ES256)
    raw = desk.forge({"nonce": ""}, signer=stranger)
    verdict = desk.judge(raw, at=desk.at + timedelta(days=1))
    assert moved(verdict) == {
        FORMAT: Reason.MALFORMED,
        SIGNATURE: Reason.INVALID,
        VALIDITY: Reason.EXPIRED,
    }
    assert verdict.error is ErrorCode.INVALID_REQUEST
