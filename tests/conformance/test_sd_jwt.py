"""The 15 examples of RFC 9901 and the 3 of SD-JWT VC, made and judged again."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.common import SDJWTCommon, SDObj
from sd_jwt.issuer import SDJWTIssuer

from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.credentials.required import Context, Expected
from idwallet.credentials.sdjwt.evaluate import SdJwtVerdict, evaluate
from idwallet.credentials.sdjwt.present import (
    Held,
    bind_to_key,
    choose_disclosures,
    read_held,
    show_claims,
)
from idwallet.credentials.sdjwt.structures import json_form, read_sd_jwt
from idwallet.envelope.jws import (
    JsonShape,
    JsonSigner,
    sign_compact,
    sign_json_serialization,
)
from idwallet.report import Outcome
from idwallet.trust import policies
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.policy import BindingRule, ExpiryRule, Policy
from tests.conformance.divergences import DIVERGENCES, expected_of, hindrances
from tests.conformance.marked import Hidden, Tree
from tests.conformance.specifications import (
    ALL,
    CORE,
    FOLDERS,
    VC,
    Specification,
    specification,
)

pytestmark = pytest.mark.conformance

AT: Final = datetime(2023, 11, 24, 12, tzinfo=UTC)
KID: Final = "issuer-key-1"

# Whether holder and end are asked for is the verifier's policy, not the format's.
POLICY: Final = replace(
    policies.RETAIL,
    name="conformance",
    binding=BindingRule.AS_QUERIED,
    expiry=ExpiryRule.IF_PRESENT,
)


@pytest.fixture(params=ALL)
def spec(request: pytest.FixtureRequest, vectors: Path) -> Specification:
    return specification(vectors, request.param)


# --- issuing --------------------------------------------------------------------------


def test_every_published_specification_is_tried(vectors: Path) -> None:
    found = {
        kind: {each.parent.name for each in (vectors / folder).glob("*/*.yml")}
        for kind, folder in FOLDERS.items()
    }
    assert found == {"core": set(CORE), "vc": set(VC)}


def _for_reference(tree: Tree) -> object:
    """Return the tree with the reference implementation's marks."""
    if isinstance(tree, Hidden):
        return SDObj(_for_reference(tree.inner))
    if isinstance(tree, dict):
        return {_for_reference(name): _for_reference(v) for name, v in tree.items()}
    if isinstance(tree, list):
        return [_for_reference(each) for each in tree]
    return tree


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Let the reference implementation draw its salts from a seed."""
    monkeypatch.setattr(SDJWTCommon, "unsafe_randomness", True)
    before = random.getstate()
    yield random.seed
    random.setstate(before)


def test_payload_and_disclosures_are_those_of_the_reference_byte_for_byte(
    spec: Specification, seeded: Callable[[int], None]
) -> None:
    seeded(spec.seed)
    reference = SDJWTIssuer(
        _for_reference(spec.tree),
        JWK.generate(kty="EC", crv="P-256"),
        JWK(**spec.confirmation["cnf"]["jwk"]) if spec.is_bound else None,
        add_decoy_claims=spec.has_decoys,
    )
    issued = spec.issue()
    assert issued.disclosures == [each.b64 for each in reference.ii_disclosures]
    assert issued.written == json.dumps(reference.sd_jwt_payload).encode()


# --- holding --------------------------------------------------------------------------


def _issued(spec: Specification) -> str:
    issued = spec.issue()
    header = {"typ": "example+sd-jwt", "kid": KID, **spec.header}
    token = sign_compact(issued.written, header=header, signer=spec.issuers[0])
    return "~".join((token, *issued.disclosures, ""))


def test_every_disclosure_together_gives_back_what_was_issued(
    spec: Specification,
) -> None:
    held = read_held(_issued(spec))
    assert held.unpacked.claims == spec.claims | spec.confirmation
    assert {each.place for each in held.unpacked.revealed} == spec.hidden


def test_no_disclosure_gives_what_stands_in_clear(spec: Specification) -> None:
    held = read_held(show_claims(read_held(_issued(spec)), ()))
    assert held.unpacked.revealed == ()
    assert held.unpacked.claims.keys() == (spec.claims | spec.confirmation).keys() - {
        path[0] for path in spec.hidden if len(path) == 1
    }


def _chosen(spec: Specification, held: Held) -> str:
    return show_claims(held, choose_disclosures(held, spec.chosen))


def test_what_the_holder_chooses_is_exactly_what_the_verifier_sees(
    spec: Specification,
) -> None:
    shown = read_held(_chosen(spec, read_held(_issued(spec))))
    assert shown.unpacked.claims == spec.expected


# --- judging --------------------------------------------------------------------------


def _trust(spec: Specification) -> TrustStore:
    kids = [str(spec.header.get("kid", KID)), "issuer-key-2"]
    keys: list[JsonValue] = [
        {**signer.public_key.to_jwk(), "kid": kid}
        for signer, kid in zip(spec.issuers, kids, strict=False)
    ]
    anchor = TrustAnchor.from_jwks(
        {"keys": keys},
        name="the examples' issuer",
        purposes=[Purpose.ISSUE_CREDENTIALS],
        issuer_names=[str(spec.claims.get("iss", spec.issuer))],
    )
    return TrustStore([anchor])


def _judge(
    spec: Specification, token: str | bytes, *, policy: Policy = POLICY
) -> SdJwtVerdict:
    return evaluate(
        token,
        expected=Expected(spec.nonce, spec.verifier, binding_asked=spec.is_bound),
        context=Context(_trust(spec), policy, AT),
        subject=spec.name,
    )


def _bound(spec: Specification, shown: str) -> str:
    return bind_to_key(
        shown,
        signer=spec.holder,
        nonce=spec.nonce,
        audience=spec.verifier,
        algorithm="sha-256",
        at=AT,
    )


def _presented(spec: Specification) -> str:
    shown = _chosen(spec, read_held(_issued(spec)))
    return _bound(spec, shown) if spec.is_bound else shown


class Form(NamedTuple):
    """One serialisation of a presentation."""

    name: str
    write: Callable[[Specification], str]


def _flattened(spec: Specification) -> str:
    return write_json(json_form(read_sd_jwt(_presented(spec)))).decode()


def _general(spec: Specification) -> str:
    """Sign with every key of the specification, and present in the general form."""
    issued = spec.issue()
    header = {"typ": "example+sd-jwt", **spec.header}
    kids = [str(spec.header.get("kid", KID)), "issuer-key-2"]
    document = sign_json_serialization(
        issued.written,
        signers=[
            JsonSigner(signer, {**header, "kid": kid})
            for signer, kid in zip(spec.issuers, kids, strict=False)
        ],
        shape=JsonShape.GENERAL,
    )
    first = _first_signature(document)
    parts = (first["protected"], document["payload"], first["signature"])
    token = ".".join(map(str, parts))
    shown = _chosen(spec, read_held("~".join((token, *issued.disclosures, ""))))
    unprotected: JsonObject = {"disclosures": list(shown.split("~")[1:-1])}
    if spec.is_bound:
        unprotected["kb_jwt"] = _bound(spec, shown).rpartition("~")[2]
    first["header"] = unprotected
    return write_json(document).decode()


def _first_signature(document: JsonObject) -> JsonObject:
    signatures = document["signatures"]
    assert isinstance(signatures, list)
    first = signatures[0]
    assert isinstance(first, dict)
    return first


FORMS: Final = (
    Form("compact", _presented),
    Form("flattened", _flattened),
    Form("general", _general),
)


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.name)
def test_a_presentation_passes_in_every_serialisation_unless_a_clause_forbids_it(
    form: Form, spec: Specification, request: pytest.FixtureRequest
) -> None:
    verdict = _judge(spec, form.write(spec))
    case = request.node.callspec.params["spec"]
    assert hindrances(verdict.checks) == expected_of(case)
    assert verdict.unpacked is not None
    assert verdict.unpacked.claims == spec.expected


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.name)
def test_one_disclosure_less_than_was_bound_is_refused(
    form: Form, vectors: Path
) -> None:
    spec = specification(vectors, "vc/01")
    token = form.write(spec)
    disclosure = read_sd_jwt(token).disclosures[0]
    cut = token.replace(f"{disclosure}~", "").replace(f'"{disclosure}",', "")
    assert len(cut) < len(token)
    valid, forged = _judge(spec, token), _judge(spec, cut)
    assert {each.outcome for each in valid.checks} == {Outcome.PASSED}
    assert hindrances(forged.checks) == ("holder.binding presentation_hash_mismatch",)


def test_the_binding_asked_for_is_missed_where_the_specification_has_none(
    vectors: Path,
) -> None:
    spec = specification(vectors, "vc/02")
    token = _presented(spec)
    assert hindrances(_judge(spec, token).checks) == ()
    strict = _judge(spec, token, policy=replace(POLICY, binding=BindingRule.REQUIRED))
    assert hindrances(strict.checks) == ("holder.binding absent",)


# --- divergences ----------------------------------------------------------------------


def test_every_divergence_names_a_published_case(vectors: Path) -> None:
    tokens = {f"tokens/{p.stem}" for p in (vectors / "sd_jwt/tokens").glob("*.jwt")}
    assert DIVERGENCES.keys() <= {*ALL, *tokens}


def test_every_divergence_quotes_the_clause_that_forbids_the_case() -> None:
    for each in DIVERGENCES.values():
        assert each.expected
        assert each.actual
        assert "section" in each.reason
        assert each.reason.count('"') >= 2
