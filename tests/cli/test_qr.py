"""QR codes on the command line: asked, answered, shown, read and judged."""

import json
from pathlib import Path

from idwallet import limits
from idwallet.cli.pocket import open_pocket
from idwallet.codec import b64
from idwallet.codec.pem import read_pem
from idwallet.crypto.signer import StoredKeySigner
from idwallet.trust.certificate import Certificate
from tests.cli.program import AT, Ran, run

SEAL_OF_KEY = ("--passphrase-file", "passphrase.txt")
SEAL = ("--seal-file", "passphrase.txt")


def compact_card(story: Path) -> None:
    """Issue Anna a compact card beside the one she has, and add it."""
    pocket = open_pocket("wallet", seal_file="passphrase.txt")
    key = StoredKeySigner(pocket.keys.create("ES256", None)).public_key
    (story / "holder.jwk").write_text(json.dumps(key.to_jwk()))
    (story / "claims.json").write_text('{"age_over_18": true, "family_name": "Анна"}')
    made = run(
        *("issue", "claims.json", "--type", "national-id"),
        *("--format", "compact", "--key", "pki/issuer-key.pem"),
        *("--passphrase-file", "passphrase.txt"),
        *("--certificates", "pki/issuer.pem", "--holder-key", "holder.jwk"),
        *("--unproven", "a test", "--valid-until", "2026-11-24T20:00:00Z"),
        *("--at", AT, "-o", "compact.txt"),
    )
    assert made.status == 0, made
    added = run(
        *("wallet", "add", "compact.txt", "--wallet", "wallet", *SEAL),
        *("--trust", "pki/root.pem", "--at", AT),
    )
    assert added.status == 0, added


def test_a_till_asks_and_is_answered_by_pictures(story: Path) -> None:
    compact_card(story)
    asked = run(
        *("request", "--age-over", "18", "--format", "compact", "--as", "qr"),
        *("--key", "pki/shop-key.pem", "--passphrase-file", "passphrase.txt"),
        *("--certificates", "pki/shop.pem", "--answer-to", "https://shop.example/a"),
        *("--purpose", "age-restricted sale", "--policy", "retail"),
        *("--save", "till.state", *SEAL, "--at", AT, "-o", "question.txt"),
    )
    assert asked.status == 0, asked
    assert run("qr", "show", "question.txt", "-o", "question.png").status == 0
    assert run("qr", "read", "question.png", "-o", "seen.txt").status == 0
    assert (story / "seen.txt").read_text() == (story / "question.txt").read_text()
    shown = run(
        *("present", "seen.txt", "--wallet", "wallet", *SEAL, "--yes", "--qr"),
        *("--trust", "pki/root.pem", "--at", AT, "-o", "answer.png"),
    )
    assert shown.status == 0, shown
    judge = (
        *("verify", "answer.png", "--qr", "--request", "till.state", *SEAL),
        *("--trust", "pki/root.pem", "--at", AT),
    )
    # Another place remembers that this one, without the chain, was a no.
    bare = run(*judge, "--replay", "elsewhere")
    assert (bare.status, "issuer.trust" in bare.out) == (1, True), bare
    chained = (*judge, "--issuer-certificates", "pki/issuer.pem")
    judged = run(*chained)
    assert judged.status == 0, judged
    assert run(*chained).status == 1
    assert run("verify", "answer.png", "--qr", "--trust", "pki/root.pem").status == 2
    pinned = (*judge[:-4], "--trust", pinned_issuer(story), "--at", AT)
    named = ("--trust-name", "https://issuer.example", "--replay", "again")
    assert run(*pinned, *named).status == 0
    both = (*chained[:-2], "--trust", "issuer.jwks", *named[:2], *chained[-2:])
    told = run(*both, "--replay", "both")
    assert (told.status, "several in the trust store" in told.out) == (1, True), told


def test_a_bundle_brings_the_chains_that_codes_have_no_room_for(story: Path) -> None:
    compact_card(story)
    (story / "bundle.toml").write_text(
        """
        series = "shops"
        sequence = 1
        [[anchors]]
        file = "pki/root.pem"
        purposes = ["issue_credentials"]
        [[certificates]]
        file = "pki/issuer.pem"
        """
    )
    for made in (
        (*("keys", "generate", "--passphrase-file", "passphrase.txt"), "-o", "op.pem"),
        (
            *("trust", "build", "bundle.toml", "--key", "op.pem", "--at", AT),
            *("--passphrase-file", "passphrase.txt", "-o", "shop.bundle"),
        ),
        (
            *("request", "--age-over", "18", "--format", "compact", "--as", "qr"),
            *("--key", "pki/shop-key.pem", "--passphrase-file", "passphrase.txt"),
            *("--certificates", "pki/shop.pem", "--answer-to", "https://shop.example"),
            *("--purpose", "age-restricted sale", "--policy", "retail"),
            *("--save", "till.state", *SEAL, "--at", AT, "-o", "question.txt"),
        ),
        (
            *("present", "question.txt", "--wallet", "wallet", *SEAL, "--yes", "--qr"),
            *("--trust", "pki/root.pem", "--at", AT, "-o", "answer.png"),
        ),
    ):
        ran = run(*made)
        assert ran.status == 0, ran
    shown = run("keys", "show", "op.pem", *SEAL_OF_KEY, "--as", "pem")
    (story / "op.pub").write_text(shown.out)
    operator = ("--operator", "op.pub", "--at", AT)
    told = run("trust", "show", "shop.bundle", *operator)
    assert "by 2 certificates beside the anchors" in told.out
    judged = run(
        *("verify", "answer.png", "--qr", "--request", "till.state", *SEAL),
        *("--trust", "shop.bundle", *operator),
    )
    assert judged.status == 0, judged


def pinned_issuer(story: Path) -> str:
    chain = read_pem((story / "pki/issuer.pem").read_bytes(), at="issuer")
    key = Certificate.from_der(chain[0].der, at="issuer").public_key
    pinned = {"keys": [{**key.to_jwk(), "kid": "issuer"}]}
    (story / "issuer.jwks").write_text(json.dumps(pinned))
    return "issuer.jwks"


PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")


def issue(*more: str, out: str = "made.txt") -> Ran:
    return run(
        *("issue", "claims.json", "--type", "national-id", "--format", "compact"),
        *("--key", "pki/issuer-key.pem", *SEAL_OF_KEY),
        *("--certificates", "pki/issuer.pem", "--holder-key", "holder.jwk"),
        *("--unproven", "a test", "--valid-until", "2026-11-24T20:00:00Z"),
        *("--at", AT, "-o", out, *more),
    )


def test_a_card_for_one_purpose_shows_all_of_it_and_is_smaller(story: Path) -> None:
    compact_card(story)
    (story / "claims.json").write_text('{"age_over_18": true}')
    chosen = json.loads(issue("--json", "--shape", "selective").out)
    alone = json.loads(
        issue("--json", "--shape", "single-purpose", "--force", out="one.txt").out
    )
    assert alone["bytes"] < chosen["bytes"]
    (story / "face.png").write_bytes(PNG)
    pictured = issue(
        *("--shape", "single-purpose", "--picture", "face.png"), out="face.txt"
    )
    assert pictured.status == 0, pictured
    kept = run(
        *("wallet", "add", "face.txt", "--wallet", "wallet", *SEAL),
        *("--trust", "pki/root.pem", "--at", AT),
    )
    assert kept.status == 0, kept
    put_up = run(
        *("request", "standing", "--type", "national-id", "--claim", "portrait"),
        *("--key", "pki/shop-key.pem", *SEAL_OF_KEY),
        *("--certificates", "pki/shop.pem", "--purpose", "a look at the face"),
        *("--policy", "retail", "--save", "till.standing", "--at", AT),
        *("-o", "till.txt"),
    )
    assert put_up.status == 0, put_up
    shown = run(
        *("present", "till.txt", "--wallet", "wallet", *SEAL, "--yes", "--qr"),
        *("--trust", "pki/root.pem", "--at", AT, "-o", "code.png"),
    )
    assert shown.status == 0, shown
    judged = run(
        *("verify", "code.png", "--qr", "--request", "till.standing", "--json"),
        *("--trust", "pki/root.pem", "--issuer-certificates", "pki/issuer.pem"),
        *("--at", AT),
    )
    assert judged.status == 0, judged
    (proven,) = json.loads(judged.out)["credentials"]
    assert b64.decode(proven["claims"]["portrait"], at="portrait") == PNG


def test_what_a_code_holds_is_shown_and_called_unverified(story: Path) -> None:
    compact_card(story)
    card = run("inspect", "compact.txt")
    assert "UNVERIFIED" in card.out
    assert "compact credential" in card.out
    assert "Анна" in card.out
    assert (
        run(
            *("request", "standing", "--age-over", "18", "--till", "till-9"),
            *("--key", "pki/shop-key.pem", *SEAL_OF_KEY),
            *("--certificates", "pki/shop.pem", "--purpose", "a sale"),
            *("--policy", "retail", "--save", "till.standing", "--at", AT),
            *("-o", "till.txt"),
        ).status
        == 0
    )
    till = json.loads(run("inspect", "till.txt", "--json").out)
    assert till["verified"] is False
    (said,) = (e["value"] for e in till["parts"] if e["title"] == "till")
    assert (said["till"], said["purpose"]) == ("till-9", "a sale")
    shown = run(
        *("present", "till.txt", "--wallet", "wallet", *SEAL, "--yes", "--qr"),
        *("--trust", "pki/root.pem", "--at", AT, "-o", "code.txt"),
    )
    assert shown.status == 0, shown
    code = json.loads(run("inspect", "code.txt", "--json").out)
    parts = {each["title"]: each["value"] for each in code["parts"]}
    assert parts["claims"] == {"age_over_18": True}
    assert parts["proof"]["nonce"] == "bound to none"
    assert parts["credential"]["shape"] == "selective"
    (story / "other.txt").write_text("IDW1F:BB8")
    assert "QR code" in run("inspect", "other.txt").out
    (story / "broken.txt").write_text("IDW1P:BB8")
    assert run("inspect", "broken.txt").status == 4


def test_a_picture_is_small_and_of_a_code_alone(story: Path) -> None:
    compact_card(story)
    (story / "large.png").write_bytes(PNG + bytes(limits.COMPACT_PICTURE_BYTES))
    assert issue("--picture", "large.png").status == 4
    (story / "face.png").write_bytes(PNG)
    assert issue("--picture", "face.png").status == 0
    (story / "claims.json").write_text('{"portrait": "AAAA"}')
    twice = issue("--picture", "face.png", "--force")
    assert (twice.status, "which is there" in twice.err) == (2, True)
    for more in (("--shape", "selective"), ("--picture", "face.png")):
        other = issue(*more, "--format", "sd-jwt", "--force")
        assert (other.status, "for a compact credential" in other.err) == (2, True)


def test_a_text_is_shown_as_a_picture_and_read_again(tmp_path: Path) -> None:
    text = tmp_path / "code.txt"
    text.write_text("IDW1P:BB8\nIDW1R:BB8\n")
    picture = tmp_path / "code.png"
    assert run("qr", "show", str(text), "-o", str(picture)).status == 0
    files = [str(tmp_path / f"code-{n}.png") for n in (1, 2)]
    read = run("qr", "read", *files)
    assert read.out.split() == ["IDW1P:BB8", "IDW1R:BB8"]
    told = run("qr", "read", *files, "--json")
    assert json.loads(told.out) == {"codes": ["IDW1P:BB8", "IDW1R:BB8"]}
    vector = tmp_path / "code.svg"
    assert run("qr", "show", str(text), "-o", str(vector)).status == 0
    assert (tmp_path / "code-1.svg").read_bytes().startswith(b"<svg")


def test_a_code_is_drawn_on_the_terminal(tmp_path: Path) -> None:
    text = tmp_path / "code.txt"
    text.write_text("IDW1P:BB8")
    ran = run("qr", "show", str(text))
    assert ran.status == 0
    assert "\u2588" in ran.out


def test_what_is_no_picture_or_no_text_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"\xff\xfe")
    assert run("qr", "read", str(file)).status == 4
    assert run("qr", "show", str(file)).status == 2
    assert run("qr", "read", str(tmp_path / "none.png")).status == 4
