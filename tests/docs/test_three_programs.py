"""The three programs that the library was designed for run as they were written.

The page holds them to the letter; where the design itself is at hand, the page is
compared with it. A test supplies the names that a program leaves open, and no other.
"""

import os
import re
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest import mock

import pytest

import idwallet
from idwallet import (
    Algorithm,
    FileBundleState,
    Holder,
    Purpose,
    SdJwtVc,
    SealKey,
    SoftwareKeyStore,
    SoftwareSigner,
    StoredKeySigner,
    TrustStore,
    make_proof,
    now,
    testing,
    verify_presentation,
)
from idwallet.adapters import MemoryStore
from idwallet.codec.pem import write_pem
from idwallet.consent import EntryKind
from idwallet.report import StatusListNeeded
from idwallet.testing import Contract, Scene, TestPki, TestServices
from idwallet.trust import BundleContent, BundlePart, build_bundle
from tests.docs.pages import ROOT, Page, python_path
from tests.docs.softhsm import MODULE, keep, new_token

PAGE: Final = Page(ROOT / "docs/tutorial/three-programs.md")
TILL, MESSENGER, CI = range(3)
WEEK: Final = timedelta(days=7)
PIN: Final = "1234"

_BLOCK: Final = re.compile(r"^```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def program(number: int) -> str:
    return [each.body for each in PAGE.blocks()][number]


def test_the_page_holds_the_programs_as_they_were_designed(vectors: Path) -> None:
    design = vectors.parent / "DESIGN.md"
    if not design.is_file():
        pytest.skip("shared vectors absent, and the design beside them")
    text = design.read_text(encoding="utf-8")
    section = text[text.index("## 1.") : text.index("## 2.")]
    assert [program(each) for each in (TILL, MESSENGER, CI)] == _BLOCK.findall(section)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Programs run in an empty folder; what they set in the environment is theirs."""
    monkeypatch.chdir(tmp_path)
    with mock.patch.dict(os.environ):
        yield


def run(number: int, names: dict[str, Any]) -> dict[str, Any]:
    """Run a program with the public names, `Path`, and what it leaves open."""
    public = {each: getattr(idwallet, each) for each in idwallet.__all__}
    assert not names.keys() & public
    names |= public | {"Path": Path}
    exec(compile(program(number), PAGE.name, "exec"), names)  # noqa: S102 - our own page
    return names


def bundle(scene: TestPki, *, purposes: Any = Purpose, at: datetime) -> tuple[Any, Any]:
    """Return a bundle that believes the root, and the key of its operator."""
    operator = SoftwareSigner.generate(Algorithm.ES256)
    anchor = scene.anchor(purposes=purposes)
    content = BundleContent(
        series="shops",
        sequence=1,
        issued=at,
        next_update=at + WEEK,
        parts=[BundlePart.of_anchors([anchor], name="roots", as_of=at)],
    )
    return build_bundle(content, signer=operator), operator.public_key


# --- a till ---------------------------------------------------------------------------


def sell(scene: Scene, *, answer: Any) -> list[tuple[str, Any]]:
    """Run the till's program; return what it did about the verdict."""
    done: list[tuple[str, Any]] = []
    data, key = bundle(scene.pki, at=now().replace(microsecond=0))
    Path("shop.bundle").write_bytes(data)
    who = scene.pki.reader("till.example")
    names: dict[str, Any] = {
        "OPERATOR_KEY": key,
        "bundle_state": FileBundleState("shop.bundle.state"),
        "signer": who.signer,
        "chain": who.chain,
        "verifier_key": SealKey.generate(secrets.token_bytes),
        "call_supervisor": lambda told: done.append(("supervisor", told)),
        "refuse": lambda told: done.append(("refused", told)),
        "open_gate": lambda: done.append(("opened", None)),
        "send": lambda link: names.update(response=answer(link)),
    }
    run(TILL, names)
    restored = names["verifier"].restore(names["saved"], names["verifier_key"])
    assert restored.message == names["request"].message
    return done


def shown(till: Scene, *, by: Scene, content: SdJwtVc | None = None) -> Any:
    """Return what answers the till's request with a card that `by` issued."""
    wallet = Holder(
        store=MemoryStore(),
        seal=SealKey(bytes(32)),
        keys=by.keys,
        trust=TrustStore([each.pki.anchor() for each in {till, by}]),
    )
    wallet.add(by.issue(content), at=now())

    def answer(link: str) -> str:
        asked = wallet.read_request(link, at=now())
        return wallet.present(asked, wallet.match(asked).choose(), at=now()).body

    return answer


def test_the_till_opens_for_who_is_of_age() -> None:
    scene = Scene(at=now())
    assert sell(scene, answer=shown(scene, by=scene)) == [("opened", None)]


def test_the_till_refuses_a_card_of_ones_own_making_and_says_why_in_russian() -> None:
    ((what, told),) = sell(
        till := Scene(at=now()), answer=shown(till, by=Scene(at=now()))
    )
    assert what == "refused"
    assert "издател" in str(told)


def test_the_till_calls_the_supervisor_for_what_it_cannot_know() -> None:
    scene = Scene(at=now())
    listed = StatusListNeeded("https://id.example/status/1", 7)
    card = SdJwtVc(vct="urn:eudi:pid:1", claims=testing.test_claims(), status=listed)
    ((what, told),) = sell(scene, answer=shown(scene, by=scene, content=card))
    assert what == "supervisor"
    assert "отозван" in str(told)


# --- a messenger --------------------------------------------------------------------


def test_the_messenger_issues_by_a_token_and_shows_what_was_chosen() -> None:
    scene = Scene(at=now())
    new_token("gov", pin=PIN)
    who = scene.pki.issuer("https://gov.example")
    pem = who.signer.to_encrypted_pem(b"a test passphrase")
    keep(pem, "a test passphrase", token="gov", pin=PIN, label="ds-2026")
    os.environ["PKCS11_MODULE_PATH"] = MODULE
    url, nonce = "https://gov.example/issue", secrets.token_urlsafe(16)
    seal_key = SealKey.generate(secrets.token_bytes)
    key_store = SoftwareKeyStore("keys", seal_key)
    signer = StoredKeySigner(key_store.create("ES256", None))
    asking = scene.request()
    names: dict[str, Any] = {
        "pin": lambda _: PIN,
        "chain": who.chain,
        "proof": make_proof(signer, audience=url, nonce=nonce, at=now()),
        "ISSUER_URL": url,
        "nonce": nonce,
        "claims": testing.test_claims(),
        "until": now() + WEEK,
        "seal_key": seal_key,
        "key_store": key_store,
        "trust": scene.trust,
        "raw": asking.message.to_json(),
        "user_choice": {},
    }
    run(MESSENGER, names)
    response, wallet = names["response"], names["wallet"]
    verified = verify_presentation(
        response.body, request=asking, trust=scene.trust, at=now()
    )
    assert verified.age_over(18) is True
    assert response.send_to == asking.response_uri
    (happened,) = wallet.history()
    assert happened.entry.kind is EntryKind.SHOWN


# --- a pipeline ---------------------------------------------------------------------

DAY: Final = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
CLOCK: Final = f"""\
import datetime, sys
from idwallet.adapters import clock
clock.now = lambda: datetime.datetime({DAY.year}, {DAY.month}, {DAY.day}, {DAY.hour},
                                      tzinfo=datetime.UTC)
from idwallet.cli import main
sys.exit(main())
"""


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A job's folder: a key on a token, a contract, and services on this machine."""
    new_token("ci", pin=PIN)
    with TestServices(TestPki(at=DAY)) as services:
        who = services.document_signer()
        pem = who.signer.to_encrypted_pem(b"a test passphrase")
        keep(pem, "a test passphrase", token="ci", pin=PIN, label="release")
        Path("pin").write_text(f"{PIN}\n")
        Path("chain.pem").write_text(who.chain_pem + services.pki.root_pem)
        Path("contract.pdf").write_bytes(Contract().file().data)
        data, key = bundle(services.pki, at=DAY)
        Path("eu.bundle").write_bytes(data)
        Path("operator.pem").write_text(write_pem("PUBLIC KEY", key.spki))
        Path("bin").mkdir()
        command = shlex.join([sys.executable, "-W", "error", "-c", CLOCK])
        Path("bin/idwallet").write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        Path("bin/idwallet").chmod(0o755)
        yield {
            **os.environ,
            **python_path(),
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "PKCS11_MODULE_PATH": MODULE,
            "IDWALLET_PRIVATE_HOSTS": "127.0.0.1",
            "TSA": services.tsa,
        }


def shell(line: str, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line],
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.loopback
def test_the_pipeline_signs_verifies_and_ends_as_its_last_line_says(
    pipeline: dict[str, str],
) -> None:
    *commands, statuses = program(CI).splitlines()
    sign, verify = (each.removeprefix("$ ") for each in commands)
    signed = shell(sign, pipeline)
    assert signed.returncode == 0, signed.stderr
    assert PIN not in signed.stdout + signed.stderr
    ends = dict(re.findall(r"(\d) (\w+)", statuses))
    assert list(ends) == list("01234")

    def ended(line: str) -> int:
        Path("report.json").unlink(missing_ok=True)
        return shell(line, pipeline).returncode

    assert ended(verify) == 0
    assert '"outcome":"passed"' in Path("report.json").read_text().replace(" ", "")
    # Nobody pinned: the command means nothing.
    assert ended(verify.replace("--operator operator.pem", "")) == 2
    # The bundle is long over: nobody knows.
    assert ended(verify.replace("2026-11-24", "2027-11-24")) == 3
    assert ended(verify.replace("signed.pdf", "nothing.pdf")) == 4
    data = Path("signed.pdf").read_bytes()
    Path("signed.pdf").write_bytes(data.replace(b"%PDF-1.", b"%PDF-2.", 1))
    assert ended(verify) == 1
