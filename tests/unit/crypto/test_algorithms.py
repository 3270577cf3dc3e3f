"""The closed list of algorithms."""

import pickle

import pytest

from idwallet.crypto.algorithms import COSE_ONLY, DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.kinds import KIND_OF


@pytest.mark.parametrize("algorithm", Algorithm)
def test_an_algorithm_is_found_by_both_its_registered_names(algorithm):
    assert Algorithm.from_name(algorithm.jose) is algorithm
    in_jose = None if algorithm in COSE_ONLY else algorithm
    assert Algorithm.from_jose(algorithm.jose) is in_jose
    assert Algorithm.from_cose(algorithm.cose) is algorithm


@pytest.mark.parametrize(
    "name",
    ["none", "None", "", "HS256", "HS384", "HS512", "es256", "ES256K", "Ed448", "RS1"],
)
def test_a_name_outside_the_list_is_no_algorithm(name):
    assert Algorithm.from_jose(name) is None


@pytest.mark.parametrize("number", [0, 5, 7, -6, -47, -65535])
def test_a_number_outside_the_list_is_no_algorithm(number):
    assert Algorithm.from_cose(number) is None


def test_the_fully_specified_names_of_rfc_9864_are_the_same_algorithms():
    assert Algorithm.from_jose("Ed25519") is Algorithm.EDDSA
    assert [Algorithm.from_cose(each) for each in (-9, -51, -52, -19)] == [
        Algorithm.ES256,
        Algorithm.ES384,
        Algorithm.ES512,
        Algorithm.EDDSA,
    ]


def test_rsa_and_ml_dsa_are_not_allowed_unless_named():
    assert {each.jose for each in DEFAULT_ALGORITHMS} == {
        "ES256",
        "ES384",
        "ES512",
        "EdDSA",
    }


def test_every_algorithm_has_exactly_one_kind_of_key():
    assert set(KIND_OF) == set(Algorithm)


def test_a_member_survives_the_way_between_processes():
    assert pickle.loads(pickle.dumps(Algorithm.ES256)) is Algorithm.ES256


def test_the_repr_names_the_member():
    assert repr(Algorithm.ML_DSA_44) == "Algorithm.ML_DSA_44"
