"""QR codes as another program reads them."""

from io import BytesIO

import zxingcpp
from PIL import Image


def codes_in(picture: bytes | Image.Image) -> list[str]:
    """Return the text of every QR code in a picture.

    Who looks for any kind of code sees bars, too, in one QR code of a thousand.
    """
    image = Image.open(BytesIO(picture)) if isinstance(picture, bytes) else picture
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return [each.text for each in found]
