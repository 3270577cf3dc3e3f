"""Keys at a remote signing service (Cloud Signature Consortium API, version 2).

with HttpFetcher() as fetcher:
    remote = CscRemote("https://sign.example/csc/v2", fetcher=fetcher, token=token)
    (credential,) = remote.credential_ids()
    signer = CscSigner(remote, credential, ask_secret=pin)
    sign_document(..., signer=signer, certificates=signer.certificates)
"""

from idwallet.adapters.csc.authorize import Consent, CscAuthorization
from idwallet.adapters.csc.remote import CscRemote
from idwallet.adapters.csc.signer import CscSigner
from idwallet.adapters.csc.structures import CscCredential, CscFactor, CscInfo

__all__ = [
    "Consent",
    "CscAuthorization",
    "CscCredential",
    "CscFactor",
    "CscInfo",
    "CscRemote",
    "CscSigner",
]
