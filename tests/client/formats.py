"""Small pictures of each kind, made by hand: whole by their structure, and easy to cut."""

import zlib


def png(data: bytes = b"p" * 50) -> bytes:
    """A PNG whose picture data are these bytes."""
    size = (8).to_bytes(4) * 2 + b"\x08\x02\0\0\0"
    chunks = ((b"IHDR", size), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def segment(mark: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes((0xFF, mark)) + (len(data) + 2).to_bytes(2) + data


def jpeg(data: bytes = b"j" * 100) -> bytes:
    """A JPEG whose scan are these bytes; it holds a thumbnail, with marks of its own."""
    frame = segment(0xC0, b"\x08\0\x08\0\x08\x01\x01\x11\0")
    scan = segment(0xDA, b"\x01\x01\0\0\x3f\0") + data
    thumbnail = segment(0xE1, b"Exif\0\0\xff\xd8" + frame + scan + b"\xff\xd9")
    return b"\xff\xd8" + thumbnail + frame + scan + b"\xff\xd9"


def gif(data: bytes = b"g" * 100) -> bytes:
    """A GIF whose picture data are these bytes, at most 255; they and a comment hold a `;`."""
    comment = b"!\xfe\x03a;b\0"
    picture = b"," + bytes(8) + b"\0\x02" + bytes((len(data),)) + data + b"\0"
    return b"GIF89a" + b"\x08\0\x08\0\x80\0\0" + bytes(6) + comment + picture + b";"


def webp(data: bytes = b"w" * 100) -> bytes:
    """A WebP whose picture data are these bytes."""
    frame = b"\0\0\0\x9d\x01\x2a" + data
    chunk = b"VP8 " + len(frame).to_bytes(4, "little") + frame + bytes(len(frame) % 2)
    return b"RIFF" + (len(chunk) + 4).to_bytes(4, "little") + b"WEBP" + chunk


def box(kind: bytes, data: bytes) -> bytes:
    """A box of an AVIF."""
    return (8 + len(data)).to_bytes(4) + kind + data


def avif(
    data: bytes = b"a" * 100,
    brands: bytes = b"avif\0\0\0\0mif1",
    media: bytes = b"",
    *,
    coded: bool = False,
    wide: bool = False,
) -> bytes:
    """An AVIF whose picture data are these bytes; `media` replaces the box around them.

    coded: whether it says that they are a coded picture; wide: in the later versions of its boxes.
    """
    kind = box(b"ftyp", brands)
    version, number = (b"\x03", 4) if wide else (b"\x02", 2)
    entry = version + bytes(3) + (1).to_bytes(number) + bytes(2) + b"av01\0"
    items = (b"\x01" if wide else b"\0") + bytes(3) + (1).to_bytes(number) + box(b"infe", entry)
    known = box(b"iinf", items) if coded else b""
    description = 8 + 4 + 8 + 4 + 2 + 2 + 2 + 2 + 2 + 8 + len(known)
    place = len(kind) + description + 8
    item = (1).to_bytes(2) + bytes(2) + (1).to_bytes(2) + place.to_bytes(4) + len(data).to_bytes(4)
    meta = bytes(4) + box(b"iloc", bytes(4) + b"\x44\0" + (1).to_bytes(2) + item) + known
    return kind + box(b"meta", meta) + (media or box(b"mdat", data))


WHOLE = {".png": png(), ".jpg": jpeg(), ".webp": webp(), ".gif": gif(), ".avif": avif()}
