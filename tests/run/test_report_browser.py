"""The report as a reader meets it, in a headless Chromium: narrow, wide, dark, by keyboard, without JavaScript."""

import re

import numpy as np
import pytest
from browser import CHROMIUM, FLAGS, PATIENCE

api = pytest.importorskip("playwright.sync_api", reason="no playwright: python -m pip install playwright")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def chromium():
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=1000 * PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, record_page):
    """Opens the report; no script of it may complain."""
    complaints, pages = [], []

    def visit(width=1000, **context):
        page = chromium.new_page(viewport={"width": width, "height": 900}, **context)
        page.set_default_timeout(1000 * PATIENCE)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        pages.append(page)
        page.goto(record_page.as_uri())
        return page

    yield visit
    for page in pages:
        page.close()
    assert complaints == []


@pytest.mark.parametrize("width", [400, 800, 1600])
def test_only_tables_scroll_sideways(width, opened):
    page = opened(width)
    assert page.evaluate("document.scrollingElement.scrollWidth") == width
    inside = "all => all.filter(one => one.parentElement.closest('.wide') === null).length"
    assert page.locator("table").evaluate_all(inside) == 0
    assert page.locator("img").evaluate_all("all => all.every(one => one.complete && one.naturalWidth > 0)")


def test_headings_are_in_order_and_pictures_have_words(opened):
    page = opened()
    levels = [int(tag[1]) for tag in page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => one.tagName)")]
    assert levels[0] == 1 and levels.count(1) == 1 and max(np.diff(levels)) == 1
    alts = page.locator("img").evaluate_all("all => all.map(one => one.alt)")
    assert min(map(len, alts)) > 40 and len(set(alts)) == len(alts)
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(set(ids)) == len(ids)


def column(table, k):
    return table.locator(f"td:nth-child({k})").all_text_contents()


def test_a_click_or_a_key_sorts_a_table(opened):
    page = opened()
    table = page.locator("#accuracy table").last
    before = column(table, 3)
    heading = table.locator("th").nth(2)
    heading.get_by_role("button").click()
    share = [float(re.match(r"[\d.]+", text)[0]) for text in column(table, 3)]
    assert share == sorted(share) and heading.get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Enter")  # the heading has the focus
    share = [float(re.match(r"[\d.]+", text)[0]) for text in column(table, 3)]
    assert share == sorted(share, reverse=True) and heading.get_attribute("aria-sort") == "descending"
    place = page.evaluate("scrollY")
    page.keyboard.press("Space")
    page.wait_for_timeout(500)
    assert page.evaluate("scrollY") == place  # Space scrolls, elsewhere
    assert column(table, 3) == before and heading.get_attribute("aria-sort") is None


def test_sorted_or_not_the_paper_stays_above_the_run(opened):
    page = opened()
    table = page.locator("#paper table").first
    pairs = {tuple(column(body, 1)) for body in table.locator("tbody").all()}
    numbers = table.locator("th").nth(3)
    numbers.get_by_role("button").click()
    assert {tuple(column(body, 1)) for body in table.locator("tbody").all()} == pairs
    flops = [body.locator("tr").last.locator("td").nth(3).text_content() for body in table.locator("tbody").all()]
    assert flops == sorted(flops, key=lambda text: float(text.rstrip("M"))) and any(len(pair) == 2 for pair in pairs)


def test_it_can_be_read_without_scripts(opened):
    page = opened(java_script_enabled=False)
    assert page.locator("th button").count() == 0 and page.locator("#accuracy td").count() > 50


def test_in_the_dark_charts_stay_on_white(opened):
    page = opened(color_scheme="dark")
    ground = "one => getComputedStyle(one).backgroundColor"
    assert page.locator("body").evaluate(ground) == "rgb(22, 24, 28)"
    assert page.locator("figure img").first.evaluate(ground) == "rgb(255, 255, 255)"


def test_paper_has_no_contents_and_no_buttons(opened):
    page = opened()
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible() and page.locator("#accuracy table").first.is_visible()


def test_the_first_key_leads_past_the_head(opened):
    page = opened(400)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").evaluate("one => one.getBoundingClientRect().left >= 0")
