"""Lists of trust and registrations on the command line."""

import json
from typing import Any

import pytest

from idwallet.testing.lists import ListScene, PointedList, list_draft
from idwallet.testing.registrations import RegistrationScene, registration_draft
from idwallet.trust.lists import ListForm
from tests.cli.program import run

KINDS = {
    ListForm.TRUSTED_LIST: "trusted list (ETSI TS 119 612)",
    ListForm.LOTE: "list of trusted entities (ETSI TS 119 602)",
    ListForm.VICAL: "VICAL (ISO/IEC 18013-5)",
}


def inspected(data: bytes | str) -> dict[str, Any]:
    ran = run(
        "inspect", "--json", stdin=data.encode() if isinstance(data, str) else data
    )
    assert ran.status == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    assert found["verified"] is False
    return found


def parts(found: dict[str, Any]) -> dict[str, Any]:
    return {each["title"]: each["value"] for each in found["parts"]}


@pytest.mark.parametrize("form", ListForm)
def test_each_form_of_a_list_is_decoded(form: ListForm) -> None:
    scene = ListScene()
    made = list_draft(scene, form)
    found = inspected(made.data())
    assert found["kind"] == KINDS[form]
    said = parts(found)
    assert said["list"]["operator"] == "TEST operator"
    assert said["list"]["sequence"] == 7
    assert said["list"]["next_update"] == f"{made.facts.next_update:%Y-%m-%dT%H:%M:%SZ}"
    assert said["entry 1"]["certificates"][0]["sha256"]
    assert said["certificate 1 of the signer"]["subject"].startswith("CN=TEST")
    assert said["signature"]["algorithm"]


@pytest.mark.parametrize("form", ListForm)
def test_a_list_that_a_stranger_signed_is_decoded_all_the_same(form: ListForm) -> None:
    scene = ListScene()
    made = list_draft(scene, form)
    made.signer, made.chain = scene.stranger.signer, scene.stranger.chain
    assert inspected(made.data())["kind"] == KINDS[form]


def test_a_list_without_a_signature_says_so() -> None:
    made = list_draft(ListScene(), ListForm.TRUSTED_LIST)
    data = made.data()
    start, end = data.index(b"<ds:Signature "), data.index(b"</ds:Signature>") + 15
    said = parts(inspected(data[:start] + data[end:]))
    assert "cannot be read" in said["signature"]


@pytest.mark.parametrize("form", [ListForm.TRUSTED_LIST, ListForm.LOTE])
def test_pointers_and_their_signers_are_shown(form: ListForm) -> None:
    scene = ListScene()
    made = list_draft(scene, form)
    made.facts.pointers = [
        PointedList("https://lists.example/yy", (b"\x30\x00",), "YY", "urn:type")
    ]
    pointer = parts(inspected(made.data()))["pointer 1"]
    assert pointer["location"] == "https://lists.example/yy"
    assert pointer["signers"] == [
        {"bytes": 2, "cannot be read": pointer["signers"][0]["cannot be read"]}
    ]


@pytest.mark.parametrize("is_cwt", [False, True])
def test_a_registration_is_decoded(is_cwt: bool) -> None:
    made = registration_draft(RegistrationScene())
    made.is_cwt = is_cwt
    found = inspected(made.data())
    assert found["kind"] == "registration certificate (ETSI TS 119 475)"
    assert parts(found)["payload"]["name"] == "TEST shop"


@pytest.mark.parametrize(
    "data",
    [b"<a/>", b"<!DOCTYPE a><a/>", b"<", b"\xef\xbb\xbf<a>", b"\xd2\x84", b"\x84\x40"],
)
def test_what_only_begins_like_a_list_is_refused(data: bytes) -> None:
    assert run("inspect", stdin=data).status == 4
