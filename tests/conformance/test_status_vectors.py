"""The encodings and tokens of the Token Status List draft, read in place."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from idwallet.codec import b64
from idwallet.codec.cbor import read_cbor
from idwallet.codec.json import JsonObject, read_object
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import (
    CoseRules,
    TagRule,
    read_cwt,
    read_sign1,
    signature_reason,
)
from idwallet.envelope.jws import read_compact
from idwallet.profiles import HAIP_1_0
from idwallet.report import Reason
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import STRICT
from idwallet.trust.policy import Policy
from idwallet.trust.status_list import (
    FreshnessRule,
    ListContext,
    ListFault,
    ListRefused,
    ListSource,
    StatusKind,
    StatusList,
    StatusListContent,
    evaluate_status_list,
    issue_status_list,
    issue_status_list_cwt,
)
from idwallet.trust.status_list.bitmap import deflate, inflate, pack

pytestmark = pytest.mark.conformance

URI: Final = "https://example.com/statuslists/1"
ISSUED: Final = datetime.fromtimestamp(1686920170, UTC)
CONTENT: Final = StatusListContent(
    uri=URI,
    bits=1,
    array=b"\xb9\xa3",
    expires=datetime.fromtimestamp(2291720170, UTC),
    ttl=timedelta(hours=12),
)
# Which file of set entries belongs to which encoding, and how many entries it has.
ENCODINGS: Final = {
    "status_list_encoding": ("example-status-list-1", 1, 16),
    "status_list_encoding2": ("example-status-list-2", 2, 12),
    "status_list_encoding1_long": ("1-bit-status-list", 1, 1 << 20),
    "status_list_encoding2_long": ("2-bit-status-list", 2, 1 << 20),
    "status_list_encoding4": ("4-bit-status-list", 4, 1 << 20),
    "status_list_encoding8": ("8-bit-status-list", 8, 1 << 20),
}


@pytest.fixture
def folder(vectors: Path) -> Path:
    return vectors / "status/token_status_list"


def _squeezed(path: Path) -> str:
    """Undo the line breaks that the document has inside of one text."""
    return "".join(path.read_text(encoding="ascii").split())


def _behind_label(text: str) -> str:
    """Drop the array in clear that the short encodings show first."""
    return text.rpartition("encoded:")[2]


def _entries(path: Path) -> dict[int, int]:
    text = path.read_text(encoding="ascii")
    return {
        int(index): int(value)
        for index, value in re.findall(r"status\[(\d+)\] ?= ?(\d+)", text)
    }


def _json(folder: Path, name: str) -> JsonObject:
    text = _behind_label(_squeezed(folder / f"{name}_json.md"))
    return read_object(text, at=name)


def _cbor(folder: Path, name: str) -> dict[object, object]:
    text = _behind_label(_squeezed(folder / f"{name}_cbor.md"))
    found = read_cbor(bytes.fromhex(text), at=name)
    assert isinstance(found, dict)
    return dict(found)


def test_every_published_encoding_is_tried(folder: Path) -> None:
    found = {
        re.sub(r"_(json|cbor)$", "", each.stem)
        for each in folder.glob("status_list_encoding*.md")
        if not each.stem.endswith("_diag")
    }
    assert found == set(ENCODINGS)


@pytest.mark.parametrize("name", ENCODINGS)
def test_the_json_encoding_holds_exactly_the_expected_entries(
    name: str, folder: Path
) -> None:
    expected, bits, size = ENCODINGS[name]
    found = _json(folder, name)
    assert found["bits"] == bits
    array = inflate(b64.decode(str(found["lst"]), at="lst"), at="lst")
    entries = _entries(folder / f"expected/{expected}.txt")
    assert array == pack(entries.items(), bits=bits, size=size)


@pytest.mark.parametrize("name", ENCODINGS)
def test_the_cbor_encoding_is_the_same_list(name: str, folder: Path) -> None:
    one, other = _json(folder, name), _cbor(folder, name)
    assert other == {"bits": one["bits"], "lst": b64.decode(str(one["lst"]), at="lst")}


@pytest.mark.parametrize("name", ENCODINGS)
def test_the_list_is_made_again_and_is_no_longer(name: str, folder: Path) -> None:
    stream = b64.decode(str(_json(folder, name)["lst"]), at="lst")
    array = inflate(stream, at="lst")
    made = deflate(array)
    assert inflate(made, at="lst") == array
    assert len(made) <= len(stream)


@pytest.mark.parametrize("name", ["status_list_encoding", "status_list_encoding2"])
def test_the_array_in_clear_is_what_the_short_encoding_holds(
    name: str, folder: Path
) -> None:
    text = (folder / f"{name}_json.md").read_text(encoding="ascii")
    shown = bytes(int(each, 16) for each in re.findall(r"0x([0-9a-f]{2})", text))
    assert shown
    assert inflate(b64.decode(str(_json(folder, name)["lst"]), at=""), at="") == shown


DIAGNOSED: Final = (
    "status_list_encoding_cbor",
    "status_list_encoding2_cbor",
    "status_list_cwt",
    "referenced_token_cwt",
)


@pytest.mark.parametrize("name", DIAGNOSED)
def test_what_is_shown_with_comments_are_the_same_octets(
    name: str, folder: Path
) -> None:
    lines = (folder / f"{name}_diag.md").read_text(encoding="utf-8").splitlines()
    shown = "".join("".join(line.partition("#")[0].split()) for line in lines)
    assert shown == _behind_label(_squeezed(folder / f"{name}.md"))


# --- tokens -------------------------------------------------------------------------


def _jwk(folder: Path) -> JsonObject:
    jwk = json.loads((folder / "example_key.json").read_bytes())
    return {name: value for name, value in jwk.items() if name != "d"}


@pytest.fixture
def store(folder: Path) -> TrustStore:
    anchor = TrustAnchor.from_jwks(
        {"keys": [_jwk(folder)]},
        name="the working group",
        purposes=[Purpose.SIGN_STATUS_LISTS],
        issuer_names=[URI],
    )
    return TrustStore([anchor])


def evaluated(
    token: str | bytes,
    store: TrustStore,
    *,
    at: datetime = ISSUED,
    policy: Policy = STRICT,
) -> StatusList | ListRefused:
    context = ListContext(store, policy, FreshnessRule(), at)
    return evaluate_status_list(token, ListSource(URI), context=context)


def _is_as_published(found: StatusList | ListRefused) -> bool:
    assert isinstance(found, StatusList)
    assert (found.uri, found.bits, found.size) == (URI, 1, 16)
    assert found.issued == ISSUED
    assert found.expires == datetime.fromtimestamp(2291720170, UTC)
    assert found.ttl is not None
    assert found.ttl.total_seconds() == 43200
    revoked = [n for n in range(16) if found.status(n).kind is StatusKind.INVALID]
    return revoked == [0, 3, 4, 5, 7, 8, 9, 13, 15]


def _cwt(folder: Path) -> bytes:
    return bytes.fromhex(_squeezed(folder / "status_list_cwt.md"))


def test_the_published_jwt_is_accepted_under_its_key(
    folder: Path, store: TrustStore
) -> None:
    token = _squeezed(folder / "status_list_jwt_raw.md")
    assert _is_as_published(evaluated(token, store))
    assert _is_as_published(evaluated(token.encode("ascii"), store))


def test_the_published_cwt_is_accepted_under_its_key(
    folder: Path, store: TrustStore
) -> None:
    assert _is_as_published(evaluated(_cwt(folder), store))


def test_the_published_jwt_says_what_is_shown_of_it_and_is_issued_again(
    folder: Path,
) -> None:
    shown = (folder / "status_list_jwt.md").read_text(encoding="ascii")
    parts = re.split(r"^\.$", shown, flags=re.MULTILINE)
    header, claims = map(json.loads, parts)
    token = read_compact(_squeezed(folder / "status_list_jwt_raw.md"), at="")
    assert dict(token.header.parameters) == header
    # What was signed names its issuer too, which the draft dropped from what it shows.
    signed = {**claims, "iss": "https://example.com"}
    assert read_object(token.payload, at="") == signed
    signer = SoftwareSigner.generate(Algorithm.ES256)
    ours = issue_status_list(CONTENT, signer=signer, kid=header["kid"], at=ISSUED)
    made = read_compact(ours, at="")
    assert dict(made.header.parameters) == header
    assert read_object(made.payload, at="") == claims


def test_the_published_cwt_is_issued_again(folder: Path) -> None:
    signer = SoftwareSigner.generate(Algorithm.ES256)
    ours = issue_status_list_cwt(CONTENT, signer=signer, kid=b"12", at=ISSUED)
    rules = CoseRules(TagRule.TAG_OPTIONAL, understood=frozenset({16}))
    theirs, made = (
        read_sign1(each, at="", rules=rules) for each in (_cwt(folder), ours)
    )
    assert made.header.typ == theirs.header.typ
    assert made.kid == theirs.kid
    assert (
        read_cwt(made.payload, at="").claims == read_cwt(theirs.payload, at="").claims
    )


def test_the_tag_of_the_cwt_came_after_the_draft_that_haip_pins(
    folder: Path, store: TrustStore
) -> None:
    # The vectors are signed with a pinned key, which HAIP wants certified.
    drafts = replace(HAIP_1_0, rules=frozenset())
    haip = Policy(name="haip", profile=drafts)
    tagged = evaluated(_cwt(folder), store, policy=haip)
    assert isinstance(tagged, ListRefused)
    assert tagged.fault is ListFault.MALFORMED
    untagged = _cwt(folder).removeprefix(b"\xd2")
    assert _is_as_published(evaluated(untagged, store, policy=haip))
    assert _is_as_published(evaluated(untagged, store))


def test_a_published_token_changed_in_its_signature_is_refused(
    folder: Path, store: TrustStore
) -> None:
    token = _squeezed(folder / "status_list_jwt_raw.md")
    changed = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    for each in (changed, _cwt(folder)[:-1] + b"\0"):
        found = evaluated(each, store)
        assert isinstance(found, ListRefused)
        assert found.fault is ListFault.SIGNATURE_INVALID


def test_a_published_token_is_refused_once_it_has_expired(
    folder: Path, store: TrustStore
) -> None:
    late = datetime.fromtimestamp(2291720170 + 60, UTC)
    for token in (_squeezed(folder / "status_list_jwt_raw.md"), _cwt(folder)):
        found = evaluated(token, store, at=late)
        assert isinstance(found, ListRefused)
        assert found.fault is ListFault.EXPIRED


def test_the_published_referenced_cwt_names_the_list(folder: Path) -> None:
    data = bytes.fromhex(_squeezed(folder / "referenced_token_cwt.md"))
    sign1 = read_sign1(data, at="", rules=CoseRules(TagRule.TAG_OPTIONAL))
    key = PublicKey.from_jwk(_jwk(folder), at="")
    allowed = STRICT.algorithms
    assert signature_reason(sign1, key=key, allowed=allowed) is Reason.VALID
    claims = read_cwt(sign1.payload, at="").claims
    assert claims[65535] == {"status_list": {"idx": 0, "uri": URI}}
