"""The published SD-JWT specifications: what to issue, hide, choose and expect.

A `specification.yml` tags each selectively disclosable claim with ``!sd``, on the key
of an object's member or on an array's element. `settings.yml` holds keys and the seed
of the salts, so that payload and disclosures come out the same everywhere; only
signatures differ.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.sdjwt.conceal import Concealment, plan_of
from idwallet.crypto.software import SoftwareSigner
from tests.conformance.marked import (
    Hidden,
    Tree,
    hidden_paths,
    plain,
    shown,
    wanted_paths,
)

CORE: Final = (
    "address_only_flat",
    "address_only_recursive",
    "address_only_structured",
    "address_only_structured_one_open",
    "arf-pid",
    "complex_eidas",
    "complex_eidas_proposal",
    "complex_ekyc",
    "json_serialization_flattened",
    "json_serialization_general",
    "jsonld",
    "simple",
    "simple_structured",
    "w3c-vc",
    "w3c-vc_for_slide_deck",
)
VC: Final = ("01", "02", "03-pid")
FOLDERS: Final = {"core": "sd_jwt/rfc9901", "vc": "sd_jwt_vc/examples"}
ALL: Final = (*(f"core/{each}" for each in CORE), *(f"vc/{each}" for each in VC))


class _Loader(yaml.SafeLoader):
    """The safe loader, and ``!sd``."""


def _hidden(loader: _Loader, node: yaml.Node) -> Hidden:
    """Read what the tag marks as if the tag were not there."""
    if isinstance(node, yaml.ScalarNode):
        tag = loader.resolve(yaml.ScalarNode, node.value, (node.style is None, False))
        return Hidden(loader.construct_object(yaml.ScalarNode(tag, node.value)))
    if isinstance(node, yaml.MappingNode):
        return Hidden(loader.construct_mapping(node, deep=True))
    return Hidden(loader.construct_sequence(node, deep=True))


_Loader.add_constructor("!sd", _hidden)


class Issued(NamedTuple):
    """A payload before it is signed, and its disclosures."""

    payload: JsonObject
    disclosures: list[str]

    @property
    def written(self) -> bytes:
        """The payload as the reference implementation writes it."""
        return reference_json(self.payload)


def reference_json(value: JsonValue) -> bytes:
    """Write JSON as the reference implementation does: spaced, and all ASCII."""
    return json.dumps(value).encode("ascii")


def reference_rows(rows: Sequence[list[JsonValue]]) -> list[bytes]:
    """Write arrays as the reference implementation does."""
    return [reference_json(each) for each in rows]


class _ReferenceConcealment(Concealment):
    """Adds as many decoys as the reference implementation's generator would."""

    __slots__ = ("_generator",)

    def __init__(self, generator: random.Random, *, decoys: bool) -> None:
        salts = iter(lambda: _salt(generator), "")
        super().__init__(salts=salts, write=reference_rows)
        self._generator = generator if decoys else None

    def _decoy_digests(self) -> list[str]:
        # The generator that makes the salts also chooses the number of decoys.
        if self._generator is not None:
            self._decoys = self._generator.randint(2, 5)
        return super()._decoy_digests()


def _salt(generator: random.Random) -> str:
    return b64.encode(bytes(generator.getrandbits(8) for _ in range(16)))


class Specification:
    """One published specification with the settings that it stands beside."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.path = folder / name / "specification.yml"
        self._raw = _read(self.path)
        self._settings = _read(folder / "settings.yml")
        self.header: JsonObject = self._raw.get("extra_header_parameters", {})
        self.is_bound: bool = self._raw.get("key_binding", False)
        self.has_decoys: bool = self._raw.get("add_decoy_claims", False)
        self.nonce: str = self._settings["key_binding_nonce"]
        self.issuer: str = self._settings["identifiers"]["issuer"]
        self.verifier: str = self._settings["identifiers"]["verifier"]
        self.seed: int = self._settings["random_seed"]
        self.iat: int = self._settings["iat"]
        self.exp: int = self._settings["exp"]

    @property
    def tree(self) -> dict[Tree, Tree]:
        """What to issue, with its marks."""
        default = {"iss": self.issuer, "iat": self.iat, "exp": self.exp}
        with_default = self._raw.get("include_default_claims", True)
        return {**(default if with_default else {}), **self._raw["user_claims"]}

    @property
    def claims(self) -> JsonObject:
        """What to issue, without marks."""
        made = plain(self.tree)
        assert isinstance(made, dict)
        return made

    @property
    def hidden(self) -> frozenset[ClaimPath]:
        """Where the selectively disclosable claims stand."""
        return frozenset(hidden_paths(self.tree))

    @property
    def chosen(self) -> tuple[ClaimPath, ...]:
        """The claim paths that the holder chooses."""
        return tuple(wanted_paths(self.tree, self._raw["holder_disclosed_claims"]))

    @property
    def expected(self) -> JsonObject:
        """What the verifier is to see of it."""
        made = shown(self.tree, self._raw["holder_disclosed_claims"])
        assert isinstance(made, dict)
        return made | self.confirmation

    @property
    def confirmation(self) -> JsonObject:
        """The claim that binds to the holder's key, where there is one."""
        jwk = {n: v for n, v in self._key("holder_key").items() if n != "d"}
        return {"cnf": {"jwk": jwk}} if self.is_bound else {}

    @property
    def holder(self) -> SoftwareSigner:
        """Who holds it."""
        return SoftwareSigner.from_jwk(self._key("holder_key"))

    @property
    def issuers(self) -> tuple[SoftwareSigner, ...]:
        """Who signs it."""
        keys = self._keys()
        return tuple(
            SoftwareSigner.from_jwk({n: v for n, v in each.items() if n != "kid"})
            for each in keys.get("issuer_keys", [keys.get("issuer_key")])
        )

    def _keys(self) -> dict[str, JsonValue]:
        override = self._raw.get("settings_override", {})
        return {**self._settings, **override}["key_settings"]

    def _key(self, name: str) -> JsonObject:
        return self._keys()[name]

    def issue(self) -> Issued:
        """Make payload and disclosures with this library."""
        generator = random.Random(self.seed)
        work = _ReferenceConcealment(generator, decoys=self.has_decoys)
        payload = work.conceal(self.claims, plan_of(self.hidden))
        payload |= {"_sd_alg": "sha-256", **self.confirmation}
        return Issued(payload, work.disclosures)


def _read(path: Path) -> dict[str, JsonValue]:
    # The loader is a SafeLoader: it makes no objects but ours.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - it is a SafeLoader


def specification(vectors: Path, identifier: str) -> Specification:
    """Read the specification of an identifier such as ``core/simple``."""
    kind, _, name = identifier.partition("/")
    return Specification(vectors / FOLDERS[kind], name)
