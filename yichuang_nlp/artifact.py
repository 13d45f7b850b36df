"""The model folder: `model.json` and `weights.npz`, both data; questioned before they are opened.

No pickle and no code: loading reads JSON and plain arrays, and refuses a folder whose format, hashes or shapes
are not what this version writes.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from yichuang_nlp.errors import ModelError
from yichuang_nlp.features import FAMILIES, TAGS
from yichuang_nlp.scoring import ARRAYS, ASPECTS, LABELS, ROLES, SUMMARY, Weights

__all__ = ["FORMAT", "data_sha256", "load_folder", "save_folder", "write_whole"]

FORMAT = 3
_MOST_BYTES = 64 * 2**20  # of an unpacked array: eight times what we ship
_TYPES = {"keys": np.uint64, "clause": np.int16, "cell": np.int16, "in_cell": np.bool_}  # the rest: float64
_HINT = "make the folder anew with: yichuang train CORPUS -o MODEL_DIR"


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` under a temporary name and rename it, so that no reader ever sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def data_sha256() -> str:
    """Return the hash of the word lists that features are made with: other lists, other features."""
    digest = hashlib.sha256()
    for name in ("dictionary.txt", "domain_words.tsv", "headings.tsv", "kinds.tsv", "verbs.tsv"):
        digest.update(files("yichuang_nlp.data").joinpath(name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _spec() -> dict[str, Any]:
    return {
        "labels": list(LABELS),
        "aspects": list(ASPECTS),
        "roles": list(ROLES),
        "families": list(FAMILIES),
        "tags": list(TAGS),
        "summary": len(SUMMARY),
        "data_sha256": data_sha256(),
    }


def _pack(weights: Weights) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # not compressed: loading is a matter of milliseconds
        for name in ARRAYS:
            member = io.BytesIO()
            array: Any = np.asarray(getattr(weights, name), _TYPES.get(name, np.float64), order="C")
            np.lib.format.write_array(member, array, allow_pickle=False)
            # a fixed date, so that the same arrays give the same bytes
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), member.getvalue())
    return buffer.getvalue()


def save_folder(folder: Path, weights: Weights, meta: Mapping[str, Any]) -> str:
    """Write a model folder and return the sha256 of its weights; `meta` goes into `model.json` as it is."""
    packed = _pack(weights)
    sha256 = hashlib.sha256(packed).hexdigest()
    document = {
        "format": FORMAT,
        **meta,
        "spec": _spec(),
        "shapes": {name: list(getattr(weights, name).shape) for name in ARRAYS},
        "weights_sha256": sha256,
    }
    write_whole(folder / "weights.npz", packed)
    write_whole(folder / "model.json", (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
    return sha256


def load_folder(folder: Path) -> tuple[dict[str, Any], Weights]:
    """Return what `model.json` says and the weights; raise `ModelError` for a folder that is not sound."""
    try:
        document = json.loads((folder / "model.json").read_text("utf-8"))
        packed = (folder / "weights.npz").read_bytes()
    except FileNotFoundError as error:
        raise ModelError(
            folder, found=f"no {Path(error.filename).name}", expected="model.json and weights.npz", hint=_HINT
        ) from error
    except (OSError, ValueError) as error:
        raise ModelError(folder / "model.json", found="no readable JSON", expected="a model", hint=_HINT) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else None
        raise ModelError(
            folder / "model.json", found=f"format {found!r}", expected=f"format {FORMAT}",
            hint="upgrade yichuang_nlp, or train again",
        )  # fmt: skip
    if hashlib.sha256(packed).hexdigest() != document.get("weights_sha256"):
        raise ModelError(
            folder / "weights.npz", found="other bytes than model.json vouches for",
            expected=f"sha256 {document.get('weights_sha256')}", hint="copy the folder again; do not edit it",
        )  # fmt: skip
    spec = document.get("spec", {})
    if spec != _spec():
        wrong = [name for name, value in _spec().items() if not isinstance(spec, dict) or spec.get(name) != value]
        raise ModelError(
            folder / "model.json", found=f"another feature specification ({', '.join(wrong)})",
            expected="the one of this version", hint=_HINT,
        )  # fmt: skip
    return document, _unpack(folder / "weights.npz", packed, document.get("shapes", {}))


def _unpack(path: Path, packed: bytes, shapes: Any) -> Weights:
    arrays: dict[str, Any] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for name in ARRAYS:
                if archive.getinfo(f"{name}.npy").file_size > _MOST_BYTES:
                    raise ValueError(f"{name} is too large")
                with archive.open(f"{name}.npy") as member:
                    array = np.lib.format.read_array(member, allow_pickle=False)
                if list(array.shape) != shapes.get(name):
                    raise ValueError(f"{name} has shape {array.shape}")
                if array.dtype != _TYPES.get(name, np.float64):
                    raise ValueError(f"{name} holds {array.dtype}")
                arrays[name] = array
        vocabulary = len(arrays["keys"])
        expected = {
            "keys": (vocabulary,), "clause": (vocabulary, 7), "clause_bias": (7,), "in_cell": (vocabulary,),
            "cell": (vocabulary, 4), "summary": (len(SUMMARY), 4), "cell_bias": (4,), "temperature": (),
        }  # fmt: skip
        for name, shape in expected.items():
            if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
                raise ValueError(f"{name} is not a finite array of shape {shape}")
        if not arrays["temperature"] > 0:
            raise ValueError("temperature is not above 0")
        keys = arrays["keys"]
        if (keys[1:] <= keys[:-1]).any():
            raise ValueError("keys are not sorted hashes")
        weights = Weights(**arrays)
    except (ValueError, KeyError, AttributeError, OSError, zipfile.BadZipFile) as error:
        raise ModelError(path, found=str(error), expected="the arrays of a model", hint=_HINT) from error
    return weights
