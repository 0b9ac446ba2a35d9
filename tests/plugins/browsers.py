"""The machine's own Chromium for Playwright, in a phone's and a desktop's size."""

import os
import shutil
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Playwright keeps an event loop in the test's thread; our ORM calls there are on purpose.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the installed Chromium, quietly."""
    from tests.conftest import missing_service  # reason: conftest loads this plugin

    if CHROMIUM is None:
        missing_service("Chromium", "no chromium on the path (make services installs it on Debian)")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": quiet}


@pytest.fixture
def phone() -> dict[str, Any]:
    """Return the context options of a phone."""
    return {"viewport": {"width": 360, "height": 780}, "device_scale_factor": 2, "has_touch": True, "locale": "zh-CN"}


@pytest.fixture
def desktop() -> dict[str, Any]:
    """Return the context options of a desktop."""
    return {"viewport": {"width": 1280, "height": 900}, "locale": "zh-CN"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs a browser last: Playwright's event loop stays in the thread, where others start loops of their own."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))
