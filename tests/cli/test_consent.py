"""The person agrees to a list of everything that will be seen."""

from collections.abc import Mapping

import pytest

from idwallet.cli.consent import consent_lines
from idwallet.cli.words import Speech
from idwallet.codec.json import JsonValue
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc, Shape
from idwallet.credentials.sdjwt.metadata import Disclosability
from idwallet.testing.scene import Scene

SCENE = Scene(seed=b"idwallet TEST consent")
CARD = "urn:example:card"
CLAIMS: Mapping[str, JsonValue] = {
    "number": "7",
    "address": {"home": "DE", "lines": ["first", "second"]},
    "roles": ["reader", {"of": "club"}, []],
}
ALONG = Speech("en").say("consent.along")
ALWAYS = Speech("en").say("consent.always")


def lines(
    *path: str | int | None,
    shape: Shape = Shape.RECURSIVE,
    disclosure: Mapping[ClaimPath, Disclosability] | None = None,
) -> list[str]:
    """What is agreed to when the claim at `path` is asked for: its headings too."""
    card = SdJwtVc(CARD, claims=CLAIMS, shape=shape, disclosure=disclosure or {})
    wallet = SCENE.new_wallet()
    wallet.add(SCENE.issue(card), at=SCENE.at)
    request = SCENE.request(Query.claims(CARD, path))
    asked = wallet.read_request(request.message.raw, at=SCENE.at)
    choice = wallet.match(asked, at=SCENE.at).choose()
    told = list(consent_lines(choice, Speech("en")))
    return [each for each in told if each in (ALONG, ALWAYS) or each.startswith("  -")]


@pytest.mark.parametrize("shape", Shape)
def test_what_goes_along_with_a_claim_is_listed_apart(shape: Shape) -> None:
    along = [ALONG, "  - address/lines: first, second"]
    assert lines("address", "home", shape=shape) == [
        "  - address/home: DE",
        *(along if shape is Shape.FLAT else []),
    ]


def test_what_is_always_seen_is_listed_apart_once() -> None:
    rules = {("number",): Disclosability.NEVER}
    asked = lines("address", "home", disclosure=rules)
    assert asked == ["  - address/home: DE", ALWAYS, "  - number: 7"]
    assert lines("number", disclosure=rules) == ["  - number: 7"]


def test_an_array_is_one_line_if_all_of_it_is_seen() -> None:
    rules = {("roles", None): Disclosability.ALWAYS}
    assert lines("roles", 1, disclosure=rules) == ["  - roles/1/of: club"]
    assert lines("roles", 2, disclosure=rules) == ["  - roles/2: "]
    whole = Speech("en").claim_line(("roles",), CLAIMS["roles"])
    assert lines("roles", disclosure=rules) == [f"  - {whole}"]
    assert lines("roles", None, disclosure=rules) == [
        "  - roles/0: reader",
        "  - roles/1/of: club",
        "  - roles/2: ",
    ]
    assert lines("roles", 1) == [
        "  - roles/1/of: club",
        ALONG,
        "  - roles/0: reader",
        "  - roles/2: ",
    ]
