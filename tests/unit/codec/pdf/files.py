"""PDF files written octet by octet, so that each test says what is wrong in its own."""

import zlib


def table_file(*objects: bytes, root: int = 1, more: bytes = b"") -> bytes:
    """Return a file with a table; the first object has the number 1."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, octets in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, octets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    trailer = b"/Size %d /Root %d 0 R%b" % (len(objects) + 1, root, more)
    out += b"trailer\n<< %b >>\nstartxref\n%d\n%%%%EOF\n" % (trailer, start)
    return bytes(out)


def stream_file(
    *packed: bytes, plain: tuple[bytes, ...] = (), predictor: bool = False
) -> bytes:
    """Return a file with a stream: `packed` objects from 1 on in one object stream."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    entries = [(0, 0, 65535)]
    holder = len(packed) + len(plain) + 1
    entries += [(2, holder, index) for index in range(len(packed))]
    for number, octets in enumerate(plain, len(packed) + 1):
        entries.append((1, len(out), 0))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, octets)
    places, at = [], 0
    for number, octets in enumerate(packed, 1):
        places.append(b"%d %d" % (number, at))
        at += len(octets) + 1
    head = b" ".join(places) + b"\n"
    data = zlib.compress(head + b"\n".join(packed))
    entries.append((1, len(out), 0))
    out += (
        b"%d 0 obj\n<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode"
        b" /Length %d >>\nstream\n%b\nendstream\nendobj\n"
        % (holder, len(packed), len(head), len(data), data)
    )
    start = len(out)
    entries.append((1, start, 0))
    rows = [b"%c%b%b" % (k, p.to_bytes(3), w.to_bytes(2)) for k, p, w in entries]
    parms = b""
    if predictor:
        above, predicted = bytes(6), []
        for row in rows:
            up = bytes((a - b) & 0xFF for a, b in zip(row, above, strict=True))
            predicted.append(b"\x02" + up)
            above = row
        rows = predicted
        parms = b" /DecodeParms << /Predictor 12 /Columns 6 >>"
    data = zlib.compress(b"".join(rows))
    out += (
        b"%d 0 obj\n<< /Type /XRef /W [1 3 2] /Size %d /Root 1 0 R"
        b" /Filter /FlateDecode%b /Length %d >>\nstream\n%b\nendstream\nendobj\n"
        b"startxref\n%d\n%%%%EOF\n"
        % (holder + 1, len(entries), parms, len(data), data, start)
    )
    return bytes(out)


def updated(data: bytes, number: int, octets: bytes, *, trailer: bytes = b"") -> bytes:
    """Return the file with one object written anew in an update with a table."""
    previous = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    at = len(data)
    out = data + b"%d 0 obj\n%b\nendobj\n" % (number, octets)
    start = len(out)
    return out + (
        b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root 1 0 R /Prev %d%b >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (number, at, number + 1, previous, trailer, start)
    )
