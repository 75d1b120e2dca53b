"""Debian's headless Chromium, driven by selenium; each session with a profile of its own."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from ports import own_port

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


class Page:
    """The sandbox's page in the browser."""

    def __init__(self, driver: "Chrome") -> None:
        self.driver = driver

    def open(self, url: str, width: int = 1280) -> None:
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.resize(width, 900)
        self.driver.get(url)

    def resize(self, width: int, height: int) -> None:
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)

    def show(self, view: str) -> None:
        """A reader taps on the view's name."""
        self.driver.find_element("css selector", f"nav a[data-view='{view}']").click()

    def in_view(self, selector: str) -> bool:
        """All of these are on the screen, whole and on top, where the reader has scrolled to."""
        script = """return [...document.querySelectorAll(arguments[0])].every(e => {
            const box = e.getBoundingClientRect();
            const x = box.left + box.width / 2, y = box.top + box.height / 2;
            const top = document.elementFromPoint(x, y);
            return box.width > 0 && box.top >= 0 && box.bottom <= innerHeight
                && (e.contains(top) || top.contains(e));
        })"""
        return bool(self.driver.execute_script(script, selector)) and bool(self.all(selector))

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", selector))

    def text(self, selector: str) -> list[str]:
        """All at one moment: asked one by one, an element may have gone meanwhile."""
        script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)"
        return list(self.driver.execute_script(script, selector))

    def run(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def until(self, come_true: Callable[[], bool]) -> None:
        """The page has updated itself; it does so every second."""
        from selenium.webdriver.support.wait import WebDriverWait

        WebDriverWait(self.driver, 60, poll_frequency=0.1).until(lambda _: come_true())

    def console(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def hosts(self) -> set[str]:
        """Every host and port that was asked for anything, the browser's own pages left out."""
        messages = [json.loads(entry["message"]) for entry in self.driver.get_log("performance")]
        events = [message["message"] for message in messages]
        urls = [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]
        return {urlsplit(url).netloc for url in urls if not url.startswith(("chrome:", "data:"))}

    def save(self, path: Path) -> None:
        """A screenshot of the whole page."""
        width, height = self.run("return [innerWidth, document.documentElement.scrollHeight]")
        self.resize(width, min(height, 3000))
        path.parent.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(path))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Chrome"]:
    """A browser; the test fails, with what to install, where there is none."""
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    if not (shutil.which(CHROMIUM) and shutil.which(DRIVER)):
        pytest.fail("no Chromium: apt-get install chromium chromium-driver", pytrace=False)
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in [*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER, port=own_port()))
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture
def page(chromium: "Chrome") -> Page:
    return Page(chromium)
