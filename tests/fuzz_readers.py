"""Damage good files at random and read them: cells or one of our errors, nothing else.

    python -m tests.fuzz_readers [SECONDS] [SEED]

Each round takes one of the written forms, damages bytes inside it (inside its parts, for zip packages), and reads it
as a user would. Prints what was tried; exits 1 and keeps the file on the first answer that is neither.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

from tests.forms import FORMS
from tests.forms.merged import MERGED
from tests.forms.merged import ROWS as MERGED_ROWS
from tests.test_reading import LINES, ROWS
from yichuang_nlp.errors import ReadError
from yichuang_nlp.limits import Limits
from yichuang_nlp.readers import read_briefing


def damage(data: bytes, chance: random.Random) -> bytes:
    """Return `data` with a few bytes changed, cut, doubled or moved."""
    if not data:
        return data
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(out))
        size = chance.choice((1, 1, 2, 4, 16, 64))
        match chance.randrange(5):
            case 0:
                out[at : at + size] = chance.randbytes(size)
            case 1:
                del out[at : at + size]
            case 2:
                out[at:at] = out[at : at + size] * chance.randint(1, 50)
            case 3:
                out[at : at + 1] = chance.choice((b"\0", b"\xff", b"<", b">", b'"', b"&", b"9999999999"))
            case _:
                other = chance.randrange(len(out))
                out[at : at + size] = out[other : other + size]
        if not out:
            return bytes(data[:1])
    return bytes(out)


def damage_package(data: bytes, chance: random.Random) -> bytes:
    """Return a zip package in which one part is damaged and the checksums are right."""
    source = zipfile.ZipFile(io.BytesIO(data))
    names = source.namelist()
    target = chance.choice(names)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in names:
            part = source.read(name)
            package.writestr(name, damage(part, chance) if name == target else part)
    return out.getvalue()


def main(seconds: float = 60, seed: int = 0) -> int:
    """Fuzz for `seconds`; return the exit code."""
    chance = random.Random(seed)
    outcomes: Counter[str] = Counter()
    limits = Limits(seconds=10)
    with tempfile.TemporaryDirectory() as folder:
        good = []
        for number, (form, rows) in enumerate([*((f, ROWS) for f in FORMS), *((f, MERGED_ROWS) for f in MERGED)]):
            path = Path(folder) / f"{number}{form.suffix}"
            form.write(path, rows, LINES)
            good.append((path.suffix, path.read_bytes()))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            suffix, data = chance.choice(good)
            inside = data.startswith(b"PK") and chance.random() < 0.8
            path = Path(folder) / f"damaged{suffix}"
            path.write_bytes(damage_package(data, chance) if inside else damage(data, chance))
            try:
                read_briefing(path, limits=limits)
                outcomes[f"{suffix} cells"] += 1
            except ReadError as error:
                outcomes[f"{suffix} {type(error).__name__}"] += 1
            except BaseException as error:
                kept = Path(tempfile.gettempdir()) / f"fuzz-{seed}{suffix}"
                kept.write_bytes(path.read_bytes())
                print(f"{kept}: {type(error).__name__}: {error}", file=sys.stderr)
                return 1
    for outcome, count in sorted(outcomes.items()):
        print(f"{count:6d} {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(float(arg) if k == 0 else int(arg) for k, arg in enumerate(sys.argv[1:3]))))
