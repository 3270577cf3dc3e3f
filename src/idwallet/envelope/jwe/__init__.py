"""Encrypted messages (JWE, RFC 7516): to somebody's key, or with a password.

Two ways and no others: ``ECDH-ES`` with a key on a NIST curve, as OpenID4VP and HAIP
have it, and ``PBES2`` with a password, as EU TS10 has it; the content with AES-GCM.
The compact form only. Nothing is compressed: how much shorter a secret got tells of it
(RFC 8725 3.6), and what unpacks cannot be bounded before it is authenticated.
"""

from idwallet.envelope.jwe.agreed import Recipient, decrypt, encrypt, read_recipient
from idwallet.envelope.jwe.password import (
    PASSWORD_ROUNDS,
    decrypt_with_password,
    encrypt_with_password,
)
from idwallet.envelope.jwe.structures import (
    ContentEncryption,
    Decrypted,
    JweHeader,
    read_jwe_header,
)

__all__ = [
    "PASSWORD_ROUNDS",
    "ContentEncryption",
    "Decrypted",
    "JweHeader",
    "Recipient",
    "decrypt",
    "decrypt_with_password",
    "encrypt",
    "encrypt_with_password",
    "read_jwe_header",
    "read_recipient",
]
