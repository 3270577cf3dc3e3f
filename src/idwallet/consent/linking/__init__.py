"""What links two presentations, as those who received them could tell."""

from idwallet.consent.linking.compare import Linkability, linkability
from idwallet.consent.linking.links import Link, LinkKind, LinkWeight

__all__ = ["Link", "LinkKind", "LinkWeight", "Linkability", "linkability"]
