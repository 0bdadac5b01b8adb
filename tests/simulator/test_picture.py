import struct
import zlib

from gateway.simulator.picture import picture


def test_a_valid_picture_of_its_own_for_each_document() -> None:
    body = picture("60001")
    assert body == picture("60001") != picture("60002")
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    position, kinds = 8, []
    while position < len(body):
        length, kind = struct.unpack(">I4s", body[position : position + 8])
        content = body[position + 8 : position + 8 + length]
        [checksum] = struct.unpack(">I", body[position + 8 + length : position + 12 + length])
        assert checksum == zlib.crc32(kind + content)
        if kind == b"IDAT":
            assert len(zlib.decompress(content)) == 16 * 17
        kinds.append(kind)
        position += 12 + length
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]
