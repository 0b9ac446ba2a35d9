"""Test settings with the lock off."""

from shop.config.settings.test import *  # noqa: F403
from shop.config.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.drill.unlocked.apps.UnlockedConfig"]
