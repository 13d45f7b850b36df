"""The site: builds without a warning, and neither a page nor a script of it asks anything of another machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from .browser.test_page import driver  # noqa: F401 (the fixture)
from .conftest import ROOT

pytest.importorskip("material", reason="the extra `docs` is not installed")
pytest.importorskip("mkdocstrings", reason="the extra `docs` is not installed")

# what a browser fetches without being asked; <a href> only leads there when clicked
FETCHED = {
    "img": "src",
    "script": "src",
    "iframe": "src",
    "source": "src",
    "object": "data",
    "embed": "src",
    "use": "href",
}
ONLY_NAMED = {"alternate", "canonical", "next", "prev"}  # kinds of <link> that fetch nothing


class Fetches(HTMLParser):
    """Collects what a page fetches."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.classes: set[str] = set()
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.classes |= set(given.get("class", "").split())
        if tag in FETCHED:
            self.found.append(given.get(FETCHED[tag], ""))
        if tag == "link" and given.get("rel") not in ONLY_NAMED:
            self.found.append(given.get("href", ""))
        self.found += re.findall(r"url\(([^)]+)\)", given.get("style", ""))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert "WARNING" not in done.stderr
    return folder


def outside(address: str) -> bool:
    return bool(re.match(r"(?:[a-z]+:)?//", address.strip("'\" ")))


def test_no_page_fetches_anything_from_outside(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        fetches = Fetches(page)
        assert fetches.found
        assert not [address for address in fetches.found if outside(address)], page
        assert "mermaid" not in fetches.classes, "the theme fetches mermaid's script from a CDN"
        assert "md-source" not in fetches.classes, "the theme asks a repository's host for its stars"


def test_no_style_sheet_fetches_anything_from_outside(site: Path) -> None:
    sheets = list(site.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        text = sheet.read_text("utf-8")
        assert not [a for a in re.findall(r"url\(([^)]+)\)|@import ([^;]+)", text) if outside("".join(a))], sheet


def test_both_languages_are_there_and_searchable(site: Path) -> None:
    chinese = {
        page.relative_to(site).as_posix() for page in site.rglob("*.html") if "en" not in page.relative_to(site).parts
    }
    english = {page.relative_to(site / "en").as_posix() for page in (site / "en").rglob("*.html")}
    assert english == chinese - {"404.html"}
    index = (site / "search" / "search_index.js").read_text("utf-8")
    assert "howto/csv.html" in index and "en/howto/csv.html" in index
    text = json.loads(index.removeprefix("var __index = "))["docs"][0]["text"]
    assert text.count("\u200b") > 10, "Chinese is not cut into words: a search would find whole sentences only"


def test_what_is_included_is_there(site: Path) -> None:
    for page, words in (
        ("en/codebook.html", "The deliverable decides"),
        ("en/model.html", "Programmes it had not seen"),
        ("results.html", "Start-up"),
        ("api.html", "read_briefing"),
        ("en/api.html", "GapReport"),
    ):
        assert words in (site / page).read_text("utf-8"), page


@pytest.mark.browser
@pytest.mark.parametrize(
    ("page", "asked", "found"),
    [("index.html", "扫描件", "howto/scan.html"), ("en/index.html", "scanned", "en/howto/scan.html")],
)
def test_search_works_in_pages_opened_from_a_folder(
    site: Path,
    driver: Any,  # noqa: F811
    page: str,
    asked: str,
    found: str,
) -> None:
    driver.get_log("performance")
    driver.get((site / page).as_uri())
    field = driver.find_element("css selector", "input.md-search__input")
    driver.execute_script("arguments[0].focus()", field)
    field.send_keys(asked)
    links: list[str] = []
    end = time.monotonic() + 30
    while not links and time.monotonic() < end:
        time.sleep(0.2)
        links = [a.get_attribute("href") for a in driver.find_elements("css selector", "a.md-search-result__link")]
    assert any(link.startswith((site / found).as_uri()) for link in links), links
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    asked_for = {m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"}
    assert asked_for
    assert not {url for url in asked_for if not url.startswith(("file:", "data:", "blob:", "about:"))}
