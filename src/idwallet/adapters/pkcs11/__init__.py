"""Keys on a token that speaks PKCS #11 (v2.40), through python-pkcs11."""

from idwallet.adapters.pkcs11.address import TokenAddress
from idwallet.adapters.pkcs11.signer import Pkcs11Signer
from idwallet.adapters.pkcs11.store import Pkcs11KeyStore, Pkcs11StoredKey

__all__ = ["Pkcs11KeyStore", "Pkcs11Signer", "Pkcs11StoredKey", "TokenAddress"]
