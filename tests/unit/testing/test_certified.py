"""A test certificate for a key of somebody else's signs documents as any other."""

import pytest

from idwallet import StoredKeySigner, sign_document, verify_document
from idwallet.crypto.software import MemoryKeyStore
from idwallet.documents import OFFLINE, CAdES
from idwallet.errors import VerificationIndeterminate
from idwallet.testing.certified import certify_key
from idwallet.testing.pki import MOMENT, TestPki


def test_a_key_in_a_store_signs_with_the_certificate_that_it_was_given() -> None:
    pki = TestPki()
    signer = StoredKeySigner(MemoryKeyStore().create("ES256", None))
    chain = certify_key(pki, signer.public_key, name="Анна Образцова")
    signed = sign_document(
        b"text", CAdES(), signer=signer, certificates=chain, signing_time=MOMENT
    )
    verified = verify_document(
        signed, document=b"text", trust=pki.store(), policy=OFFLINE, at=MOMENT
    )
    assert verified.signatures[0].certificate is not None
    with pytest.raises(VerificationIndeterminate):
        verify_document(
            signed, document=b"text", trust=TestPki().store(), policy=OFFLINE, at=MOMENT
        )
