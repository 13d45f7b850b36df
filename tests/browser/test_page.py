"""The page in a real browser: headless Chromium, driven through its own driver; nothing leaves the machine."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.test_gaps_findings import compare
from tests.test_reports import build_hostile, build_report
from yichuang_nlp.findings import GapReport
from yichuang_nlp.reports import write_report

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    try:
        import selenium.webdriver as webdriver
    except ImportError:
        webdriver = None
    missing = [
        name for name, found in (("selenium", webdriver), ("Chromium", CHROMIUM), ("chromedriver", DRIVER)) if not found
    ]
    if missing:
        reason = f"{', '.join(missing)} not found: the page is not tested in a browser here"
        if os.environ.get("YICHUANG_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1200,1600",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield browser
    browser.quit()


def show(driver: Any, report: GapReport, folder: Path, lang: str = "zh") -> None:
    driver.get_log("browser")
    driver.get_log("performance")
    driver.get(write_report(report, folder / "page.html", lang).as_uri())
    assert driver.execute_script("return document.documentElement.dataset.ready") == "yes"


def check_quiet(driver: Any) -> None:
    """Hold that the console has no error and that no request went anywhere but to the file itself."""
    assert [entry for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []
    asked = []
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"])
    assert asked
    assert [url for url in asked if not url.startswith(("file://", "data:", "about:"))] == []


def cities(driver: Any) -> list[str]:
    found: list[str] = driver.execute_script(
        "return [...document.querySelectorAll('#grid tbody tr:not(.off)')].map(row => row.dataset.city)"
    )
    return found


def choose(driver: Any, name: str, value: str) -> None:
    driver.execute_script(
        "const it = document.getElementById(arguments[0]); it.value = arguments[1];"
        "it.dispatchEvent(new Event('change'))",
        name,
        value,
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_renders_without_an_error_and_asks_for_nothing(driver: Any, tmp_path: Path, lang: str) -> None:
    show(driver, build_report(), tmp_path, lang)
    assert len(driver.find_elements("css selector", "#grid tbody td button")) == 30
    assert driver.find_element("css selector", "#grid tbody td button").is_displayed()
    assert driver.execute_script("return document.documentElement.lang") == ("zh-CN" if lang == "zh" else "en")
    check_quiet(driver)


def test_it_sorts_by_the_list_and_by_the_heads(driver: Any, tmp_path: Path) -> None:
    report = build_report()
    show(driver, report, tmp_path)
    table = list(report.briefing.cities)
    assert cities(driver) == table
    choose(driver, "sort", "progress")
    by_progress = sorted(report.cities, key=lambda city: -(city.progress or 0))
    assert cities(driver) == [city.city for city in by_progress]
    head = driver.find_element("css selector", "#grid th[data-by=progress]")
    assert head.get_attribute("aria-sort") == "descending"
    head.find_element("css selector", "button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert cities(driver) == [city.city for city in reversed(by_progress)]
    driver.find_element("css selector", "#grid th[data-by='0'] button").click()
    assert cities(driver)[-1] == "湖州市"  # the only one with a plan there
    choose(driver, "sort", "table")
    assert cities(driver) == table


def test_it_filters_by_status_and_by_flag(driver: Any, tmp_path: Path) -> None:
    show(driver, build_report(), tmp_path)
    choose(driver, "by-status", "planned")
    assert cities(driver) == ["湖州市"]
    assert "3 / 30" in driver.find_element("id", "shown").text
    choose(driver, "by-status", "")
    choose(driver, "by-flag", "r")
    assert cities(driver) == ["绍兴市"]
    choose(driver, "by-flag", "")
    assert len(cities(driver)) == 6


def test_a_cell_opens_with_its_evidence_and_closes_again(driver: Any, tmp_path: Path) -> None:
    report = build_report()
    show(driver, report, tmp_path)
    button = driver.find_element("css selector", "#grid button[data-i='3']")
    button.click()
    dialog = driver.find_element("id", "cell")
    assert dialog.get_attribute("open") is not None
    prediction = report.predictions[3]
    assert "杭州市" in dialog.text and prediction.cell.dimension in dialog.text
    marked = driver.execute_script("return [...document.querySelectorAll('#cell mark')].map(mark => mark.textContent)")
    assert marked == [piece.text for piece in prediction.evidence]
    assert "95.0%" in dialog.text and "表1 第2行第5列" in dialog.text
    near = [item.text for item in dialog.find_elements("css selector", ".near button")]
    assert len(near) == 4 + 5
    dialog.find_element("css selector", ".near button").click()  # on to a neighbour
    assert report.predictions[0].cell.dimension in driver.find_element("id", "cell-title").text
    driver.find_element("css selector", "#cell .close").click()
    assert dialog.get_attribute("open") is None
    assert driver.execute_script("return document.activeElement.dataset.i") == "3"
    check_quiet(driver)


def test_it_works_from_the_keyboard(driver: Any, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    show(driver, build_report(), tmp_path)
    stops = driver.find_elements("css selector", "#grid td button[tabindex='0']")
    assert len(stops) == 1  # one stop for the whole matrix
    driver.execute_script("arguments[0].focus()", stops[0])
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_DOWN):
        driver.switch_to.active_element.send_keys(key)
    active = driver.switch_to.active_element
    assert active.get_attribute("data-i") == "11"  # third city, second dimension
    assert active.get_attribute("aria-label").startswith("温州市, 办事指南公布情况")
    active.send_keys(Keys.ENTER)
    dialog = driver.find_element("id", "cell")
    assert dialog.get_attribute("open") is not None
    assert driver.switch_to.active_element.get_attribute("class") == "close"
    driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert dialog.get_attribute("open") is None
    assert driver.switch_to.active_element.get_attribute("data-i") == "11"


CONTRAST = """
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const shine = ([r, g, b]) => [r, g, b].map(v => v / 255)
  .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const ground = (node) => {
  for (let at = node; at; at = at.parentElement) {
    const [r, g, b, a = 1] = parse(getComputedStyle(at).backgroundColor);
    if (a > 0.99) return [r, g, b];
  }
  return [255, 255, 255];
};
const poor = [];
for (const node of document.querySelectorAll('body *')) {
  const own = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
  if (!own || node.closest('script,style,svg,option') || !node.offsetParent) continue;
  const [one, two] = [shine(parse(getComputedStyle(node).color)), shine(ground(node))].sort((a, b) => b - a);
  const ratio = (one + 0.05) / (two + 0.05);
  if (ratio < 4.5) poor.push(node.textContent.slice(0, 30) + ' ' + ratio.toFixed(2));
}
return poor;
"""


def test_every_text_has_the_contrast_that_aa_asks_for(driver: Any, tmp_path: Path) -> None:
    show(driver, compare({"杭州市": "oc", "宁波市": "pp"}, {"杭州市": "op", "宁波市": "c-"}), tmp_path)
    assert driver.execute_script(CONTRAST) == []
    show(driver, build_report(), tmp_path)
    driver.find_element("css selector", "#grid button[data-i='3']").click()
    assert driver.execute_script(CONTRAST) == []


def test_names_and_roles_are_there_for_a_screen_reader(driver: Any, tmp_path: Path) -> None:
    show(driver, build_report(), tmp_path)
    unnamed = driver.execute_script(
        "return [...document.querySelectorAll('button,select,svg,section,[role=region]')]"
        ".filter(n => !(n.textContent.trim() || n.getAttribute('aria-label') || n.labels?.length)).length"
    )
    assert unnamed == 0
    assert driver.find_element("id", "grid").get_attribute("role") == "grid"
    assert driver.find_element("id", "shown").get_attribute("aria-live") == "polite"
    levels = driver.execute_script("return [...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_hostile_briefing_runs_nothing(driver: Any, tmp_path: Path, lang: str) -> None:
    report = build_hostile()
    show(driver, report, tmp_path, lang)
    for index in range(len(report.predictions)):
        driver.execute_script(f"document.querySelector('#grid button[data-i=\"{index}\"]').click()")
        shown = driver.execute_script("return document.querySelector('#cell .cell-text').textContent")
        assert shown.replace("\r", "") == report.predictions[index].cell.text.replace("\r", "")
        driver.execute_script("document.getElementById('cell').close()")
    assert driver.find_elements("css selector", "img, iframe, object, embed, b, i") == []
    assert len(driver.find_elements("css selector", "script")) == 2
    check_quiet(driver)


def test_even_a_script_that_got_in_could_not_run(driver: Any, tmp_path: Path) -> None:
    target = write_report(build_report(), tmp_path / "page.html")
    page = target.read_text(encoding="utf-8")
    target.write_text(page.replace("<main>", "<main><script>document.title='run'</script>"), encoding="utf-8")
    driver.get(target.as_uri())
    assert driver.title != "run"
    driver.get_log("browser")


def test_offsets_count_characters_not_utf16_units(driver: Any, tmp_path: Path) -> None:
    from tests.gap_cases import build_case
    from yichuang_nlp.gaps import gap_report

    text = "𠮷林😀已印发，窗口已启用。"
    briefing, predictions = build_case({"杭州市": "c"}, dimensions=["窗口"], texts={("杭州市", 0): text})
    show(driver, gap_report(briefing, predictions), tmp_path)
    driver.find_element("css selector", "#grid button[data-i='0']").click()
    marked = driver.execute_script("return [...document.querySelectorAll('#cell mark')].map(mark => mark.textContent)")
    assert marked == [piece.text for piece in predictions[0].evidence] == ["𠮷林😀已印发，", "窗口已启用。"]


def test_on_paper_all_cells_show_and_the_controls_do_not(driver: Any, tmp_path: Path) -> None:
    show(driver, build_report(), tmp_path)
    choose(driver, "by-status", "planned")
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not driver.find_element("css selector", ".controls").is_displayed()
        rows = driver.find_elements("css selector", "#grid tbody tr")
        assert all(row.is_displayed() for row in rows)
        wide = driver.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
