"""What a signature looks like on a page, where it is to be seen."""

from idwallet.documents.appearance.place import Box, Page, placed
from idwallet.documents.appearance.stamp import Rendered, Stamp

__all__ = ["Box", "Page", "Rendered", "Stamp", "placed"]
