"""Each command prints one JSON document when it is asked to."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.program import AT, run

ROOT: Final = ("--trust", "pki/root.pem")
SEAL: Final = ("--seal-file", "passphrase.txt")
SECRET: Final = ("--passphrase-file", "passphrase.txt")
AS_OF: Final = ("--at", AT)
SHOP: Final = (
    *("--key", "pki/shop-key.pem", *SECRET, *SEAL, "--policy", "retail"),
    *("--answer-to", "https://till.example/a", "--purpose", "a sale", *AS_OF),
)
ISSUER: Final = (
    *("--vct", "urn:eudi:pid:1", "--key", "pki/issuer-key.pem", *SECRET),
    *("--certificates", "pki/issuer.pem", *AS_OF),
    *("--valid-until", "2027-01-01T00:00:00Z"),
)


def document(*arguments: str, status: int = 0, stdin: bytes = b"") -> Any:
    ran = run(*arguments, "--json", stdin=stdin)
    assert ran.status == status, ran
    return json.loads(ran.out)


def test_a_verdict_and_what_it_proved(story: Path) -> None:
    verify = ("verify", "response.txt", "--request", "request.state", *ROOT, *SEAL)
    passed = document(*verify, *AS_OF)
    assert passed["report"]["outcome"] == "passed"
    (proven,) = passed["credentials"]
    assert proven["issuer"] == "https://id.example"
    assert proven["valid_until"] == "2027-02-22T12:00:00Z"
    assert proven["claims"]["age_equal_or_over"] == {"18": True}
    assert "family_name" not in proven["claims"]
    failed = document(*verify, *AS_OF, status=1)
    assert failed["report"]["outcome"] == "failed"
    assert failed["credentials"] == []


def test_a_report_in_a_file_is_the_one_that_is_printed(story: Path) -> None:
    verify = ("verify", "response.txt", "--request", "request.state", *ROOT, *SEAL)
    printed = document(*verify, *AS_OF, "--report", "report.json")
    kept = json.loads((story / "report.json").read_text("utf-8"))
    assert kept == printed["report"]


@pytest.mark.parametrize("output", [(), ("-o", "card")])
def test_an_issued_credential(output: tuple[str, ...], story: Path) -> None:
    issued = document(
        *("issue", "person.json", *ISSUER, "--decoys", "3", *output),
        *("--holder-key", "pki/shop.pem", "--unproven", "a test"),
    )
    raw = issued.get("credential") or (story / "card").read_text().strip()
    assert issued["bytes"] == len(raw)
    assert issued["format"] == "dc+sd-jwt"


@pytest.mark.parametrize("output", [(), ("-o", "proof")])
def test_a_proof_names_its_key(story: Path, output: tuple[str, ...]) -> None:
    asked = ("--wallet", "w", "--audience", "https://id.example", "--nonce", "n1")
    made = document("wallet", "prove", *asked, *SEAL, *AS_OF, *output)
    assert len(made["thumbprint"]) == 43
    proof = made.get("proof") or (story / "proof").read_text().strip()
    assert proof.count(".") == 2


def test_a_proof_for_another_is_refused_with_its_report(story: Path) -> None:
    proof = ("--audience", "https://id.example", "--nonce", "n1")
    made = run("wallet", "prove", "--wallet", "w", *proof, *SEAL, *AS_OF, "-o", "proof")
    assert made.status == 0
    given = ("--holder-proof", "proof", "--audience", "https://id.example")
    refused = document(
        *("issue", "person.json", *ISSUER, *given, "--nonce", "n2"), status=1
    )
    assert refused["report"]["outcome"] == "failed"
    document("issue", "person.json", *ISSUER, *given, "--nonce", "n1")


def test_a_request_and_its_answer(story: Path) -> None:
    asked = document(
        *("request", "--age-over", "18", *SHOP, "--certificates", "pki/shop.pem"),
        *("--client-id-prefix", "x509_san_dns", "--save", "s", "--as", "uri"),
    )
    assert asked["client_id"] == "x509_san_dns:till.example"
    assert asked["expires"] == "2026-11-24T12:05:00Z"
    assert asked["request"].startswith("openid4vp://?client_id=")
    shown = document(
        *("present", "-", "--wallet", "wallet", *ROOT, *SEAL, *AS_OF, "--yes"),
        *("--as", "json"),
        stdin=asked["request"].encode(),
    )
    assert shown["shown"][0]["claims"] == ["/age_equal_or_over/18"]
    assert "/age_equal_or_over/18" in shown["shown"][0]["reveals"]
    assert "/age_equal_or_over/18" not in shown["shown"][0]["more_than_asked"]
    assert shown["asked_by"]["client_id"] == "x509_san_dns:till.example"
    assert shown["send_to"] == "https://till.example/a"
    judged = document(
        *("verify", "-", "--request", "s", *ROOT, *SEAL, *AS_OF, "--replay", "used"),
        stdin=shown["response"].encode(),
    )
    assert judged["report"]["outcome"] == "passed"


def test_results_in_files_leave_the_document_without_them(story: Path) -> None:
    asked = document(
        *("request", "--age-over", "18", *SHOP, "--certificates", "pki/shop.pem"),
        *("--save", "s", "--as", "jwt", "-o", "asked"),
    )
    assert asked["file"] == "asked"
    assert (story / "asked").read_text().count(".") == 2
    held = document("wallet", "list", "--wallet", "wallet", *SEAL)
    (name,) = (each["name"] for each in held["credentials"])
    shown = document(
        *("present", "asked", "--wallet", "wallet", *ROOT, *SEAL, *AS_OF, "--yes"),
        *("-o", "answer", "--credential", name),
    )
    assert shown["file"] == "answer"
    assert shown["shown"][0]["credential"] == name


def test_what_a_wallet_lacks_is_named_by_its_path(story: Path) -> None:
    query = {
        "credentials": [
            {
                "id": "pid",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["urn:eudi:pid:1"]},
                "claims": [
                    {"path": ["email"]},
                    {"path": ["given_name"], "values": ["Nobody"]},
                ],
            },
            {
                "id": "student",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["urn:example:student"]},
            },
        ]
    }
    (story / "query.json").write_text(json.dumps(query))
    ask = ("request", "--query", "query.json", *SHOP, "--certificates", "pki/shop.pem")
    assert run(*ask, "--save", "s", "-o", "asked").status == 0
    present = ("present", "asked", "--wallet", "wallet", *ROOT, *SEAL, *AS_OF, "--yes")
    answer = document(*present, status=1)
    (nearest,) = answer["nearest"]
    assert nearest["missing"] == ["/email"]
    assert nearest["differing"] == ["/given_name"]
    told = run(*present)
    assert "it lacks E-mail" in told.err or "it lacks" in told.err
    assert "It holds nothing of the kind “student”." in told.err


def test_a_forged_credential_is_not_kept(story: Path) -> None:
    add = ("wallet", "add", "card.sdjwt", "--wallet", "wallet", *ROOT, *SEAL)
    kept = document(*add, *AS_OF)
    assert kept["sealed_bytes"] > 40_000
    card = (story / "card.sdjwt").read_text()
    head, tilde, rest = card.partition("~")
    forged = head[:-2] + ("AA" if head[-2:] != "AA" else "BB") + tilde + rest
    (story / "forged").write_text(forged)
    refused = document("wallet", "add", "forged", *add[3:], *AS_OF, status=1)
    assert refused["report"]["outcome"] == "failed"


def test_a_verifier_whose_key_is_pinned(story: Path) -> None:
    shown = document("keys", "show", "pki/shop.pem")
    assert shown["algorithms"] == ["ES256"]
    keys = {"keys": [{**shown["jwk"], "kid": "till"}]}
    (story / "keys.json").write_text(json.dumps(keys))
    asked = document(
        *("request", "--age-over", "18", *SHOP, "--client-id", "till-7"),
        *("--save", "s", "-o", "asked"),
    )
    assert asked["client_id"] == "till-7"
    wallet = ("--wallet", "wallet", *SEAL, *AS_OF, "--yes")
    ran = run(
        *("present", "asked", *wallet, "-o", "answer"),
        *("--trust", "keys.json", "--trust-name", "till-7"),
    )
    assert ran.status == 0, ran
    assert run("present", "asked", *wallet, *ROOT).status == 1


def test_a_made_key(story: Path) -> None:
    made = document("keys", "generate", "--algorithm", "EdDSA", *SECRET)
    assert made["algorithm"] == "EdDSA"
    made = document("keys", "generate", *SECRET, "-o", "key.pem")
    shown = document("keys", "show", "key.pem", *SECRET)
    assert shown["thumbprint"] == made["thumbprint"]
    assert run("keys", "show", "file:key.pem", *SECRET, "--as", "jwk").status == 0
    pem = (story / "key.pem").read_bytes()
    issued = run(
        *("issue", "person.json", *ISSUER, "--key", "-"),
        *("--holder-key", "pki/shop.pem", "--unproven", "a test"),
        stdin=pem,
    )
    assert issued.status == 2
    assert "the first certificate holds another key" in issued.err


def test_the_checks(story: Path) -> None:
    assert "presentation.query" in document("explain")["checks"]
    told = document("explain", "presentation.query", "--lang", "ru")
    assert told["reasons"]["answered"]["outcome"] == "passed"
