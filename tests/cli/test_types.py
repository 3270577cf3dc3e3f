"""`idwallet types`: what there is, one of them, and a file of one's own."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from idwallet.credentials.catalogue import catalogue
from tests.cli.program import AT, run

TYPE: Final[dict[str, Any]] = {
    "format": "idwallet-catalogue/1",
    "name": "library-card",
    "display": {"en": "Library card", "ru": "Читательский билет"},
    "source": "the Exampleton library",
    "types": {
        "dc+sd-jwt": "urn:example:library-card:1",
        "mso_mdoc": "org.example.library-card.1",
    },
    "claims": {
        "number": {
            "paths": {
                "dc+sd-jwt": ["number"],
                "mso_mdoc": ["org.example.library-card", "number"],
            },
            "display": {"en": "Reader's number", "ru": "Номер читателя"},
            "sensitivity": "identifying",
            "kind": "string",
            "example": "0042",
        },
        "since": {
            "paths": {
                "dc+sd-jwt": ["since"],
                "mso_mdoc": ["org.example.library-card", "since"],
            },
            "display": {"en": "Reader since", "ru": "Читатель с"},
            "sensitivity": "personal",
            "kind": "date",
            "example": "2020-02-29",
        },
    },
}


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "library-card.json"
    path.write_text(json.dumps(TYPE), encoding="utf-8")
    return str(path)


def test_every_type_is_listed_with_its_encodings() -> None:
    lines = run("types").out.splitlines()
    assert [line.split()[0] for line in lines] == list(catalogue())
    assert "National identity card (dc+sd-jwt, mso_mdoc)" in lines[0]
    russian = run("types", "--lang", "ru").out
    assert "Удостоверение личности" in russian
    document = json.loads(run("types", "--json").out)
    assert [each["name"] for each in document["types"]] == list(catalogue())
    assert {each["name"] for each in document["types"] if each["own"]} == {
        "age-proof",
        "student-card",
        "ticket",
    }


@pytest.mark.parametrize("name", list(catalogue()))
def test_one_is_shown_with_each_claim_and_where_it_stands(name: str) -> None:
    listed = catalogue()[name]
    text = run("types", name).out
    for claim in listed.claims:
        assert claim in text
    for identifier in listed.types.values():
        assert identifier in text
    assert ("this library's own" in text) is listed.is_own
    document = json.loads(run("types", name, "--json").out)
    assert list(document["claims"]) == list(listed.claims)
    assert document["types"] == dict(listed.types)


def test_a_name_that_is_none_is_refused_with_those_there_are() -> None:
    ran = run("types", "passport")
    assert ran.status == 2
    assert "national-id" in ran.err
    assert run("types", "--example", "mdoc").status == 2
    ran = run("types", "ticket", "--example", "mdoc")
    assert ran.status == 2
    assert "ticket is not encoded as mso_mdoc but as dc+sd-jwt" in ran.err


def test_a_type_of_ones_own_is_read_like_any_other(own: str) -> None:
    ran = run("types", own)
    assert ran.status == 0, ran.err
    assert "library-card: Library card" in ran.out
    example = json.loads(run("types", own, "--example", "mdoc").out)
    assert example == {"number": "0042", "since": "2020-02-29"}


def test_what_is_wrong_with_a_file_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    bent = json.loads(json.dumps(TYPE))
    bent["claims"]["since"]["kind"] = "day"
    path.write_text(json.dumps(bent), encoding="utf-8")
    ran = run("types", str(path))
    assert ran.status == 4
    assert "card.json: " in ran.err
    assert "type/claims/since/kind; idwallet-catalogue/1" in ran.err
    ran = run("types", str(tmp_path / "absent.json"))
    assert ran.status == 4


@pytest.mark.parametrize("form", ["sd-jwt", "mdoc"])
def test_a_type_of_ones_own_goes_the_whole_way(
    own: str, form: str, story: Path
) -> None:
    person = "--seal-file", str(story / "passphrase.txt")
    wallet = "--wallet", str(story / "mine"), *person
    issuer = (
        *("--key", str(story / "pki/issuer-key.pem")),
        *("--passphrase-file", str(story / "passphrase.txt")),
        *("--certificates", str(story / "pki/issuer.pem")),
    )
    shop = (
        *("--key", str(story / "pki/shop-key.pem")),
        *("--passphrase-file", str(story / "passphrase.txt")),
        *("--certificates", str(story / "pki/shop.pem")),
        *("--answer-to", "https://till.example/answer"),
    )
    root = "--trust", str(story / "pki/root.pem")
    made = {
        name: str(story / name)
        for name in ("proof", "claims", "card", "state", "request", "answer")
    }
    Path(made["claims"]).write_text(run("types", own, "--example", form).out)
    nonce = "--audience", "https://id.example", "--nonce", "n-0S6_WzA2Mj"
    steps = (
        ("wallet", "prove", *wallet, *nonce, "-o", made["proof"]),
        (
            *("issue", made["claims"], "--type", own, "--format", form, *issuer),
            *("--holder-proof", made["proof"], *nonce),
            *("--valid-until", "2027-01-31T00:00:00Z", "-o", made["card"]),
        ),
        ("wallet", "add", made["card"], *wallet, *root, "--trust-type", own),
        (
            *("request", "--type", own, "--claim", "number", "--purpose", "a book"),
            *("--policy", "retail", *shop, "--save", made["state"], *person),
            *("-o", made["request"]),
        ),
        ("present", made["request"], *wallet, *root, "--yes", "-o", made["answer"]),
        ("verify", made["answer"], "--request", made["state"], *root, *person),
    )
    for step in steps:
        ran = run(*step, "--at", AT)
        assert ran.status == 0, (step[:2], ran)
    assert "0042" in ran.out
