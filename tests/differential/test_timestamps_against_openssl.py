"""OpenSSL makes timestamps that we believe, and believes those that we judge good."""

import secrets
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.testing.authorities import timestamp_authority
from idwallet.testing.pki import TestIdentity, TestPki
from idwallet.testing.tsa import TestTsa
from idwallet.trust.timestamp import (
    ProvenTime,
    TimestampRequest,
    TimestampRules,
    judge_timestamp,
)
from tests.conftest import require_openssl
from tests.unit.trust.timestamp.scene import DIGEST, RULES, pki

CONFIGURATION = """
[tsa]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/leaf
certs = {folder}/above
signer_key = {folder}/key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1, millisecs:500
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {alg}
"""


def openssl(*arguments: str, ok: bool = True) -> str:
    require_openssl()
    done = subprocess.run(
        ["openssl", *arguments], check=False, capture_output=True, text=True
    )
    assert (done.returncode == 0) is ok, done.stderr
    return done.stderr + done.stdout


def verify(folder: Path, answer: bytes, request: bytes, *, ok: bool = True) -> str:
    (folder / "answer").write_bytes(answer)
    (folder / "request").write_bytes(request)
    (folder / "root").write_text(pki().root_pem)
    return openssl(
        *("ts", "-verify", "-in", str(folder / "answer")),
        *("-queryfile", str(folder / "request"), "-CAfile", str(folder / "root")),
        *("-attime", str(int(pki().at.timestamp()))),
        ok=ok,
    )


@pytest.mark.interop
@pytest.mark.parametrize("algorithm", [Algorithm.ES256, Algorithm.RS256])
def test_openssl_verifies_the_timestamps_of_our_authority(
    algorithm: Algorithm, tmp_path: Path
) -> None:
    who = TestTsa(pki(), identity=timestamp_authority(pki(), algorithm=algorithm))
    one, two = (
        TimestampRequest.over(DIGEST, random=secrets.token_bytes) for _ in range(2)
    )
    answer = who.stamp(one.der)
    assert "OK" in verify(tmp_path, answer, one.der)
    assert "nonce mismatch" in verify(tmp_path, answer, two.der, ok=False)


def theirs(folder: Path, who: TestIdentity, *, alg: str, request: bytes) -> bytes:
    (folder / "request").write_bytes(request)
    leaf, *above = who.chain_pem.split("-----END CERTIFICATE-----\n")[:-1]
    end = "-----END CERTIFICATE-----\n"
    (folder / "leaf").write_text(leaf + end)
    (folder / "above").write_text("".join(each + end for each in above))
    (folder / "key").write_text(who.signer.to_encrypted_pem(b"a test passphrase"))
    (folder / "serial").write_text("01")
    text = CONFIGURATION.format(folder=folder, alg=alg)
    (folder / "tsa.cnf").write_text(text)
    openssl(
        *("ts", "-reply", "-queryfile", str(folder / "request")),
        *("-config", str(folder / "tsa.cnf"), "-section", "tsa"),
        *("-passin", "pass:a test passphrase", "-out", str(folder / "answer")),
    )
    return (folder / "answer").read_bytes()


@pytest.mark.interop
@pytest.mark.parametrize("alg", ["sha1", "sha256"])
def test_we_believe_a_timestamp_that_openssl_made(alg: str, tmp_path: Path) -> None:
    now = datetime.now(UTC)  # OpenSSL stamps no other moment
    own = TestPki(at=now)
    request = TimestampRequest.over(DIGEST, random=secrets.token_bytes)
    answer = theirs(tmp_path, timestamp_authority(own), alg=alg, request=request.der)
    token = request.read_answer(answer)
    assert token.info.accuracy == timedelta(seconds=1.5)
    found = judge_timestamp(
        token, digest=DIGEST, trust=own.store(), rules=RULES, at=now
    )
    assert isinstance(found, ProvenTime)
    assert abs(found.moment - now) < timedelta(minutes=1)
    rsa = TimestampRules(algorithms=DEFAULT_ALGORITHMS - {Algorithm.ES256})
    again = judge_timestamp(token, digest=DIGEST, trust=own.store(), rules=rsa, at=now)
    assert not isinstance(again, ProvenTime)
