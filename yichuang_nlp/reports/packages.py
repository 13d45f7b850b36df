"""Office files are zip packages with the hour of their making inside; here the same report gives the same bytes."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

__all__ = ["steady_package"]

_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
EARLIEST = date(1980, 1, 1)  # a zip knows no day before


def steady_package(package: bytes, day: date | None) -> bytes:
    """Return `package` with `day` as the day of all its parts, since the library never reads the clock."""
    day = max(day or EARLIEST, EARLIEST)
    stamp = f"{day.isoformat()}T00:00:00Z".encode()
    out = BytesIO()
    with ZipFile(BytesIO(package)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(lambda match: match[1] + stamp + match[2], content)
            info = ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            target.writestr(info, content)
    return out.getvalue()
