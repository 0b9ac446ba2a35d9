"""Our site on PostgreSQL and Redis: seeded by `load_demo --scale`, served with 2 workers, bought from over its own forms."""

import hashlib
import html
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.benchmarks import services
from tests.benchmarks.load import TLS, FailedError
from tests.benchmarks.site.counting import ANSWER, ASK

ROOT = services.ROOT
SEEDED_BY = ("shop/demo", "catalog/operations", "catalog/cardpress.py", "catalog/models", "shop/core/migrations")
ADDRESS = {
    "address": "new",
    "name": "周敏",
    "phone": "13800002046",
    "province": "44",
    "city": "4401",
    "division": "440106",
    "street": "龙口西路 8 号 1202",
    "postcode": "510630",
}


@dataclass(frozen=True)
class Seed:
    """A seeded database and what the client must know of it."""

    size: int
    database: str
    env: dict[str, str]
    facts: dict[str, Any]

    @property
    def signed_in(self) -> dict[str, str]:
        """The header of a shopper who is signed in."""
        return {"Cookie": f"sessionid={self.facts['session']}; hq_me=1"}


def _version() -> str:
    """Return a hash over what makes the seeded data: other data, another database."""
    digest = hashlib.sha256()
    for place in SEEDED_BY:
        target = ROOT / place
        for file in sorted(target.rglob("*")) if target.is_dir() else [target]:
            if file.suffix in (".py", ".toml", ".csv", ".html"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


def _env(database: str) -> dict[str, str]:
    server, redis = services.start_postgres(), services.start_redis()
    return {
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.site.settings",
        "DATABASE_URL": f"{server}/{database}",
        "CACHE_URL": f"{redis}/2?key_prefix={database}",
        "VAR_DIR": str(services.HOME / "var"),
        "ALLOWED_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "ERROR",
    }


def run(env: dict[str, str], *arguments: str) -> str:
    """Run a script of ours in the site's environment; return what it printed."""
    environment = {**os.environ, **env}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise FailedError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
    return done.stdout


def seeded(size: int, *, fresh: bool = False) -> Seed:
    """Return the site with `size` products, seeding it unless an earlier run has (or `fresh`)."""
    server = services.start_postgres()
    database = f"ours_{size}_{_version()}"
    there = services.databases(server)
    if fresh or database not in there:
        making = f"{database}_making"
        for old in there:
            if old in (making, database) or (old.startswith(f"ours_{size}_") and not old.endswith("_making")):
                services.run_sql(server, "postgres", f'DROP DATABASE "{old}" WITH (FORCE)')
        copy = f"import django; django.setup(); from shop.core import migrated; migrated.copy_postgres({server!r}, {making!r})"
        env = _env(making)
        run(_env("postgres"), "-c", copy)
        run(env, "manage.py", "collectstatic", "--noinput", "-v0")
        run(env, "manage.py", "load_demo", "--scale", str(size))
        services.run_sql(server, "postgres", f'ALTER DATABASE "{making}" RENAME TO "{database}"')
    env = _env(database)
    Path(env["VAR_DIR"]).mkdir(parents=True, exist_ok=True)
    # Other tables may have changed since it was seeded.
    run(env, "manage.py", "migrate", "-v0")
    run(env, "manage.py", "collectstatic", "--noinput", "-v0")
    return Seed(size, database, env, json.loads(run(env, "-m", "tests.benchmarks.site.facts").splitlines()[-1]))


@contextmanager
def serving(seed: Seed, **env: str) -> Iterator[services.Server]:
    """Serve the site with 2 workers."""
    with services.serving("shop.config.wsgi:application", python=sys.executable, env={**seed.env, **env}) as server:
        yield server


@contextmanager
def serving_sockets(seed: Seed, **env: str) -> Iterator[services.Server]:
    """Serve the site's sockets with one process."""
    with services.serving_asgi("shop.config.asgi:application", env={**seed.env, **env}) as server:
        yield server


def _fields(page: str, action: str) -> dict[str, Any] | None:
    """Return the filled-in fields of the form that posts to `action`, as a browser would send them; None without one.

    Each name has all its values: the chosen lines of a basket share one.
    """
    form = re.search(rf'<form[^>]*action="[^"]*{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    if form is None:
        return None
    found: dict[str, Any] = {}
    for tag in re.findall(r"<(?:input|textarea)\b[^>]*>", form[1]):
        parts = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if parts.get("type") in ("radio", "checkbox") and not re.search(r"\bchecked\b", tag):
            continue
        if "name" in parts:
            found.setdefault(parts["name"], []).append(html.unescape(parts.get("value", "")))
    return found


def journeys(seed: Seed) -> tuple[Any, Any]:
    """Return the two journeys of an empty browser: product into the basket; product to placed order."""
    products = seed.facts["products"]

    async def add(http: httpx.AsyncClient) -> str:
        page = await http.get(random.choice(products))
        fields = _fields(page.text, "/shop/basket/add/")
        if fields is None:
            return f"no form on {page.url.path}"
        fields["quantity"] = "1"
        # As the page's own script sends it: the shopper stays on the page and is told how many are in the basket.
        headers = {"Referer": str(page.url), "Accept": "application/json"}
        answer = await http.post("/shop/basket/add/", data=fields, headers=headers)
        return "" if answer.status_code == 200 and answer.json()["basket_count"] == 1 else f"not added: {answer.text}"

    async def buy(http: httpx.AsyncClient) -> str:
        problem = await add(http)
        if problem:
            return problem
        page = await http.get("/shop/checkout/")
        fields = _fields(page.text, "/shop/checkout/")
        if fields is None:
            return f"no form at the checkout: {page.status_code} {page.url.path}"
        answer = await http.post("/shop/checkout/", data=fields | ADDRESS, headers={"Referer": str(page.url)})
        return "" if answer.url.path.startswith("/pay/") else f"ended at {answer.url.path}: {answer.status_code}"

    return add, buy


def queries(base: str, seed: Seed, path: str) -> int:
    """Return how many queries a signed-in page takes, the second time."""
    with httpx.Client(base_url=base, timeout=60, verify=TLS, headers={**seed.signed_in, ASK: "1"}) as http:
        for _ in range(4):
            answer = http.get(path)
        if answer.status_code != 200:
            raise FailedError(f"{path}: {answer.status_code}")
        return int(answer.headers[ANSWER])


def queries_to_place(base: str, seed: Seed) -> tuple[int, int]:
    """Return the queries of a signed-in basket with three lines, and of the request that places them."""
    with httpx.Client(base_url=base, timeout=60, verify=TLS, headers={ASK: "1"}) as http:
        http.cookies.set("sessionid", seed.facts["buyer"], domain="127.0.0.1")
        counts = (0, 0)
        # The first order keeps its address, the second is sent there, as most are.
        for address in (ADDRESS, {}):
            for path in random.sample(seed.facts["products"], 3):
                page = http.get(path)
                fields = _fields(page.text, "/shop/basket/add/") or {}
                http.post("/shop/basket/add/", data=fields | {"quantity": "1"}, headers={"Referer": str(page.url)})
            basket = http.get("/shop/basket/")
            page = http.get("/shop/checkout/")
            fields = _fields(page.text, "/shop/checkout/") or {}
            answer = http.post("/shop/checkout/", data=fields | address, headers={"Referer": str(page.url)})
            if answer.status_code != 302 or not answer.headers["Location"].startswith("/pay/"):
                raise FailedError(f"three lines were not placed: {answer.status_code}")
            counts = int(basket.headers[ANSWER]), int(answer.headers[ANSWER])
        return counts


def queries_of_place(seed: Seed) -> int:
    """Return the queries of the operation that places three lines."""
    specs = [str(one) for one in seed.facts["specs"][:3]]
    return int(run(seed.env, "-m", "tests.benchmarks.site.placing", *specs).splitlines()[-1])
