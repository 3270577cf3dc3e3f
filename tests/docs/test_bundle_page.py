"""The page on trust bundles names what bundles have, and nothing else."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Final

from idwallet.codec.cbor import CborValue, read_cbor
from idwallet.testing.bundle import BundleScene
from idwallet.trust.anchors import Purpose, TrustAnchor
from idwallet.trust.bundle import PartKind, build_manifest
from idwallet.trust.bundle.anchors import write_anchors
from tests.docs.pages import ROOT


@cache
def page() -> str:
    # Read when it is asked for: where only the wheel is tested there are no pages.
    return (ROOT / "docs/reference/bundle.md").read_text(encoding="utf-8")


SCENE: Final = BundleScene(seed=b"idwallet TEST the page on bundles")


def _rule(name: str) -> str:
    """The CDDL of one rule, without its comments."""
    found = re.search(rf"^{name} = (.*?)^(?:\}}|$)", page(), re.MULTILINE | re.DOTALL)
    assert found is not None
    return re.sub(r";[^\n]*", "", found[1])


def _members(name: str) -> set[str]:
    return set(re.findall(r'"(\w+)":', _rule(name)))


def _names(value: CborValue) -> set[str]:
    assert isinstance(value, dict)
    return {str(each) for each in value}


def test_the_page_has_every_member_of_a_manifest_and_of_its_parts() -> None:
    manifest = read_cbor(build_manifest(SCENE.content()), at="manifest")
    assert isinstance(manifest, dict)
    assert _members("manifest") == _names(manifest)
    parts = manifest["parts"]
    assert isinstance(parts, list)
    assert _members("part-entry") == set[str]().union(*map(_names, parts))


def test_the_page_has_every_member_of_an_anchor() -> None:
    at = SCENE.at
    full = replace(
        SCENE.pki.anchor(issuer_names=["https://issuer.example"]),
        key_purposes=frozenset({"1.2.3"}),
        credential_types=frozenset({"urn:example:card"}),
        distrusted_after=at,
        successors=frozenset({b"\1" * 32}),
        fetch_origins=frozenset({"https://status.example"}),
    ).with_validity(since=at, until=at + timedelta(days=1))
    jwk = {**SCENE.stranger.public_key.to_jwk(), "kid": "1"}
    pinned = TrustAnchor.from_jwks(
        {"keys": [jwk]},
        name="pinned",
        purposes=[Purpose.ISSUE_CREDENTIALS],
        issuer_names=["https://library.example"],
    )
    named = TrustAnchor.from_dids(["did:web:shop.example"], name="named")
    written = read_cbor(write_anchors([full, pinned, named]), at="anchors")
    assert isinstance(written, dict)
    listed = written["anchors"]
    assert isinstance(listed, list)
    assert _members("anchor") == set[str]().union(*map(_names, listed))


def test_the_page_has_every_kind_of_part_and_every_purpose() -> None:
    kinds = re.search(r'"kind": +([^,]+),', _rule("part-entry"))
    assert kinds is not None
    assert set(re.findall(r'"(\w+)"', kinds[1])) == {each.value for each in PartKind}
    listed = re.search(r"^purpose = (.*)$", page(), re.MULTILINE)
    assert listed is not None
    assert set(re.findall(r'"(\w+)"', listed[1])) == {each.value for each in Purpose}
