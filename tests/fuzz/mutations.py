"""Files changed by a seed: bytes flipped, cut out, doubled and put in, as disks and programs do."""

from __future__ import annotations

import io
import random
import re
import zipfile

_INSERTED = (
    b"\r", b"\n", b"\x00", b'"', b"'", b",", b"\t", b"\xff\xfe", b"\xef\xbf\xbd", b"{", b"]", b": ", b"- ",
    b"null", b"-1", b"1e999", b"99999999999999999999", "，".encode(), "𠮷".encode(), b"=1+1", b"#REF!", b"&#0;",
    b"<c r=\"ZZZZA1\"><v>1</v></c>",
)  # fmt: skip


def mutated(content: bytes, draw: random.Random) -> bytes:
    """Return bytes with one to eight changes."""
    found = bytearray(content)
    for _ in range(draw.randint(1, 8)):
        if not found:
            break
        at = draw.randrange(len(found))
        how = draw.randrange(6)
        if how == 0:
            found[at] ^= 1 << draw.randrange(8)
        elif how == 1:
            del found[at : at + draw.choice([1, 2, 5, 40, 400])]
        elif how == 2:
            found[at:at] = draw.choice(_INSERTED)
        elif how == 3:
            found[at:at] = found[at : at + draw.choice([3, 30, 300])]
        elif how == 4:
            del found[at:]
        else:
            found[at] = draw.randrange(256)
    return bytes(found)


def mutated_binary(content: bytes, draw: random.Random) -> bytes:
    """Return bytes with one to three of them replaced where they stand, at times changed as any other.

    A reader that goes by positions refuses a file of another length before it looks at what is in it.
    """
    if draw.random() < 0.3:
        return mutated(content, draw)
    changed = bytearray(content)
    for _ in range(draw.randint(1, 3)):
        changed[draw.randrange(len(changed))] = draw.choice(
            [0, 1, 127, 128, 255, draw.randrange(256)]
        )
    return bytes(changed)


def mutated_text(content: bytes, draw: random.Random) -> bytes:
    """Return UTF-8 text with one to four words or signs changed, so that it mostly stays text."""
    words = re.split(r"(\W+)", content.decode())
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(words))
        words[at] = draw.choice(
            [
                "",
                "[]",
                "{}",
                "null",
                "-1",
                "1e999",
                "true",
                "户",
                "''",
                "\n- ",
                ": ",
                words[draw.randrange(len(words))],
            ]
        )
    return "".join(words).encode()


def mutated_archive(content: bytes, draw: random.Random) -> bytes:
    """Return a zip file in which the content of one member is changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = draw.choice(sorted(members))
    members[name] = mutated(members[name], draw)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, part in members.items():
            archive.writestr(member, part)
    return packed.getvalue()
