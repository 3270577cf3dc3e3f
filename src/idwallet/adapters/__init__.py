"""Everything that touches a clock, a file, a picture, a database, a network, a token.

Every name loads on first use, and with it the package that it needs: an extra of
`idwallet`, which the exception names where it is not installed.
"""

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from idwallet.facade import loader

if TYPE_CHECKING:
    from idwallet.adapters.asgi import (
        AsgiEndpoints,
        offloaded,
    )
    from idwallet.adapters.bundle import (
        BundleFile,
        FileBundleState,
        update_bundle,
    )
    from idwallet.adapters.counter import (
        FileCounter,
    )
    from idwallet.adapters.csc import (
        CscRemote,
        CscSigner,
    )
    from idwallet.adapters.files import (
        sign_file,
    )
    from idwallet.adapters.fonts import (
        default_font,
    )
    from idwallet.adapters.http import (
        HttpCarrier,
        HttpFetcher,
    )
    from idwallet.adapters.journal import (
        FolderJournal,
    )
    from idwallet.adapters.keys import (
        SecretFile,
    )
    from idwallet.adapters.mapped import (
        mapped_file,
    )
    from idwallet.adapters.online import (
        Online,
    )
    from idwallet.adapters.pkcs11 import (
        Pkcs11KeyStore,
        TokenAddress,
    )
    from idwallet.adapters.publish import (
        FolderPublish,
    )
    from idwallet.adapters.replay import (
        FolderReplay,
    )
    from idwallet.adapters.sql import (
        SqlExchanges,
        SqlStatusStore,
    )
    from idwallet.adapters.store import (
        MemoryStore,
    )
    from idwallet.adapters.tcp import (
        TcpListener,
        TcpTransport,
        converse,
    )
    from idwallet.adapters.tsa import (
        WebTimestampAuthority,
    )
    from idwallet.codec.qr import (
        qr_modules,
        qr_svg,
        read_qr_codes,
    )
    from idwallet.crypto.software import (
        MemoryKeyStore,
    )

__all__ = [
    "AsgiEndpoints",
    "BundleFile",
    "CscRemote",
    "CscSigner",
    "FileBundleState",
    "FileCounter",
    "FolderJournal",
    "FolderPublish",
    "FolderReplay",
    "HttpCarrier",
    "HttpFetcher",
    "MemoryKeyStore",
    "MemoryStore",
    "Online",
    "Pkcs11KeyStore",
    "SecretFile",
    "SqlExchanges",
    "SqlStatusStore",
    "TcpListener",
    "TcpTransport",
    "TokenAddress",
    "WebTimestampAuthority",
    "converse",
    "default_font",
    "mapped_file",
    "offloaded",
    "qr_modules",
    "qr_svg",
    "read_qr_codes",
    "sign_file",
    "update_bundle",
]

_HOMES: Final = MappingProxyType(
    {
        "qr_modules": "idwallet.codec.qr",
        "qr_svg": "idwallet.codec.qr",
        "read_qr_codes": "idwallet.codec.qr",
        "AsgiEndpoints": "idwallet.adapters.asgi",
        "BundleFile": "idwallet.adapters.bundle",
        "CscRemote": "idwallet.adapters.csc",
        "CscSigner": "idwallet.adapters.csc",
        "FileBundleState": "idwallet.adapters.bundle",
        "FileCounter": "idwallet.adapters.counter",
        "FolderJournal": "idwallet.adapters.journal",
        "FolderPublish": "idwallet.adapters.publish",
        "FolderReplay": "idwallet.adapters.replay",
        "HttpCarrier": "idwallet.adapters.http",
        "HttpFetcher": "idwallet.adapters.http",
        "MemoryKeyStore": "idwallet.crypto.software",
        "MemoryStore": "idwallet.adapters.store",
        "Online": "idwallet.adapters.online",
        "Pkcs11KeyStore": "idwallet.adapters.pkcs11",
        "SecretFile": "idwallet.adapters.keys",
        "SqlExchanges": "idwallet.adapters.sql",
        "SqlStatusStore": "idwallet.adapters.sql",
        "TcpListener": "idwallet.adapters.tcp",
        "TcpTransport": "idwallet.adapters.tcp",
        "TokenAddress": "idwallet.adapters.pkcs11",
        "WebTimestampAuthority": "idwallet.adapters.tsa",
        "converse": "idwallet.adapters.tcp",
        "default_font": "idwallet.adapters.fonts",
        "mapped_file": "idwallet.adapters.mapped",
        "offloaded": "idwallet.adapters.asgi",
        "sign_file": "idwallet.adapters.files",
        "update_bundle": "idwallet.adapters.bundle",
    }
)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error
    __getattr__ = loader(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
