"""The literal tokens of RFC 9901, signed by the working group's own key."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_json
from idwallet.credentials.required import Context, Expected
from idwallet.credentials.sdjwt.conceal import Concealment, plan_of
from idwallet.credentials.sdjwt.evaluate import SdJwtVerdict, evaluate
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.credentials.sdjwt.present import Held, read_held
from idwallet.credentials.sdjwt.structures import read_sd_jwt
from idwallet.report import CheckId, Outcome, Reason
from idwallet.trust import policies
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.policy import BindingRule
from tests.conformance.divergences import expected_of, hindrances
from tests.conformance.specifications import (
    reference_json,
    reference_rows,
    specification,
)

pytestmark = pytest.mark.conformance

Read = Callable[[str], str]
NAMES: Final = (
    "complex_structured",
    "invalid_disclosure",
    "sd_jwt_vc",
    "sd_jwt_vc_with_kb",
    "simple_structured",
    "with_kb",
)
BOUND: Final = ("sd_jwt_vc_with_kb", "with_kb")
ISSUER: Final = "https://issuer.example.com"
VERIFIER: Final = "https://verifier.example.org"
NONCE: Final = "1234567890"
SIGNED: Final = datetime(2025, 3, 1, 8, 37, 51, tzinfo=UTC)
"""When the later of the two key binding JWTs was signed."""
POLICY: Final = replace(
    policies.RETAIL, name="conformance", binding=BindingRule.AS_QUERIED
)


@pytest.fixture
def read(vectors: Path) -> Read:
    folder = vectors / "sd_jwt" / "tokens"
    return lambda name: (folder / f"{name}.jwt").read_text(encoding="ascii")


@pytest.fixture
def trust(vectors: Path) -> TrustStore:
    jwk = json.loads((vectors / "sd_jwt/tokens/issuer_key.json").read_bytes())
    anchor = TrustAnchor.from_jwks(
        {"keys": [{**jwk, "kid": "the one key"}]},
        name="the working group",
        purposes=[Purpose.ISSUE_CREDENTIALS],
        issuer_names=[ISSUER],
    )
    return TrustStore([anchor])


@pytest.fixture
def types(vectors: Path) -> TypeMetadataSet:
    folder = vectors / "sd_jwt_vc" / "type_metadata"
    name = "credential_payload_sd_jwt_metadata.json"
    return TypeMetadataSet.read([(folder / name).read_bytes()])


@pytest.fixture
def judge(trust: TrustStore, types: TypeMetadataSet) -> Callable[..., SdJwtVerdict]:
    def judged(
        token: str,
        *,
        at: datetime = SIGNED,
        nonce: str = NONCE,
        audience: str = VERIFIER,
        is_bound: bool = True,
    ) -> SdJwtVerdict:
        return evaluate(
            token,
            expected=Expected(nonce, audience, is_bound),
            context=Context(trust, POLICY, at),
            types=types,
            subject="token",
        )

    return judged


def test_every_published_token_is_tried(vectors: Path) -> None:
    found = {each.stem for each in (vectors / "sd_jwt/tokens").glob("*.jwt")}
    assert found == set(NAMES)


# --- what they were made from ---------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "case"),
    [
        ("complex_structured", "core/complex_ekyc"),
        ("simple_structured", "core/simple_structured"),
        ("with_kb", "core/simple"),
    ],
)
def test_a_token_is_made_from_its_specification_byte_for_byte(
    token: str, case: str, read: Read, vectors: Path
) -> None:
    spec = specification(vectors, case)
    issued, found = spec.issue(), read_sd_jwt(read(token))
    assert found.issuer_jwt.payload == issued.written
    assert set(found.disclosures) <= set(issued.disclosures)
    assert read_held(read(token)).unpacked.claims == spec.expected


def _in_issued_order(
    value: JsonValue, held: Held, here: tuple[str | int, ...] = ()
) -> JsonValue:
    """Put members back in the order of their disclosures, those in clear first."""
    if not isinstance(value, dict):
        return value
    order = {
        name: max(
            (
                each.position
                for each in held.unpacked.revealed
                if each.place[: len(here) + 1] == (*here, name)
            ),
            default=-1,
        )
        for name in value
    }
    return {
        name: _in_issued_order(value[name], held, (*here, name))
        for name in sorted(order, key=order.__getitem__)
    }


def _salts(held: Held) -> Iterator[str]:
    for each in held.sd_jwt.disclosures:
        parts = read_json(b64.decode(each, at="disclosure"), at="disclosure")
        assert isinstance(parts, list)
        assert isinstance(parts[0], str)
        yield parts[0]


def test_the_credential_is_made_again_from_its_claims_and_salts(read: Read) -> None:
    held = read_held(read("sd_jwt_vc"))
    claims = _in_issued_order(held.unpacked.claims, held)
    assert isinstance(claims, dict)
    confirmation: JsonObject = {"cnf": claims.pop("cnf")}
    work = Concealment(salts=_salts(held), write=reference_rows)
    payload = work.conceal(claims, plan_of(frozenset(held.disclosable())))
    payload |= {"_sd_alg": "sha-256", **confirmation}
    assert work.disclosures == list(held.sd_jwt.disclosures)
    assert reference_json(payload) == held.sd_jwt.issuer_jwt.payload


# --- what they prove ------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_token_passes_unless_a_clause_forbids_it(
    name: str, read: Read, judge: Callable[..., SdJwtVerdict]
) -> None:
    verdict = judge(read(name), is_bound=name in BOUND)
    outcomes = {each.id: each for each in verdict.checks}
    assert outcomes[CheckId.ISSUER_TRUST].reason is Reason.KEY_PINNED
    assert outcomes[CheckId.ISSUER_SIGNATURE].reason is Reason.VALID
    assert hindrances(verdict.checks) == expected_of(f"tokens/{name}")


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_signature_is_refused(
    name: str, read: Read, judge: Callable[..., SdJwtVerdict]
) -> None:
    token, _, shown = read(name).partition("~")
    head, _, signature = token.rpartition(".")
    other = "B" if signature.startswith("A") else "A"
    verdict = judge(f"{head}.{other}{signature[1:]}~{shown}", is_bound=name in BOUND)
    assert "issuer.signature invalid" in hindrances(verdict.checks)


def test_the_credential_is_held_to_the_metadata_of_its_type(
    read: Read, judge: Callable[..., SdJwtVerdict]
) -> None:
    verdict = judge(read("sd_jwt_vc"), is_bound=False)
    (metadata,) = (
        each for each in verdict.checks if each.id is CheckId.CREDENTIAL_METADATA
    )
    assert metadata.reason is Reason.MATCHES


# --- to whom, and when ----------------------------------------------------------------


@pytest.mark.parametrize("name", BOUND)
def test_a_key_binding_proves_the_holder_at_its_own_time(
    name: str, read: Read, judge: Callable[..., SdJwtVerdict]
) -> None:
    checks = {each.id: each for each in judge(read(name)).checks}
    assert checks[CheckId.HOLDER_BINDING].reason is Reason.PROVEN
    assert checks[CheckId.PRESENTATION_NONCE].outcome is Outcome.PASSED
    assert checks[CheckId.PRESENTATION_AUDIENCE].outcome is Outcome.PASSED
    assert checks[CheckId.PRESENTATION_FRESHNESS].outcome is Outcome.PASSED


@pytest.mark.parametrize("name", BOUND)
@pytest.mark.parametrize(
    ("change", "hindrance"),
    [
        ({"at": SIGNED + timedelta(hours=1)}, "presentation.freshness too_old"),
        (
            {"at": SIGNED - timedelta(hours=1)},
            "presentation.freshness from_the_future",
        ),
        ({"nonce": "1234567891"}, "presentation.nonce mismatch"),
        ({"audience": f"{VERIFIER}/"}, "presentation.audience other_input"),
        ({"audience": "https://elsewhere.example"}, "presentation.audience mismatch"),
    ],
)
def test_a_key_binding_proves_nothing_elsewhere_or_at_another_time(
    name: str,
    change: dict[str, datetime | str],
    hindrance: str,
    read: Read,
    judge: Callable[..., SdJwtVerdict],
) -> None:
    found = hindrances(judge(read(name), **change).checks)
    assert found == (*expected_of(f"tokens/{name}"), hindrance)


@pytest.mark.parametrize("name", BOUND)
def test_a_key_binding_covers_every_disclosure_that_is_shown(
    name: str, read: Read, judge: Callable[..., SdJwtVerdict]
) -> None:
    token, *shown, binding = read(name).split("~")
    cut = "~".join((token, *shown[1:], binding))
    found = hindrances(judge(cut).checks)
    assert found == (
        *expected_of(f"tokens/{name}"),
        "holder.binding presentation_hash_mismatch",
    )


def test_the_credential_outlives_its_key_binding_and_no_more(
    read: Read, judge: Callable[..., SdJwtVerdict]
) -> None:
    end = datetime.fromtimestamp(1883000000, UTC)
    before, after = (
        judge(read("sd_jwt_vc"), at=end + timedelta(minutes=n), is_bound=False)
        for n in (-10, 10)
    )
    assert hindrances(before.checks) == ()
    assert hindrances(after.checks) == ("credential.validity expired",)
