"""README and docs tell the truth: every block runs, what commands wrote is fresh, both languages say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import yichuang_nlp

from .conftest import ROOT

pytest.importorskip("cogapp", reason="the extra `docs` is not installed")
pytest.importorskip("sybil", reason="the extra `docs` is not installed")

from tools import write_docs

from docs_house import read_floors  # isort: skip (write_docs puts its folder on the path)
from docs_samples import finish, story_of
from docs_workspace import CommandFailed, Workspace, split_console

DOCS = ROOT / "docs"
PAGES = write_docs.pages()
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.M | re.S)
SKIP = re.compile(r"<!-- skip: next (.+) -->\n```")
MOST_SKIPS = 8  # blocks of one language that no test runs; raise it only with a reason as good as those there


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def english_of(page: Path) -> Path:
    """The English page beside a Chinese one."""
    return ROOT / "README.md" if page.name == "README.zh.md" else page.with_name(f"{page.stem}.en.md")


SPOKEN = re.compile(r"\b(host|bucket|archive|results|scan)\b")  # names in commands that the Chinese page has in Chinese
CHINESE = [page for page in PAGES if not page.name.endswith(".en.md") and page.name != "README.md"]
# the English page is a file of ours as it stands, and the Chinese one tells the same in its own words
INCLUDED = {"codebook.md", "model.md"}


@pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")  # dask on pandas 3.1
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_runs_and_what_commands_wrote_is_fresh(page: Path) -> None:
    stale, _ = write_docs.write_page(page, check=True)
    assert not stale, f"run `make docs`, read the diff, commit it\n{stale}"


def test_pictures_are_fresh() -> None:
    assert not write_docs.write_pictures(check=True), "run `make docs`"


def test_skipped_blocks_are_few_and_say_why() -> None:
    counts = {}
    for language, pages in (("zh", CHINESE), ("en", [english_of(page) for page in CHINESE])):
        reasons = [(name_of(page), reason) for page in pages for reason in SKIP.findall(page.read_text("utf-8"))]
        counts[language] = len(reasons)
        for where, reason in reasons:
            assert len(reason) > 25, f"{where}: a reason, please, in place of {reason}"
        assert len(reasons) <= MOST_SKIPS, "\n".join(map(str, reasons))
    assert counts["zh"] == counts["en"]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_block_escapes_by_its_language(page: Path) -> None:
    for language, source in FENCE.findall(page.read_text("utf-8")):
        assert language.split(" ")[0] in ("python", "console", "bash", "toml", "csv", "json", "text", ""), language
        if language in ("text", ""):
            assert not re.search(r"^(\$ |yichuang |pip |make |import )", source, re.M), "a command in a block of text"


def code_of(text: str) -> list[tuple[str, ...]]:
    """Commands and code of a page without comments, strings and whatever else is told in a language."""
    found: list[tuple[str, ...]] = []
    for head, source in FENCE.findall(text):
        language = head.split(" ")[0]
        if language in ("console", "bash"):
            lines = split_console(source) if language == "console" else source.splitlines()
            plain = [re.sub(r" +#.*| --lang en|[^\x00-\x7f]", "", line) for line in lines]
            found.append((language, *(SPOKEN.sub("", line) for line in plain)))
        elif language == "python":
            found.append((language, re.sub(r' *#.*|"[^"\n]*"|, "en"|\.(?:zh|value)\b', "", source)))
        elif language in ("toml", "csv", "json"):
            found.append((head, re.sub(" +#.*", "", source)))
    return found


def headings_of(text: str) -> list[int]:
    return [len(marks) for marks in re.findall(r"^(#+) ", FENCE.sub("", text), re.M)]


@pytest.mark.parametrize("page", CHINESE, ids=name_of)
def test_both_languages_stand_level(page: Path) -> None:
    other = english_of(page)
    assert other.is_file(), f"{page.name} has no English page"
    zh, en = page.read_text("utf-8"), other.read_text("utf-8")
    if page.name in INCLUDED:
        assert en.strip().startswith('--8<-- "')
        return
    if page.name != "commands.md":  # help texts there, tables of options here
        assert code_of(zh) == code_of(en)
    assert headings_of(zh) == headings_of(en)
    assert len(re.findall(r"!\[", zh)) == len(re.findall(r"!\[", en))


def test_every_page_has_a_chinese_one() -> None:
    assert {english_of(page) for page in CHINESE} == set(PAGES) - set(CHINESE)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_snippets_exist(page: Path) -> None:
    """The site leaves out what it cannot find; only the experiments may not have been run yet."""
    for name in re.findall(r'^--8<-- "([^":]+)', page.read_text("utf-8"), re.M):
        assert (ROOT / name).is_file() or name == "docs/experiments.md", name


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


def test_the_chinese_codebook_keeps_up() -> None:
    english = (ROOT / "corpus" / "codebook.md").read_text("utf-8")
    chinese = (DOCS / "codebook.md").read_text("utf-8")
    # every term that the English text quotes in Chinese, every label, letter and name
    terms = re.findall(r"[\u4e00-\u9fff0-9]*[\u4e00-\u9fff]+", english)
    assert not sorted({term for term in terms if term not in chinese})
    marks = set(re.findall(r"`([^`]+)`", english))
    assert not {mark for mark in marks if re.fullmatch("[a-z_.]+|[a-z ]+", mark) and f"`{mark}`" not in chinese}
    rules = r"^\d+\. "
    assert len(re.findall(rules, english, re.M)) == len(re.findall(rules, chinese, re.M))


def test_the_chinese_card_holds_every_figure() -> None:
    english = (ROOT / "models" / "status" / "README.md").read_text("utf-8")
    chinese = (DOCS / "model.md").read_text("utf-8")
    figures = re.compile(r"(?<![\w.])\d+\.\d{3}(?!\d)|[0-9a-f]{64}")
    assert figures.findall(english), "a card without figures"
    assert figures.findall(english) == figures.findall(chinese)


def test_the_limits_in_the_readme_are_those_of_the_card() -> None:
    """README says where the model errs most; a retrained one may err elsewhere."""
    card = (ROOT / "models" / "status" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (\(plain\)|cue|pair) \| \d+ \| ([\d.]+) \|", card, re.M)
    score = {name: float(f1) for name, f1 in rows}
    assert max(score["cue"], score["pair"]) < score["(plain)"]
    assert min(score, key=score.__getitem__) == "pair", "README names the same text under two dimensions first"


@pytest.mark.parametrize("suffix", ["", ".en"])
def test_the_house_is_drawn_whole(suffix: str) -> None:
    rooms = [room for floor in read_floors() for room in floor]
    page = (DOCS / f"design{suffix}.md").read_text("utf-8")
    drawn = (DOCS / "img" / f"floors{suffix}.svg").read_text("utf-8")
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    for room in rooms:
        assert f"| `{room}` |" in page
        assert f">{room}</text>" in drawn


def test_how_to_cite() -> None:
    lines = (ROOT / "CITATION.cff").read_text("utf-8").splitlines()
    fields = dict(line.split(": ", 1) for line in lines if re.match(r"[a-z-]+: ", line))
    assert fields["version"] == yichuang_nlp.__version__
    assert {"cff-version", "message", "title", "type"} <= set(fields)
    assert "authors:" in lines
    assert f"license = {fields['license']}" in (ROOT / "setup.cfg").read_text("utf-8")


def write(folder: Path, text: str) -> Path:
    page = folder / "page.md"
    page.write_text(text, "utf-8")
    return page


def test_a_stale_figure_is_found(tmp_path: Path) -> None:
    block = (
        '<!-- [[[cog session("yichuang --version") ]]] -->\n'
        "```console\n$ yichuang --version\n{}\n```\n<!-- [[[end]]] -->\n"
    )
    version = f"yichuang, version {yichuang_nlp.__version__}"
    assert not write_docs.write_page(write(tmp_path, block.format(version)), check=True)[0]
    stale, _ = write_docs.write_page(write(tmp_path, block.format("yichuang, version 0")), check=True)
    assert f"+{version}" in stale


@pytest.mark.parametrize(
    ("block", "error"),
    [
        ("```console\n$ yichuang report no-such-file.docx\n```\n", CommandFailed),
        ("```bash\nyichuang score no-such-file.csv\n```\n", CommandFailed),
        ("```python\nassert 1 == 2\n```\n", AssertionError),
        ("```toml\n[rule]\nsteepness = 1\n```\n", yichuang_nlp.YichuangError),
        ('```toml title="rule.toml"\n[rule]\nsteps = "two"\n```\n', yichuang_nlp.YichuangError),
    ],
)
def test_a_block_that_fails_is_found(tmp_path: Path, block: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        finish(write(tmp_path, block))


def test_a_page_is_one_story(tmp_path: Path) -> None:
    page = write(
        tmp_path,
        '```csv title="cells.csv"\ncity,dimension,text\n甲市,窗口设置,窗口已全部启用。\n```\n'
        "```console\n$ yichuang score cells.csv -o scored.csv\n$ yichuang report no.jpg\nwhatever\n$ echo $?\n1\n```\n"
        "```python\nfrom pathlib import Path\nscored = Path('scored.csv').read_text('utf-8')\n```\n"
        '<!-- skip: next "it would end everything" -->\n```bash\nexit 7\n```\n'
        "```python\nprint('completed' in scored)\n```\n",
    )
    story = story_of(page)
    assert [reason for _, reason in finish(page)] == ["it would end everything"]
    assert story.last_printed == "True\n"
    assert not story.space.folder.exists()


def test_a_workspace_is_like_a_checkout(tmp_path: Path) -> None:
    space = Workspace(tmp_path / "here")
    assert json.loads((space.folder / "models" / "status" / "model.json").read_text("utf-8"))["name"] == "status"
    assert "yijianshi-08.docx" in space.run("ls corpus/briefings")
    assert space.run("yichuang corpus --help").startswith("Usage: yichuang corpus")
