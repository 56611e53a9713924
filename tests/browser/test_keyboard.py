"""The whole way with a keyboard alone: every stop is seen, and nothing covers it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import donor
from tests.browser.conftest import NARROW, WIDE, Browse
from tests.browser.donor import Visitor

_MOST_STOPS = 60

# What has the focus: whether a ring is drawn round it (or round the card that holds it), and whether
# the place where it stands on the screen shows it and not something that lies over it.
_FOCUS = """() => {
  const focused = document.activeElement;
  const ringed = [focused, focused.closest("label")].filter(Boolean).some((element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  });
  const { left, top, width, height } = focused.getBoundingClientRect();
  const seen = document.elementFromPoint(left + Math.min(width, 40) / 2, top + height / 2);
  return {
    what: focused.outerHTML.slice(0, 160),
    ringed: ringed && focused.matches(":focus-visible"),
    seen: seen !== null && (focused.contains(seen) || seen.contains(focused)),
  };
}"""


def look(page: Page) -> str:
    """What has the focus: it is ringed, and nothing covers it."""
    page.wait_for_load_state()  # with its style sheets, or no ring could be seen yet
    focus = page.evaluate(_FOCUS)
    assert focus["ringed"], f"no ring round {focus['what']}"
    assert focus["seen"], f"something covers {focus['what']}"
    return str(focus["what"])


def press_tab(page: Page) -> str:
    page.wait_for_load_state()
    page.keyboard.press("Tab")
    return look(page)


def tab_to(page: Page, goal: Locator) -> None:
    for _ in range(_MOST_STOPS):
        press_tab(page)
        if goal.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{goal} cannot be reached by keyboard")


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_gift_can_be_made_with_the_keyboard_alone(browse: Browse, width: int) -> None:
    visitor = Visitor("en")
    page = browse(width)
    page.emulate_media(reduced_motion="reduce")  # or the page would still be sliding when looked at
    page.goto("/")
    before = donor.read_meter(page)

    tab_to(page, page.locator("[data-give]").first)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Make a gift")
    tab_to(page, page.locator("[name=amount]:checked"))
    page.keyboard.press("ArrowDown")
    assert page.locator("[name=amount]:checked").input_value() == "100"
    page.keyboard.press("ArrowUp")
    assert page.locator("[name=amount]:checked").input_value() == "50"
    for name, answer in (
        ("first_name", visitor.first_name),
        ("last_name", visitor.last_name),
        ("email", visitor.email),
        ("address", "1 rue de l’Exemple"),
        ("postal_code", "75015"),
        ("city", "Paris"),
    ):
        tab_to(page, page.locator(f"[name={name}]"))
        page.keyboard.type(answer)
    tab_to(page, page.locator("[name=updates]"))
    page.keyboard.press("Space")
    assert page.locator("[name=updates]").is_checked()
    tab_to(page, page.locator("[data-give-button]"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Test payment")
    tab_to(page, page.get_by_label("Test card number"))
    page.keyboard.type(donor.GOOD_CARD)
    page.keyboard.press("Enter")
    donor.expect_thanks(page, visitor)
    tab_to(page, page.get_by_role("link", name="See the programme"))
    page.keyboard.press("Enter")

    expect(page.locator(".meter")).to_be_visible()
    assert donor.read_meter(page) == before.after(50_00)


def walk_down(page: Page) -> list[str]:
    """Every stop until the page lets go of the focus."""
    stops = list[str]()
    while True:
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return stops
        stops.append(look(page))
        assert len(stops) < _MOST_STOPS, f"the focus never leaves: {stops[-3:]}"


@pytest.mark.parametrize("height", [568, 740, 756, 772, 788, 844])
@pytest.mark.parametrize("path", ["/en/hematology/", "/fr/hematologie/give/"])
def test_every_stop_on_a_phone_is_seen_on_the_way_down_and_up_again(
    browse: Browse, path: str, height: int
) -> None:
    page = browse()
    page.set_viewport_size({"width": NARROW, "height": height})
    page.emulate_media(reduced_motion="reduce")
    page.goto(path, wait_until="load")

    down, up = walk_down(page), list[str]()
    for _ in down:
        page.keyboard.press("Shift+Tab")
        up.append(look(page))

    assert "#content" in down[0]
    assert len(down) > 10
    assert up == down[::-1]


def test_first_stop_leads_past_the_head_of_the_page(browse: Browse) -> None:
    page = browse()
    page.goto("/en/hematology/")

    press_tab(page)
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    press_tab(page)

    assert page.evaluate("document.activeElement.matches('main [data-give]')")


def test_enter_in_a_field_sends_the_form_and_does_not_change_the_language(browse: Browse) -> None:
    page = browse()
    page.goto("/en/hematology/give/")

    page.locator("[name=city]").press("Enter")

    expect(page.locator(".form__errors")).to_be_focused()
    assert page.url.endswith("/en/hematology/give/")
