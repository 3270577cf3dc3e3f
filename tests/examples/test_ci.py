"""The ready jobs of `examples/ci` sign and verify a release, step by step."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from idwallet import now
from idwallet.testing.loopback import TestServices
from idwallet.testing.pki import TestPki
from tests.docs.pages import python_path

pytestmark = pytest.mark.loopback
CI: Final = Path(__file__).resolve().parents[2] / "examples/ci"
PASSPHRASE: Final = "a passphrase for tests"
FILES: Final = {"release-1.0.whl": b"a wheel", "release-1.0.tar.gz": bytes(5000)}


@dataclass(frozen=True)
class Job:
    """What a job runs to sign and to verify, and whether its secrets are files."""

    name: str
    sign: str
    verify: str
    has_files: bool


def _read(name: str) -> Any:
    return yaml.safe_load((CI / name).read_text(encoding="utf-8"))


def github() -> Job:
    steps = _read("github-release.yml")["jobs"]["sign"]["steps"]
    runs = {each["name"]: each.get("run", "") for each in steps}
    assert list(runs).index("Sign") < list(runs).index("Verify")
    return Job("GitHub", runs["Sign"], runs["Verify"], has_files=False)


def gitlab() -> Job:
    made, *signing, verifying = _read("gitlab-release.yml")["sign"]["script"]
    return Job("GitLab", "\n".join((made, *signing)), verifying, has_files=True)


@pytest.fixture(params=[github, gitlab], ids=["GitHub", "GitLab"])
def job(request: pytest.FixtureRequest) -> Job:
    found: Job = request.param()
    return found


@pytest.fixture
def services() -> Iterator[TestServices]:
    with TestServices(TestPki(at=now().replace(microsecond=0))) as found:
        yield found


@pytest.fixture
def release(tmp_path: Path, services: TestServices) -> Path:
    """A folder as the job finds it when the release is built."""
    who = services.document_signer()
    (tmp_path / "dist").mkdir()
    for name, content in FILES.items():
        (tmp_path / "dist" / name).write_bytes(content)
    (tmp_path / "release-chain.pem").write_text(who.chain_pem)
    (tmp_path / "release-roots.pem").write_text(services.pki.root_pem)
    for folder in ("bin", "runner"):
        (tmp_path / folder).mkdir()
    program = "import sys; from idwallet.cli import main; sys.exit(main())"
    command = shlex.join([sys.executable, "-W", "error", "-c", program])
    shim = tmp_path / "bin/idwallet"
    shim.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    shim.chmod(0o755)
    key = who.signer.to_encrypted_pem(PASSPHRASE.encode())
    (tmp_path / "runner/key.pem").write_text(key)
    (tmp_path / "runner/passphrase").write_text(PASSPHRASE + "\n")
    return tmp_path


def ran(script: str, folder: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, **python_path(), "RUNNER_TEMP": str(folder / "runner"), **more}
    env["PATH"] = f"{folder / 'bin'}:{env['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )


def signed(job: Job, release: Path, services: TestServices) -> None:
    """Run the step that signs, which must leave no secret behind."""
    secrets = {name: release / "runner" / name for name in ("key.pem", "passphrase")}
    given = {
        name: str(path) if job.has_files else path.read_text().strip()
        for name, path in secrets.items()
    }
    if not job.has_files:
        for path in secrets.values():
            path.unlink()
    done = ran(
        job.sign,
        release,
        RELEASE_KEY=given["key.pem"],
        RELEASE_PASSPHRASE=given["passphrase"],
        TSA_URL=services.tsa,
        EVIDENCE_ORIGIN=services.origin,
        IDWALLET_PRIVATE_HOSTS="127.0.0.1",
    )
    assert done.returncode == 0, done.stderr
    assert PASSPHRASE not in done.stdout + done.stderr
    if not job.has_files:
        assert list((release / "runner").iterdir()) == []


def test_a_release_is_signed_and_verified_and_a_changed_one_stops_the_job(
    job: Job, release: Path, services: TestServices
) -> None:
    signed(job, release, services)
    names = {each.name for each in (release / "signed").iterdir()}
    assert names == {f"{name}.p7s" for name in FILES}
    done = ran(job.verify, release)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Verdict: passed.") == len(FILES)
    reports = {f"{name}.p7s.json" for name in FILES}
    assert {each.name for each in (release / "signed").iterdir()} == names | reports
    for name in reports:
        (release / "signed" / name).unlink()
    # The first of them is changed: the job stops there, whatever comes after it.
    first = min(FILES)
    with (release / "dist" / first).open("ab") as file:
        file.write(b".")
    done = ran(job.verify, release)
    assert done.returncode == 1
    assert "Verdict: failed." in done.stdout
    assert "Verdict: passed." not in done.stdout
    # Nothing passes for want of a signature.
    (release / "signed" / f"{first}.p7s").unlink()
    (release / "signed" / f"{first}.p7s.json").unlink()
    assert ran(job.verify, release).returncode == 4
