"""Presentations and proofs judged here and by openvc-core, under equal inputs.

Both get the same nonce, audience, query, trust and moment. Every difference stands in
``openvc.toml`` with who is right and by which clause; one that is not listed fails,
and so does a listed one that is gone. openvc-core writes and judges no requests of
OpenID4VP, so those are not compared.

openvc-core wants an `iss` in every SD-JWT VC, so all presentations here have one; that
they may do without is a listed difference of its own. It reads the clock for the
issuer's dates: the moment is pinned there for the time of this test.
"""

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import openvc.proof._verify_common as clock
import pytest
from cryptography import x509
from openvc.errors import OpenvcError
from openvc.openid4vci import verify_credential_request_proofs
from openvc.openid4vp import verify_vp_token
from openvc.status.bitstring import StatusListError
from openvc.status.issue import verify_status_list_token

from idwallet.report import Outcome, Report
from idwallet.testing.corpus import PRESENTATIONS, PROOFS, judge, judge_proof
from idwallet.testing.corpus.disclosures import signs
from idwallet.testing.corpus.proofs import ProofDraft
from idwallet.testing.draft import Draft, draft
from idwallet.testing.scene import Scene

pytestmark = pytest.mark.interop

ISSUER: Final = "https://issuer.example"
PAGE: Final = Path(__file__).with_name("openvc.toml")
ENTRIES: Final[list[dict[str, Any]]] = tomllib.loads(PAGE.read_text("utf-8"))[
    "difference"
]
LISTED: Final = {
    name: (each["ours"], each["theirs"]) for each in ENTRIES for name in each["inputs"]
}
CORPUS: Final = {
    **{f"presentation: {each.name}": each for each in PRESENTATIONS},
    **{f"proof: {each.name}": each for each in PROOFS},
}
Make = Callable[[Scene], Draft | ProofDraft]


def _beside_the_key(**members: str) -> Make:
    return lambda scene: ProofDraft(scene, scene.holder_signer, header={**members})


def _of_w3c(scene: Scene) -> Draft:
    made = _named(draft(scene))
    signs(credentialStatus="none")(made)
    return made


ALSO_VALID: Final[dict[str, Make]] = {
    "presentation: the unchanged credential without iss (valid)": draft,
    "presentation: a claim of W3C credentials (valid)": _of_w3c,
    "proof: a chain of a federation beside the key (valid)": _beside_the_key(
        trust_chain="chain"
    ),
    "proof: an attestation that nobody reads (valid)": _beside_the_key(
        key_attestation="attestation"
    ),
}


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST against openvc")


@pytest.fixture(autouse=True)
def the_moment(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned = SimpleNamespace(time=scene.at.timestamp)
    monkeypatch.setattr(clock, "time", pinned)


def _named(made: Draft) -> Draft:
    made.open_claims = {"iss": ISSUER, **made.open_claims}
    return made


def _word(*, accepted: bool) -> str:
    return "accepted" if accepted else "refused"


def _ours(made: Draft | ProofDraft) -> str:
    report: Report = judge(made) if isinstance(made, Draft) else judge_proof(made)
    return _word(accepted=report.outcome is Outcome.PASSED)


def _theirs(made: Draft | ProofDraft) -> str:
    try:
        if isinstance(made, Draft):
            _show_to_openvc(made)
        else:
            _prove_to_openvc(made)
    except (OpenvcError, json.JSONDecodeError):
        return _word(accepted=False)
    return _word(accepted=True)


def _show_to_openvc(made: Draft) -> None:
    root = x509.load_pem_x509_certificate(made.scene.pki.root_pem.encode())
    verify_vp_token(
        json.loads(made.response()).get("vp_token"),
        dcql_query=made.request.query.to_dcql(),
        nonce=made.request.nonce,
        client_id=made.request.client_id,
        now=made.scene.at,
        x5c_trust_anchors=[root],
        require_status=True,
        resolve_status_list_token=_lists_at_hand(made),
    )


def _lists_at_hand(made: Draft) -> Callable[[str], dict[str, Any]]:
    """Give openvc-core the lists that ours has, judged by its own reader."""
    lists = made.evidence.status_lists if made.evidence is not None else ()
    found = {each.uri: each.token for each in lists}

    def resolve(uri: str) -> dict[str, Any]:
        if uri not in found:
            raise StatusListError("not at hand")
        token = found[uri]
        assert isinstance(token, bytes)
        return verify_status_list_token(
            token.decode("ascii"),
            public_key_jwk=made.scene.issuer_identity.signer.public_key.to_jwk(),
            expected_uri=uri,
            now=made.scene.at,
        )

    return resolve


def _prove_to_openvc(made: ProofDraft) -> None:
    verify_credential_request_proofs(
        {"credential_configuration_id": "pid", "proofs": {"jwt": [made.proof()]}},
        credential_issuer=made.audience,
        check_nonce=lambda nonce: nonce == made.nonce,
        now=made.scene.at,
    )


def _twins(name: str, scene: Scene) -> Iterator[tuple[str, Draft | ProofDraft]]:
    valid, forged = CORPUS[name].twins(scene)
    for each, what in ((valid, f"{name} (valid)"), (forged, name)):
        yield what, _named(each) if isinstance(each, Draft) else each


def _compare(name: str, made: Draft | ProofDraft) -> None:
    found = _ours(made), _theirs(made)
    expected = LISTED.get(name, (found[0], found[0]))
    assert found == expected, name


@pytest.mark.parametrize("name", CORPUS)
def test_over_every_forgery_and_its_twin_the_two_agree_or_the_page_says_who_is_right(
    name: str, scene: Scene
) -> None:
    for what, made in _twins(name, scene):
        _compare(what, made)


@pytest.mark.parametrize("name", ALSO_VALID)
def test_what_only_one_of_the_two_accepts_is_on_the_page(
    name: str, scene: Scene
) -> None:
    assert name in LISTED
    _compare(name, ALSO_VALID[name](scene))


def test_the_page_lists_nothing_unknown_and_nothing_twice() -> None:
    names = [name for each in ENTRIES for name in each["inputs"]]
    assert len(names) == len(set(names))
    twins = {f"{name} (valid)" for name in CORPUS}
    assert set(names) <= CORPUS.keys() | twins | ALSO_VALID.keys()


def test_every_entry_says_who_is_right_and_by_which_clause() -> None:
    for each in ENTRIES:
        assert each.keys() == {"inputs", "ours", "theirs", "right", "clause", "says"}
        assert {each["ours"], each["theirs"]} == {"accepted", "refused"}
        assert each["right"] in {"ours", "theirs", "both"}
        assert "§" in each["clause"]
        assert each["says"].endswith(".")


def test_no_difference_is_left_in_which_they_are_right() -> None:
    assert [each["inputs"] for each in ENTRIES if each["right"] == "theirs"] == []
