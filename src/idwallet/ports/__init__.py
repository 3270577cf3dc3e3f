"""What the core asks of the outside world, as protocols over bytes.

An application may bring its own implementation of any of them; `idwallet.adapters`
holds ours. A port raises `PortError` (or a `SignerError`) when its input or output
fails, and nothing else. Later work adds ports beside these.
"""

from idwallet.ports.bundles import (
    BundleMark,
    BundleSource,
    BundleState,
)
from idwallet.ports.fetching import (
    AsyncFetcher,
    Fetched,
    Fetcher,
    Wanted,
)
from idwallet.ports.journals import BatchJournal
from idwallet.ports.keys import (
    AgreeingKey,
    AskSecret,
    KeyStore,
    KeyWrap,
    Random,
    StoredKey,
)
from idwallet.ports.status import (
    HistoryRecord,
    PageRecord,
    Publication,
    Publish,
    ShardRecord,
    StatusSession,
    StatusStore,
)
from idwallet.ports.stores import (
    Change,
    ExchangeStore,
    MonotonicCounter,
    ReplayGuard,
    Shelf,
    StoredRecord,
    Use,
    WalletStore,
)
from idwallet.ports.timestamps import TimestampAuthority

__all__ = [
    "AgreeingKey",
    "AskSecret",
    "AsyncFetcher",
    "BatchJournal",
    "BundleMark",
    "BundleSource",
    "BundleState",
    "Change",
    "ExchangeStore",
    "Fetched",
    "Fetcher",
    "HistoryRecord",
    "KeyStore",
    "KeyWrap",
    "MonotonicCounter",
    "PageRecord",
    "Publication",
    "Publish",
    "Random",
    "ReplayGuard",
    "ShardRecord",
    "Shelf",
    "StatusSession",
    "StatusStore",
    "StoredKey",
    "StoredRecord",
    "TimestampAuthority",
    "Use",
    "WalletStore",
    "Wanted",
]
