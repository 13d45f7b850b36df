"""Run notebooks and write them back with their outputs, the same bytes for the same package, corpus and model.

    python tools/run_notebooks.py notebooks/*.ipynb
    python tools/run_notebooks.py notebooks/03_gap_report.ipynb --into /tmp

The metadata of a notebook then says which code and which model its outputs come from; tests/test_notebooks.py holds
them against what is in the repo.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]


def code_sha256(notebook: Any) -> str:
    """Return the hash of the code cells of a notebook."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(code).encode()).hexdigest()


def model_sha256() -> str:
    """Return the hash of the shipped model's weights."""
    document = json.loads((ROOT / "models" / "status" / "model.json").read_text("utf-8"))
    return str(document["weights_sha256"])


def run(path: Path, into: Path) -> None:
    """Run the notebook at `path` from its own folder and write it to the folder `into`."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=900, kernel_name="python3", resources=resources).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran
        for output in cell.get("outputs", []):
            if {"text/html", "image/svg+xml"} & set(output.get("data", {})):
                output["data"].pop("text/plain", None)  # the same once more, as a long repr
    notebook.metadata["language_info"] = {"name": "python"}
    notebook.metadata["yichuang_nlp"] = {"code_sha256": code_sha256(notebook), "model_sha256": model_sha256()}
    nbformat.write(notebook, into / path.name)


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--into", type=Path, help="a folder for the results (default: in place)")
    chosen = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # the matrices are too small to share out
        os.environ.setdefault(name, "1")
    for path in chosen.notebooks:
        start = time.monotonic()
        run(path.resolve(), chosen.into or path.parent)
        print(f"{path}: {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
