"""The JSON serialisations, ours and those of two other libraries."""

import json

import pytest
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer

from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.credentials.required import Context, Expected
from idwallet.credentials.sdjwt.evaluate import SdJwtVerdict, evaluate
from idwallet.credentials.sdjwt.structures import json_form, read_sd_jwt
from idwallet.envelope.jws import JsonShape
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.verifier import PresentationRequest
from idwallet.trust import policies
from tests.interop.peers import NodePeer
from tests.interop.shapes import SHAPES, Case
from tests.interop.world import World

pytestmark = pytest.mark.interop

FORMS = ("Flattened", "General")


@pytest.fixture(params=SHAPES, ids=lambda each: each.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


def _judge(
    text: str | bytes, request: PresentationRequest, world: World
) -> SdJwtVerdict:
    return evaluate(
        text,
        expected=Expected(request.nonce, request.client_id),
        context=Context(world.scene.trust, policies.RETAIL, world.at),
        subject="pid",
    )


def _written(document: JsonValue) -> bytes:
    assert isinstance(document, dict)
    return write_json(document)


@pytest.mark.parametrize("form", FORMS)
def test_the_json_form_that_they_write_passes_here(
    form: str, case: Case, world: World, node_peer: NodePeer
) -> None:
    request = world.request(case)
    token = node_peer.issue(case, world.fixed(), header=world.header())
    shown = node_peer.present(token, case, request=request, at=world.at)
    document = _written(node_peer.ask(f"to{form}", token=shown))
    assert read_sd_jwt(document).compact == shown.rpartition("~")[0] + "~"
    verdict = _judge(document, request, world)
    assert {each.outcome for each in verdict.checks} == {Outcome.PASSED}


@pytest.mark.parametrize("form", FORMS)
def test_the_json_form_that_we_write_passes_there(
    form: str, case: Case, world: World, node_peer: NodePeer
) -> None:
    request = world.request(case)
    shown = world.present(world.issue(case), request)
    document = json_form(read_sd_jwt(shown), JsonShape(form.lower()))
    again = str(node_peer.ask(f"from{form}", document=document))
    assert again == shown
    assert node_peer.verify(again, request=request, at=world.at)


def test_the_json_form_from_before_the_rfc_proves_nothing_here(
    world: World,
) -> None:
    (case,) = (each for each in SHAPES if each.name == "flat")
    request = world.request(case)
    issued = SDJWTIssuer(
        {**world.fixed(), **case.claims},
        world.issuer_key,
        serialization_format="json",
        extra_header_parameters={"typ": "dc+sd-jwt", **world.header()},
    )
    holder = SDJWTHolder(issued.sd_jwt_issuance, serialization_format="json")
    holder.create_presentation({}, request.nonce, request.client_id, world.holder_key)
    document: JsonObject = json.loads(holder.sd_jwt_presentation)
    assert {"disclosures", "kb_jwt"} <= document.keys()
    checks = {
        each.id: each for each in _judge(_written(document), request, world).checks
    }
    assert checks[CheckId.ISSUER_SIGNATURE].reason is Reason.VALID
    assert checks[CheckId.HOLDER_BINDING].reason is Reason.ABSENT
