"""Archive timestamps, computed again from another reader's parts, and OpenSSL's word.

asn1crypto cuts the message; the index and the imprint are made here from the text of
EN 319 122-1 5.5.2 and 5.5.3 alone; `openssl ts` verifies the token.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from asn1crypto import cms, core, tsp

from idwallet.documents import CAdES, Level, Packaging
from idwallet.roles.document_signer import DocumentSigner
from idwallet.testing.document_draft import CONTRACT
from tests.differential.test_timestamps_against_openssl import openssl
from tests.unit.documents.archives import raised, renewed, scene

ARCHIVE = "0.4.0.1733.2.4"
INDEX = "0.4.0.19122.1.5"


@dataclass(frozen=True)
class Archived:
    """One archive timestamp of a signature, and what was there before it."""

    token: cms.ContentInfo
    message: cms.SignedData
    signer: cms.SignerInfo
    before: tuple[cms.CMSAttribute, ...]

    @property
    def index(self) -> bytes:
        own = self.token["content"]["signer_infos"][0]["unsigned_attrs"]
        (found,) = (e for e in own if e["type"].dotted == INDEX)
        (value,) = found["values"]
        return bytes(value.dump())

    @property
    def imprint(self) -> bytes:
        info = self.token["content"]["encap_content_info"]["content"].parsed
        assert isinstance(info, tsp.TSTInfo)
        return bytes(info["message_imprint"]["hashed_message"].native)


def archives_of(message: bytes) -> list[Archived]:
    read = cms.ContentInfo.load(message)["content"]
    found = []
    for signer in read["signer_infos"]:
        unsigned = tuple(signer["unsigned_attrs"])
        for n, each in enumerate(unsigned):
            if each["type"].dotted == ARCHIVE:
                (value,) = each["values"]
                token = cms.ContentInfo.load(value.dump())
                found.append(Archived(token, read, signer, unsigned[:n]))
    return found


def sha(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()


def listed(field: core.Asn1Value) -> set[bytes]:
    return {each.native for each in field}


class Octets(core.SequenceOf):
    _child_spec = core.OctetString


class HashIndex(core.Sequence):
    _fields = [  # noqa: RUF012 - as asn1crypto has it
        ("algorithm", cms.DigestAlgorithm),
        ("certificates", Octets),
        ("revocations", Octets),
        ("attributes", Octets),
    ]


def imprint_of(archived: Archived) -> bytes:
    message, signer = archived.message, archived.signer
    kind = message["encap_content_info"]["content_type"].dump()
    fields = ("version", "sid", "digest_algorithm", "signed_attrs")
    parts = [signer[each].dump() for each in (*fields, "signature_algorithm")]
    whole = b"".join((kind, sha(CONTRACT), *parts, signer["signature"].dump()))
    return sha(whole + archived.index)


def attribute_digests(before: tuple[cms.CMSAttribute, ...]) -> set[bytes]:
    return {
        sha(each["type"].dump() + value.dump())
        for each in before
        for value in each["values"]
    }


def several() -> bytes:
    here = scene()
    made = b""
    for who in (here.signer, here.second):
        signer = DocumentSigner(
            CAdES(level=Level.B_T, packaging=Packaging.ENVELOPING),
            signer=who.signer,
            certificates=who.chain,
            authority=here.stamping(0),
        )
        made = signer.sign(CONTRACT, signing_time=here.at, beside=made or None)
    return raised(made, Level.B_LTA)


@pytest.mark.parametrize("make", [renewed, several])
def test_index_and_imprint_are_what_the_standard_says(make: object) -> None:
    assert callable(make)
    found = archives_of(make())
    assert len(found) == 2
    for each in found:
        index = HashIndex.load(each.index, strict=True)
        assert index["algorithm"]["algorithm"].native == "sha256"
        certificates = {sha(e.dump()) for e in each.message["certificates"]}
        revocations = {sha(e.dump()) for e in each.message["crls"]}
        assert listed(index["certificates"]) <= certificates
        assert listed(index["revocations"]) <= revocations
        assert listed(index["attributes"]) == attribute_digests(each.before)
        assert each.imprint == imprint_of(each)
    # The last one is on all that there is.
    last = HashIndex.load(found[-1].index)
    assert len(listed(last["certificates"])) == len(found[-1].message["certificates"])
    assert len(listed(last["revocations"])) == len(found[-1].message["crls"])


@pytest.mark.interop
def test_openssl_verifies_archive_timestamps(tmp_path: Path) -> None:
    here = scene()
    (tmp_path / "root").write_text(here.pki.root_pem)
    for number, (each, by, at) in enumerate(
        zip(archives_of(renewed()), (1, 2), (here.at, here.years(7)), strict=True)
    ):
        place = tmp_path / f"token{number}"
        place.write_bytes(each.token.dump())
        above = here.authorities[by].chain_pem.partition("-----END CERTIFICATE-----\n")
        (tmp_path / "above").write_text(above[2])
        for digest, ok in ((imprint_of(each), True), (sha(b"else"), False)):
            openssl(
                *("ts", "-verify", "-token_in", "-in", str(place)),
                *("-digest", digest.hex(), "-CAfile", str(tmp_path / "root")),
                *("-untrusted", str(tmp_path / "above")),
                *("-attime", str(int(at.timestamp()))),
                ok=ok,
            )
