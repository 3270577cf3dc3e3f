"""Queries and credentials made at random, the same in every run.

Names and values are few, so that queries and credentials often meet, and meet halfway.
"""

from dataclasses import dataclass
from random import Random
from typing import Final, TypeVar

from idwallet.codec.b64 import decode
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.query import MDOC, SD_JWT_VC, Candidate

Chosen = TypeVar("Chosen")

NAMES: Final = ("name", "address", "degrees")
RARE: Final = "constructor"
"""A name that every object of JavaScript has by inheritance."""
SCALARS: Final[tuple[JsonValue, ...]] = (True, False, 0, 1, 2, "1", "x", "y", None)
VALUES: Final[tuple[JsonValue, ...]] = (True, 0, 1, 2, "1", "x", "y")
TYPES: Final = {
    SD_JWT_VC: ("urn:test:a", "urn:test:b"),
    MDOC: ("test.a", "test.b"),
}
NAMESPACES: Final = ("test.1", "test.2")
KEYS: Final = ("AQ", "Ag", "Aw")


@dataclass(frozen=True, slots=True)
class Case:
    """One query, the credentials that it is matched against, and an answer to it.

    The answer says by index which credentials are shown for which part of the query.
    """

    query: JsonObject
    credentials: tuple[JsonObject, ...]
    answer: dict[str, list[int]]

    def sent(self) -> JsonObject:
        """Return it as the peer takes it."""
        return {
            "query": self.query,
            "credentials": list(self.credentials),
            "answer": {name: [*shown] for name, shown in self.answer.items()},
        }

    def candidates(self) -> list[Candidate]:
        """Return the credentials as we take them."""
        return [candidate(each) for each in self.credentials]


def candidate(held: JsonObject) -> Candidate:
    """Return a credential of the peer's form as our own."""
    claims = held["namespaces" if "namespaces" in held else "claims"]
    authority = held.get("authority", {"values": []})
    assert isinstance(claims, dict)
    assert isinstance(authority, dict)
    values = authority["values"]
    assert isinstance(values, list)
    return Candidate(
        format=str(held["credential_format"]),
        types=(str(held.get("vct") or held["doctype"]),),
        claims=claims,
        authority_key_ids=tuple(
            decode(str(each), at="/", clause="test") for each in values
        ),
        holder_bound=held["cryptographic_holder_binding"] is True,
    )


def cases(seed: int, count: int) -> list[Case]:
    """Return so many cases; the seed is all that decides which."""
    generator = Generator(seed)
    return [generator.case() for _ in range(count)]


class Generator:
    """Makes one case after the other."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def case(self) -> Case:
        """Return the next case."""
        count = self._pick((1, 2, 2, 3))
        asked = [self._credential_query(f"q{index}") for index in range(count)]
        query: JsonObject = {"credentials": [*asked]}
        if self._one_in(2):
            query["credential_sets"] = [
                self._credential_set(count) for _ in range(self._pick((1, 1, 2)))
            ]
        held = tuple(self._credential() for _ in range(self._pick((1, 2, 4))))
        return Case(query, held, self._answer(asked, held))

    def _answer(
        self, asked: list[JsonObject], held: tuple[JsonObject, ...]
    ) -> dict[str, list[int]]:
        """Show at random, of the right format mostly."""
        made: dict[str, list[int]] = {}
        for each in asked:
            fitting = [
                index
                for index, one in enumerate(held)
                if one["credential_format"] == each["format"] or self._one_in(9)
            ]
            if fitting and not self._one_in(8):
                shown = min(len(fitting), self._pick((1, 1, 1, 1, 2)))
                made[str(each["id"])] = self._random.sample(fitting, shown)
        return made

    def _pick(self, choices: tuple[Chosen, ...]) -> Chosen:
        return self._random.choice(choices)

    def _one_in(self, number: int) -> bool:
        return self._random.randrange(number) == 0

    # --- credentials

    def _credential(self) -> JsonObject:
        form = self._pick((SD_JWT_VC, SD_JWT_VC, MDOC))
        made: JsonObject = {
            "credential_format": form,
            "cryptographic_holder_binding": not self._one_in(5),
        }
        if self._one_in(2):
            keys = self._random.sample(KEYS, self._pick((1, 2)))
            made["authority"] = {"type": "aki", "values": [*keys]}
        if form == SD_JWT_VC:
            return made | {"vct": self._type(form), "claims": self._object(depth=2)}
        namespaces: JsonObject = {
            each: self._object(depth=0) for each in NAMESPACES if not self._one_in(3)
        }
        return made | {"doctype": self._type(form), "namespaces": namespaces}

    def _type(self, form: str) -> str:
        common, rare = TYPES[form]
        return rare if self._one_in(4) else common

    def _object(self, *, depth: int) -> JsonObject:
        names = (*NAMES, RARE) if self._one_in(30) else NAMES
        made = {each: self._value(depth) for each in names if not self._one_in(6)}
        if depth and not self._one_in(3):
            made["degrees"] = self._array(depth - 1)
        return made

    def _array(self, depth: int) -> list[JsonValue]:
        length = range(self._pick((0, 1, 2, 3)))
        if self._one_in(2):
            return [self._object(depth=depth) for _ in length]
        return [self._value(depth) for _ in length]

    def _value(self, depth: int) -> JsonValue:
        kind = self._random.randrange(4) if depth else 0
        if kind == 1:
            return self._object(depth=depth - 1)
        if kind in {2, 3}:
            return self._array(depth - 1)
        return self._pick(SCALARS)

    # --- queries

    def _credential_query(self, name: str) -> JsonObject:
        form = self._pick((SD_JWT_VC, SD_JWT_VC, MDOC))
        made: JsonObject = {"id": name, "format": form}
        if form == SD_JWT_VC:
            wanted = TYPES[form] if self._one_in(2) else TYPES[form][:1]
            made["meta"] = {"vct_values": [*wanted]}
        else:
            made["meta"] = {"doctype_value": self._type(form)}
        claims = self._claims(form)
        if claims:
            made["claims"] = [*claims]
        if claims and self._one_in(3):
            made["claim_sets"] = self._claim_sets(len(claims))
        return made | self._terms()

    def _terms(self) -> JsonObject:
        made: JsonObject = {}
        if self._one_in(3):
            made["require_cryptographic_holder_binding"] = self._one_in(2)
        if self._one_in(5):
            made["multiple"] = True
        if self._one_in(4):
            keys = self._random.sample(KEYS, self._pick((1, 2)))
            made["trusted_authorities"] = [{"type": "aki", "values": [*keys]}]
        return made

    def _claims(self, form: str) -> list[JsonObject]:
        paths: list[list[JsonValue]] = []
        for _ in range(self._pick((0, 0, 1, 1, 2, 3))):
            path = self._path() if form == SD_JWT_VC else self._element()
            if path not in paths:
                paths.append(path)
        made: list[JsonObject] = []
        for index, each in enumerate(paths):
            claim: JsonObject = {"id": f"c{index}", "path": each}
            if self._one_in(4):
                claim["values"] = [*self._random.sample(VALUES, self._pick((1, 3)))]
            made.append(claim)
        return made

    def _path(self) -> list[JsonValue]:
        if self._one_in(3):
            which = self._pick((None, 0, 1))
            return ["degrees", which, *([self._name()] if self._one_in(2) else [])]
        parts: list[JsonValue] = [self._name()]
        further = (None, None, 0, 1, 2, *NAMES)
        length = self._pick((0, 0, 1, 1, 2))
        return parts + [self._pick(further) for _ in range(length)]

    def _element(self) -> list[JsonValue]:
        return [self._pick(NAMESPACES), self._name()]

    def _name(self) -> str:
        return RARE if self._one_in(40) else self._pick(NAMES)

    def _claim_sets(self, count: int) -> list[JsonValue]:
        names = [f"c{index}" for index in range(count)]
        return [
            [*self._random.sample(names, self._random.randint(1, count))]
            for _ in range(self._pick((1, 2, 3)))
        ]

    def _credential_set(self, count: int) -> JsonObject:
        names = [f"q{index}" for index in range(count)]
        most = 1 if self._one_in(2) else count
        options: list[JsonValue] = [
            [*self._random.sample(names, self._random.randint(1, most))]
            for _ in range(self._pick((1, 2)))
        ]
        made: JsonObject = {"options": options}
        if self._one_in(3):
            made["required"] = False
        return made
