"""The page as a reader has it: in a real browser, moving by itself, on a desk and on a phone."""

from pathlib import Path

import pytest

from imagen4.facts.protocol import CREDITS_PATH
from imagen4.sandbox import Sandbox
from sandbox.browser.conftest import Page
from sandbox.conftest import Asker

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def states(page: Page) -> list[str]:
    return page.text("#tasks .chip")


def test_tasks_move_without_a_reload(kie: Asker, page: Page) -> None:
    """From nothing to waiting, generating and a picture that has loaded."""
    kie.sandbox.configure(profile="documented")
    page.open(kie.sandbox.url())
    page.until(lambda: bool(page.text("#hint")[0]))
    assert kie.sandbox.url("kie") in page.text("#hint")[0]
    page.run("window.stillHere = true")
    kie.create("a red fox in the snow")
    page.until(lambda: states(page) == ["waiting"])
    kie.sandbox.clock.advance(3)
    page.until(lambda: states(page) == ["generating"])
    assert page.run("return document.querySelector('progress').value") > 0
    kie.sandbox.clock.advance(6)
    page.until(lambda: states(page) == ["success"])
    loaded = "return [...document.images].map(image => image.naturalWidth)"
    page.until(lambda: page.run(loaded) == [768])
    assert page.text("#tasks .prompt") == ["a red fox in the snow"]
    assert page.run("return window.stillHere") is True


def test_requests_answers_and_callbacks_are_shown(kie: Asker, page: Page) -> None:
    """Opened, they show the bodies, and stay open while the page updates."""
    page.open(kie.sandbox.url())
    kie.create("a lighthouse", callback="http://10.0.0.1/hook")
    kie.sandbox.clock.advance(9)
    kie.sandbox.deliver_callbacks()
    page.until(lambda: len(page.all("#requests details")) == 1)
    page.run("document.querySelector('#requests summary').click()")
    kie.send("GET", CREDITS_PATH, key="wrong")
    page.until(lambda: len(page.all("#requests details")) == 2)
    assert page.text("#requests .what") == ["credit", "createTask"]
    assert page.text("#requests .chip") == ["200 · code 401", "200"]
    assert "a lighthouse" in page.text("#requests details[open] pre")[1]
    assert page.text("#callbacks .chip")[0].startswith("not sent")


def test_what_strangers_send_is_shown_as_text(kie: Asker, page: Page) -> None:
    """No element, no script, in prompt, path or failure."""
    page.open(kie.sandbox.url())
    kie.sandbox.fault("fail", message=HOSTILE)
    kie.create(HOSTILE)
    kie.send("GET", f"/{HOSTILE}")
    kie.sandbox.clock.advance(9)
    page.until(lambda: states(page) == ["fail"])
    assert page.text("#tasks .prompt") == [HOSTILE]
    assert page.text("#tasks .failure") == [HOSTILE]
    assert page.driver.title == "imagen4 sandbox"
    assert page.all("#tasks img, #requests img, #tasks script, #requests script") == []


def test_the_buttons_step_the_clock_and_start_afresh(kie: Asker, page: Page) -> None:
    """Without the command line."""
    page.open(kie.sandbox.url())
    kie.create()
    page.until(lambda: states(page) == ["waiting"])
    page.all("[data-seconds='10']")[0].click()
    page.until(lambda: states(page) == ["success"])
    page.all("#reset")[0].click()
    page.until(lambda: states(page) == [])


def test_faults_are_armed_from_the_page(kie: Asker, page: Page) -> None:
    """By name and number; the page lists them until they have struck."""
    page.open(kie.sandbox.url())
    page.until(lambda: len(page.all("#fault option")) > 30)
    page.run("document.querySelector('#fault').value = 'code-455'")
    page.all("#arm [type=submit]")[0].click()
    page.until(lambda: page.text("#armed .chip") == ["code-455"])
    assert kie.send("GET", CREDITS_PATH).json()["code"] == 455
    page.until(lambda: page.text("#armed .chip") == [])


def test_the_page_says_when_the_sandbox_is_gone(page: Page) -> None:
    """Instead of showing old facts as new ones."""
    with Sandbox() as short:
        page.open(short.url())
        page.until(lambda: bool(page.text("#facts")[0]))
        assert not page.all("#lost")[0].is_displayed()
    page.until(lambda: bool(page.all("#lost")[0].is_displayed()))


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_loads_nothing_from_elsewhere(
    kie: Asker, apikley: Asker, page: Page, width: int
) -> None:
    """No sideways scrolling, nothing cut off, targets large enough for a thumb, a quiet console."""
    page.open(kie.sandbox.url(), width)
    kie.create("a red fox in the snow", aspect_ratio="16:9")
    apikley.create("lighthouses " * 20, num_images="4", aspect_ratio="9:16")
    kie.sandbox.clock.advance(9)
    kie.create("x" * 500)
    kie.send("GET", "/" + "long" * 50)
    page.until(lambda: states(page) == ["waiting", "success", "success"])
    page.until(lambda: page.run("return [...document.images].every(image => image.complete)"))
    assert page.run("return document.documentElement.scrollWidth") == width
    wide = "return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect()"
    assert page.run(f"{wide}.right > innerWidth + 1).map(e => e.outerHTML)") == []
    small = "return Math.min(...[...document.querySelectorAll('button, select')].map"
    assert page.run(f"{small}(e => e.getBoundingClientRect().height))") >= 38
    page.save(Path("out") / "sandbox" / f"page-{width}.png")
    assert page.hosts() == {kie.sandbox.url().removeprefix("http://")}
    assert page.console() == []
