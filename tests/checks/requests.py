"""A verifier's requests by hand, for the files of checks on them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from idwallet.codec.json import JsonValue, write_json
from idwallet.credentials.query import Query
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import sign_compact, x5c_parameter
from idwallet.protocols.openid4vp import (
    ClientIdPrefix,
    client_id_of,
    evaluate_request,
)
from idwallet.report import Check, CheckId, Outcome, Report
from idwallet.testing.pki import TestIdentity, TestPki
from idwallet.trust.policies import WALLET

AT: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOST: Final = "till.example"


@cache
def pki() -> TestPki:
    """The only authority that the wallet believes."""
    return TestPki(at=AT)


@cache
def reader() -> TestIdentity:
    """The verifier."""
    return pki().reader(HOST)


def claims() -> dict[str, JsonValue]:
    """What the verifier asks."""
    return {
        "client_id": client_id_of(reader().certificate, ClientIdPrefix.X509_SAN_DNS),
        "response_uri": f"https://{HOST}/answers",
        "response_type": "vp_token",
        "response_mode": "direct_post",
        "nonce": "n" * 43,
        "dcql_query": Query.age_over(18).to_dcql(),
        "client_metadata": {"vp_formats_supported": {"dc+sd-jwt": {}}},
        "iat": int(AT.timestamp()),
        "exp": int(AT.timestamp()) + 300,
    }


def header() -> dict[str, JsonValue]:
    """How the verifier signs."""
    return {"typ": "oauth-authz-req+jwt", "x5c": x5c_parameter(reader().chain)}


def request(
    change: Mapping[str, JsonValue] | None = None,
    *,
    head: Mapping[str, JsonValue] | None = None,
    by: SoftwareSigner | None = None,
) -> str:
    """A request with any header and claims, signed over what it says."""
    return sign_compact(
        write_json({**claims(), **(change or {})}),
        header={**header(), **(head or {})},
        signer=by or reader().signer,
    )


def judged(token: str, check_id: CheckId, *, later: timedelta = timedelta()) -> Check:
    """The one check of that name; nothing else may have failed but through it."""
    verdict = evaluate_request(token, trust=pki().store(), policy=WALLET, at=AT + later)
    (check,) = [each for each in verdict.checks if each.id is check_id]
    failed = [
        each
        for each in verdict.checks
        if each.outcome is Outcome.FAILED and each.id is not check_id
    ]
    if check.outcome is not Outcome.INDETERMINATE:
        assert failed == []
    return check


def alone(report: Report, check_id: CheckId) -> Check:
    """The one check of that name, of whichever subject."""
    (check,) = [each for each in report.checks if each.id is check_id]
    return check
