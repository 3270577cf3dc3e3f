import copy
import dataclasses
import pickle

import pytest

from idwallet.report import BundleNeeded, StatusListNeeded, TypeMetadataNeeded

NEEDS = [
    StatusListNeeded("https://issuer.example/statuslists/1", 412),
    TypeMetadataNeeded("urn:eudi:pid:1"),
    TypeMetadataNeeded("urn:eudi:pid:1", "sha256-AAAA"),
    BundleNeeded("shops", 7),
]


@pytest.mark.parametrize("need", NEEDS)
def test_a_need_survives_copying_and_travel(need: object) -> None:
    assert copy.deepcopy(need) == need
    assert pickle.loads(pickle.dumps(need)) == need
    assert hash(copy.copy(need)) == hash(need)


def test_a_need_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        NEEDS[0].uri = "https://elsewhere.example"  # type: ignore[misc, union-attr]
