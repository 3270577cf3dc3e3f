"""What we sign OpenSSL verifies, and what OpenSSL signs we verify."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cms import (
    CmsPlan,
    CmsWriter,
    digest_content,
    judge_signer,
    read_signed_data,
    with_signers,
)
from idwallet.report import Reason
from idwallet.testing.pki import TestIdentity
from tests.conftest import require_openssl
from tests.unit.envelope.cms.forge import CONTENT, EVERY, identity, judged, pki

# Those that every supported OpenSSL takes in CMS; Ed25519 needs 3.2, ML-DSA 3.5.
KNOWN: Final = (
    Algorithm.ES256,
    Algorithm.ES384,
    Algorithm.ES512,
    Algorithm.RS256,
    Algorithm.PS256,
)


def openssl(*arguments: str, ok: bool = True) -> str:
    require_openssl()
    done = subprocess.run(
        ["openssl", *arguments], check=False, capture_output=True, text=True
    )
    assert (done.returncode == 0) is ok, done.stderr
    return done.stderr


def verify(folder: Path, message: bytes, *, ok: bool = True) -> str:
    """Verify with chain, time and the signing certificate attribute (CAdES)."""
    (folder / "message").write_bytes(message)
    (folder / "content").write_bytes(CONTENT)
    (folder / "root").write_text(pki().root_pem)
    return openssl(
        *("cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any"),
        *("-in", str(folder / "message"), "-content", str(folder / "content")),
        *("-CAfile", str(folder / "root"), "-out", str(folder / "out")),
        *("-attime", str(int(pki().at.timestamp()))),
        ok=ok,
    )


def ours(who: TestIdentity) -> bytes:
    made = CmsWriter(
        CmsPlan(certificates=who.chain),
        public_key=who.signer.public_key,
        algorithm=who.signer.algorithm,
    )
    digest = digest_content([CONTENT], [made.digest])[made.digest]
    to_sign = made.prepare(digest, signing_time=pki().at)
    return made.finish(to_sign, who.signer.sign(to_sign))


@pytest.mark.interop
@pytest.mark.parametrize("algorithm", KNOWN)
def test_openssl_verifies_what_we_sign(algorithm: Algorithm, tmp_path: Path) -> None:
    who = identity(algorithm)
    message = ours(who)
    verify(tmp_path, message)
    assert (tmp_path / "out").read_bytes() == CONTENT
    forged = bytearray(message)
    forged[-1] ^= 1
    assert "failure" in verify(tmp_path, bytes(forged), ok=False).lower()


@pytest.mark.interop
def test_openssl_verifies_every_signer_of_a_joined_message(tmp_path: Path) -> None:
    one, two = identity(), identity(Algorithm.PS256, name="https://second.example")
    both = with_signers(
        read_signed_data(ours(one), at="one"), read_signed_data(ours(two), at="two")
    )
    verify(tmp_path, both)
    found = read_signed_data(both, at="both")
    assert judged(found, one).is_valid
    assert judged(found, two, n=1).is_valid


def theirs(folder: Path, who: TestIdentity, *options: str) -> bytes:
    (folder / "content").write_bytes(CONTENT)
    (folder / "chain").write_text(who.chain_pem)
    signer = who.signer
    assert isinstance(signer, SoftwareSigner)
    (folder / "key").write_text(signer.to_encrypted_pem(b"a test passphrase"))
    padding = ("-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:digest")
    openssl(
        *("cms", "-sign", "-binary", "-outform", "DER", "-md", digest_of(who)),
        *("-in", str(folder / "content"), "-out", str(folder / "message")),
        *("-signer", str(folder / "chain"), "-inkey", str(folder / "key")),
        *("-passin", "pass:a test passphrase"),
        *(padding if signer.algorithm is Algorithm.PS256 else ()),
        *options,
    )
    return (folder / "message").read_bytes()


def digest_of(who: TestIdentity) -> str:
    return {Algorithm.ES384: "sha384", Algorithm.ES512: "sha512"}.get(
        who.signer.algorithm, "sha256"
    )


@pytest.mark.interop
@pytest.mark.parametrize("algorithm", KNOWN)
def test_we_verify_what_openssl_signs(algorithm: Algorithm, tmp_path: Path) -> None:
    who = identity(algorithm)
    found = read_signed_data(theirs(tmp_path, who, "-cades"), at="theirs")
    assert judged(found, who).is_valid
    assert judged(found, who, content=b"other").content is Reason.INTEGRITY_MISMATCH


@pytest.mark.interop
@pytest.mark.parametrize("options", [("-nodetach", "-stream"), ("-nodetach", "-indef")])
def test_we_verify_what_openssl_streams_in_ber(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    who = identity()
    message = theirs(tmp_path, who, "-cades", *options)
    assert message.startswith(b"\x30\x80")
    found = read_signed_data(message, at="theirs")
    assert found.content == CONTENT
    assert judged(found, who).is_valid


@pytest.mark.interop
def test_we_verify_a_signer_that_names_its_key(tmp_path: Path) -> None:
    who = identity()
    message = theirs(tmp_path, who, "-cades", "-keyid", "-nodetach")
    found = read_signed_data(message, at="theirs")
    assert found.signers[0].sid == who.certificate.subject_key_id
    assert judged(found, who).is_valid


@pytest.mark.interop
def test_a_signature_without_attributes_is_the_one_that_we_refuse(
    tmp_path: Path,
) -> None:
    # OpenSSL verifies it. Nothing in it says whether it was meant as one.
    who = identity()
    found = read_signed_data(theirs(tmp_path, who, "-noattr"), at="theirs")
    judgement = judge_signer(
        found.signers[0],
        key=who.signer.public_key,
        certificate=who.chain[0],
        digest=None,
        content_type=found.content_type,
        allowed=EVERY,
    )
    assert judgement.signature is Reason.ABSENT
