"""The house: floors, sizes, the public face, the error tree, and what a cold start may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import yichuang_nlp
from yichuang_nlp import errors

PACKAGE = Path(yichuang_nlp.__file__).parent

# Floor by floor; a module imports only from floors below, and within `readers`, `gaps`, `reports`, `training` from
# its own room. docs/design.en.md says what lives where.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("_version", "errors", "limits", "notes", "palette"),
    ("notebook",),
    ("records",),
    ("findings", "lexicon", "places", "encoding", "zips", "typeset", "marks"),
    ("text", "clauses", "dates", "grids", "slots", "table_reading"),
    ("folding", "layouts", "masthead", "pages"),
    ("features", "tables"),
    ("scoring", "sections"),
    ("evidence", "artifact", "readers", "gaps"),
    ("classifier", "reports"),
    ("cellfile", "reporting"),
    ("batch",),
    ("training",),
    ("cli",),
    ("__init__", "__main__"),
)
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imports_of(path: Path) -> set[str]:
    """Rooms of the package that a module imports, also inside functions (not for type checking alone)."""
    found = set()
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path.name} imports relatively"
            names = [node.module] if node.module != "yichuang_nlp" else [f"yichuang_nlp.{a.name}" for a in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("yichuang_nlp.")}
    return found - {"models", "data"}


def test_every_module_has_a_floor() -> None:
    rooms = {room_of(path) for path in modules()} - {"data"}
    assert rooms <= set(FLOOR_OF), f"no floor for {sorted(rooms - set(FLOOR_OF))}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path: Path) -> None:
    room = room_of(path)
    if room in ("data", "__init__"):
        return
    upward = {other for other in imports_of(path) if other != room and FLOOR_OF[other] >= FLOOR_OF[room]}
    assert not upward, f"{path.name} (floor {FLOOR_OF[room]}) imports {sorted(upward)}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_over_400_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_no_empty_names() -> None:
    bad = {"utils", "common", "base", "helpers", "misc"}
    assert not {path.stem for path in modules()} & bad


def test_the_public_face() -> None:
    assert len(yichuang_nlp.__all__) <= 12
    for name in yichuang_nlp.__all__:
        assert getattr(yichuang_nlp, name) is not None
    assert set(yichuang_nlp.__all__) <= set(dir(yichuang_nlp))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = yichuang_nlp.no_such_name


def test_the_error_tree_is_as_drawn() -> None:
    drawn = errors.__doc__ or ""
    kinds = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    for kind in kinds:
        assert kind.__name__ in drawn, f"{kind.__name__} is not in the drawing"
        assert issubclass(kind, errors.YichuangError)
        assert kind.__name__ in errors.__all__
    for builtin, kind in ((ValueError, errors.ReadError), (FileNotFoundError, errors.NoSuchInput)):
        assert issubclass(kind, builtin)


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    return {name.split(".")[0] for name in done.stdout.splitlines()}


HEAVY = {"pandas", "sklearn", "scipy", "jieba", "rjieba", "numpy", "lxml", "rich", "openpyxl", "docx", "pyarrow"}


@pytest.mark.parametrize(
    ("code", "allowed", "why"),
    [
        ("import yichuang_nlp", set(), "a script that imports the package pays for nothing it does not use"),
        (
            "from click.testing import CliRunner\nfrom yichuang_nlp.cli import main\n"
            "CliRunner().invoke(main, ['--help'])",
            set(),
            "--help answers at once",
        ),
        (
            "from yichuang_nlp.cli import main\nfrom click.testing import CliRunner\n"
            "r = CliRunner().invoke(main, ['explain', '窗口已启用。'])\nassert r.exit_code == 0, r.output",
            {"jieba", "rjieba", "numpy"},
            "scoring needs neither pandas nor scikit-learn",
        ),
    ],
)
def test_what_a_cold_start_loads(code: str, allowed: set[str], why: str) -> None:
    assert loaded_by(code) & HEAVY <= allowed, why
