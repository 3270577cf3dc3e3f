"""What links two presentations, as those who received them could tell."""

from idwallet.consent.linking.compare import Linkability, batch_links, linkability
from idwallet.consent.linking.links import Link, LinkKind, LinkWeight

__all__ = [
    "Link",
    "LinkKind",
    "LinkWeight",
    "Linkability",
    "batch_links",
    "linkability",
]
