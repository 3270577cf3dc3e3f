"""The published SD-JWT VC examples through every role, and all type metadata."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc, Shape, hidden_paths
from idwallet.credentials.sdjwt.metadata import (
    Disclosability,
    TypeMetadataSet,
    judge_type,
    read_type_metadata,
    rules_of,
)
from idwallet.credentials.sdjwt.unpack import Unpacked
from idwallet.report import Check, Outcome, Reason, TypeMetadataNeeded
from idwallet.roles.issuer import Issuer
from idwallet.roles.presentation import verify_presentation
from idwallet.testing.scene import Scene
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.policy import MetadataRule
from tests.conformance.specifications import VC, Specification, specification

pytestmark = pytest.mark.conformance

FIXED: Final = frozenset({"iss", "iat", "exp", "cnf", "vct"})

DOCUMENTS: Final = (
    "credential_payload_sd_jwt_metadata",
    "degree-metadata",
    "example-metadata",
    "example-v2-metadata",
    "example-v3-metadata",
    "example_pid-address_1",
    "example_pid-address_nl_1",
    "example_pid_1",
    "example_pid_nl_1",
    "pid-metadata",
    "sd_jwt_vc_spec_metadata",
    "simple-embedded-metadata",
    "simple-remote-background-metadata",
    "simple-remote-metadata",
)
CHAINS: Final = (
    ("example-v2-metadata", "example-metadata"),
    ("example-v3-metadata", "example-v2-metadata", "example-metadata"),
    ("example_pid-address_nl_1", "example_pid-address_1"),
    ("example_pid_nl_1", "example_pid_1"),
)
"""Types, each with what it extends, nearest first."""

Read = Callable[[str], bytes]


# --- the examples, issued, held, asked for and verified -------------------------------


def _content(spec: Specification) -> SdJwtVc:
    claims = {name: v for name, v in spec.claims.items() if name not in FIXED}
    disclosure: dict[ClaimPath, Disclosability] = dict.fromkeys(
        spec.hidden, Disclosability.ALWAYS
    )
    return SdJwtVc(
        vct=str(spec.claims["vct"]),
        claims=claims,
        disclosure=disclosure,
        shape=Shape.FLAT,
        issuer_name=str(spec.claims["iss"]),
    )


def _query(spec: Specification) -> Query:
    claims: list[JsonValue] = [{"path": list(path)} for path in spec.chosen]
    return Query.from_dcql(
        {
            "credentials": [
                {
                    "id": "example",
                    "format": "dc+sd-jwt",
                    "meta": {"vct_values": [spec.claims["vct"]]},
                    "claims": claims,
                }
            ]
        }
    )


@pytest.mark.parametrize("name", VC)
def test_a_published_credential_goes_through_every_role(
    name: str, vectors: Path
) -> None:
    spec, scene = specification(vectors, f"vc/{name}"), Scene()
    (signer,) = spec.issuers
    anchor = TrustAnchor.from_jwks(
        {"keys": [{**signer.public_key.to_jwk(), "kid": "example"}]},
        name="the example's issuer",
        purposes=[Purpose.ISSUE_CREDENTIALS],
        issuer_names=[str(spec.claims["iss"])],
    )
    scene.trust = TrustStore([anchor, scene.pki.anchor()])
    content = _content(spec)
    assert hidden_paths(content) == spec.hidden
    credential = Issuer(signer=signer, kid="example").issue(
        content,
        holder_key=HolderKey.unproven(
            scene.holder_signer.public_key, reason="a test key made here"
        ),
        valid_until=scene.at + timedelta(days=30),
        at=scene.at,
    )
    request = scene.request(_query(spec))
    verified = verify_presentation(
        scene.answer(request, credential),
        request=request,
        trust=scene.trust,
        at=scene.at,
    )
    (shown,) = verified.credentials
    seen = {k: v for k, v in shown.claims.items() if k not in FIXED}
    wanted = {k: v for k, v in spec.expected.items() if k not in FIXED}
    assert seen == wanted
    assert shown.issuer == spec.claims["iss"]


# --- type metadata --------------------------------------------------------------------


@pytest.fixture
def read(vectors: Path) -> Read:
    folder = vectors / "sd_jwt_vc" / "type_metadata"
    return lambda name: (folder / f"{name}.json").read_bytes()


def test_every_published_document_is_tried(vectors: Path) -> None:
    found = (vectors / "sd_jwt_vc" / "type_metadata").glob("*.json")
    assert {each.stem for each in found} == set(DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_published_document_is_read_with_every_rule(name: str, read: Read) -> None:
    document = read(name)
    made, published = read_type_metadata(document), json.loads(document)
    assert made.document == document
    assert made.vct == published["vct"]
    assert made.extends == published.get("extends")
    assert made.extends_integrity == published.get("extends#integrity")
    assert [
        (list(each.path), each.mandatory, each.disclosability.value)
        for each in made.rules
    ] == [
        (each["path"], each.get("mandatory", False), each.get("sd", "allowed"))
        for each in published.get("claims", [])
    ]


def _judge(*documents: bytes) -> tuple[Check, tuple[str, ...]]:
    """Judge a credential of the first document's type that shows nothing."""
    vct = read_type_metadata(documents[0]).vct
    claims: JsonObject = {"vct": vct}
    return judge_type(
        Unpacked(claims, claims, (), hidden=1),
        vct=vct,
        types=TypeMetadataSet.read(documents),
        rule=MetadataRule.REQUIRED,
        subject="example",
    )


@pytest.mark.parametrize("names", CHAINS, ids=lambda each: each[0])
def test_a_type_is_joined_with_what_it_extends(
    names: tuple[str, ...], read: Read
) -> None:
    documents = [read(each) for each in names]
    check, types = _judge(*documents)
    assert check.reason is Reason.MATCHES
    assert types == tuple(read_type_metadata(each).vct for each in documents)
    joined = rules_of(types[0], TypeMetadataSet.read(documents))
    each_alone = [read_type_metadata(each).rules for each in documents]
    assert {rule.path for rule in joined} == {
        rule.path for rules in each_alone for rule in rules
    }


def test_every_document_that_extends_another_at_hand_is_tried(read: Read) -> None:
    made = {each: read_type_metadata(read(each)) for each in DOCUMENTS}
    at_hand = {each.vct for each in made.values()}
    extending = {name for name, each in made.items() if each.extends in at_hand}
    assert extending == {chain[0] for chain in CHAINS}


@pytest.mark.parametrize("names", CHAINS, ids=lambda each: each[0])
@pytest.mark.parametrize("broken", [1, -1], ids=["nearest", "farthest"])
def test_one_space_more_in_what_it_extends_is_refused(
    broken: int, names: tuple[str, ...], read: Read
) -> None:
    documents = [read(each) for each in names]
    valid, _ = _judge(*documents)
    documents[broken] += b" "
    forged, types = _judge(*documents)
    assert valid.outcome is Outcome.PASSED
    assert forged.outcome is Outcome.FAILED
    assert forged.reason is Reason.INTEGRITY_MISMATCH
    assert types == (read_type_metadata(documents[0]).vct,)


def test_a_type_that_extends_one_not_at_hand_is_left_undecided(read: Read) -> None:
    check, _ = _judge(read("sd_jwt_vc_spec_metadata"))
    assert check.reason is Reason.NOT_AT_HAND
    assert check.needs == (
        TypeMetadataNeeded(
            "https://galaxy.example.com/galactic-education-credential-0.9",
            "sha256-ilOUJsTultOwLfz7QUcFALaRa3BP/jelX1ds04kB9yU=",
        ),
    )
