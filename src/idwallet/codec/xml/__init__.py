"""XML read strictly: no DTD, no entities, nothing external, and a bound on everything.

`read_element` is for data: frozen elements of ours. `XmlDocument` is for signatures: it
is kept whole and made canonical, and what it is made of does not come out.
"""

from idwallet.codec.xml.document import XmlDocument, read_made
from idwallet.codec.xml.elements import XmlElement, local, read_element
from idwallet.codec.xml.node import Canonicalization, XmlNode

__all__ = [
    "Canonicalization",
    "XmlDocument",
    "XmlElement",
    "XmlNode",
    "local",
    "read_element",
    "read_made",
]
