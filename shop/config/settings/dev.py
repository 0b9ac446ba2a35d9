"""The embedded defaults: what runs on a laptop with git, make and Python, and what the demo uses."""

from .base import *
from .base import INSTALLED_APPS, VAR_DIR, env
from .databases import caches, databases

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "heqiao-demo-key-that-production-refuses")

VAR_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = databases(env, VAR_DIR)
CACHES = caches(env, VAR_DIR)

INSTALLED_APPS = [*INSTALLED_APPS, "shop.demo.apps.DemoConfig"]
DEMO_CASHIER = True
SHOW_CODES = True
LICENCES = {
    "business": "91440101DEMO000000",
    "food": "JY1440106DEMO000",
    "icp": "粤ICP备00000000号-1",
    "telecom": "粤B2-00000000",
}
TRANSFER_ACCOUNT = {"payee": "禾桥（演示）", "bank": "演示银行广州分行", "number": "6200 0000 0000 0000 000"}
