"""Keys that many tests look at and none changes."""

from functools import cache

import pytest

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner

# An RSA key takes a second to make; signers are immutable.
_signer = cache(SoftwareSigner.generate)


@pytest.fixture
def signer_of():
    """Return the one test signer of an algorithm."""
    return _signer


@pytest.fixture(params=Algorithm, ids=lambda each: each.jose)
def algorithm(request):
    """Every algorithm in turn."""
    return request.param


@pytest.fixture
def signer(algorithm):
    """A signer of every algorithm in turn."""
    return _signer(algorithm)
