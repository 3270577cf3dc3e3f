"""Credentials of every shape, each with what its holder shows of it."""

import base64
from dataclasses import dataclass
from typing import Final

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import Hash, SdJwtVc, Shape
from idwallet.credentials.sdjwt.metadata import Disclosability
from idwallet.testing.scene import PID
from tests.conformance.marked import (
    Hidden,
    Tree,
    hidden_paths,
    plain,
    shown,
    wanted_paths,
)


@dataclass(frozen=True)
class Case:
    """Marked claims, and what is shown of them in the reference's notation.

    `wanted` mirrors the claims: a truthy value shows the hidden claim that it
    stands for.
    """

    name: str
    tree: dict[Tree, Tree]
    wanted: dict[str, Tree]
    decoys: int = 0
    hash: Hash = Hash.SHA_256

    @property
    def claims(self) -> JsonObject:
        """The claims without marks."""
        made = plain(self.tree)
        assert isinstance(made, dict)
        return made

    @property
    def expected(self) -> JsonValue:
        """What a verifier sees."""
        return shown(self.tree, self.wanted)

    def content(self) -> SdJwtVc:
        """The same credential for our own issuer."""
        hidden = frozenset(hidden_paths(self.tree))
        disclosure: dict[ClaimPath, Disclosability] = {
            (name,): Disclosability.NEVER for name in self.claims
        }
        disclosure |= dict.fromkeys(hidden, Disclosability.ALWAYS)
        return SdJwtVc(
            vct=PID,
            claims=self.claims,
            disclosure=disclosure,
            shape=Shape.FLAT,
            decoys=self.decoys,
            hash=self.hash,
        )

    def query(self) -> Query:
        """Ask for exactly what is shown."""
        asked: JsonObject = {
            "id": "pid",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": [PID]},
        }
        paths: list[JsonValue] = [
            {"path": list(path)} for path in wanted_paths(self.tree, self.wanted)
        ]
        if paths:
            asked["claims"] = paths
        return Query.from_dcql({"credentials": [asked]})


H = Hidden
_PHOTO: Final = "data:image/jpeg;base64," + base64.b64encode(
    bytes(n * n % 251 for n in range(20 * 1024))
).decode("ascii")
_ADDRESS: Final[dict[Tree, Tree]] = {
    H("street_address"): "1 Example Street",
    H("locality"): "Exampleton",
    "country": "XX",
}

SHAPES: Final = (
    Case("in clear", {"given_name": "Anna", "age": 36}, {}),
    Case("nothing shown", {H("given_name"): "Anna", H("age"): 36}, {}),
    Case(
        "flat",
        {
            H("given_name"): "Anna",
            H("family_name"): "Example",
            H("address"): {"locality": "Exampleton", "country": "XX"},
            "sex": 2,
        },
        {"given_name": True, "address": True},
    ),
    Case(
        "structured",
        {"address": _ADDRESS, H("given_name"): "Anna"},
        {"address": {"locality": True}},
    ),
    Case(
        "recursive",
        {H("address"): _ADDRESS, H("given_name"): "Anna"},
        {"address": {"street_address": True}},
    ),
    Case(
        "recursive without what is inside",
        {H("address"): _ADDRESS, H("given_name"): "Anna"},
        {"address": True},
    ),
    Case(
        "recursive, three deep",
        {H("a"): {H("b"): {H("c"): {"d": 1}, H("e"): 2}, H("f"): 3}},
        {"a": {"b": {"c": True}}},
    ),
    Case(
        "array elements",
        {"nationalities": [H("XX"), H("YY"), "ZZ"], H("given_name"): "Anna"},
        {"nationalities": [True, False]},
    ),
    Case(
        "array, hidden with its elements",
        {H("nationalities"): [H("XX"), H("YY")], H("given_name"): "Anna"},
        {"nationalities": [True, False]},
    ),
    Case(
        "objects in arrays",
        {"degrees": [H({"name": "M.A.", H("year"): 2001}), {H("name"): "Ph.D."}]},
        {"degrees": [{"year": True}, {}]},
    ),
    Case(
        "arrays in arrays",
        {"grid": [H([H(1), 2]), [3, H(4)]]},
        {"grid": [[True], [False, True]]},
    ),
    Case(
        "decoys",
        {H("given_name"): "Anna", H("address"): _ADDRESS},
        {"given_name": True},
        decoys=3,
    ),
    Case(
        "names and values in many scripts",
        {
            H("имя"): "Анна",
            H("氏名"): {"姓": "山田", H("名"): "太郎"},
            H("a\u0308 ñ 😀"): 'é\u0301 \u2028 " \\ / ~ .',
            "اسم": "آنا",
        },
        {"имя": True, "氏名": {"名": True}, "a\u0308 ñ 😀": True},
    ),
    Case(
        "a photo of 20 kB",
        {H("portrait"): _PHOTO, H("given_name"): "Anna"},
        {"portrait": True},
    ),
    Case(
        "every kind of value",
        {
            H("true"): True,
            H("false"): False,
            H("null"): None,
            H("zero"): 0,
            H("large"): 2**53 - 1,
            H("half"): -0.5,
            H("small"): 1e-7,
            H("empty"): "",
            "list": [None, False, 0, "", {}, []],
        },
        dict.fromkeys(
            ("true", "false", "null", "zero", "large", "half", "small", "empty"), True
        ),
    ),
)

LATER_ELEMENT: Final = Case(
    "a later element alone",
    {"nationalities": [H("XX"), H("YY"), "ZZ"]},
    {"nationalities": [False, True]},
)

OTHER_HASHES: Final = tuple(
    Case(
        f"digests of {each.value}",
        {H("given_name"): "Anna", H("address"): _ADDRESS},
        {"given_name": True, "address": {"locality": True}},
        decoys=1,
        hash=each,
    )
    for each in (Hash.SHA_384, Hash.SHA_512)
)
