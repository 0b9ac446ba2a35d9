"""Vanilla django-oscar, installed, seeded and bought from at run time, outside the project's own environment."""

import os
import random
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.benchmarks import services
from tests.benchmarks.load import TLS, FailedError

SOURCE = Path(__file__).parent / "oscar"
HOME = services.HOME / "peer"
PACKAGES = [
    "Django>=5.2,<5.3",
    "django-oscar[sorl-thumbnail]==4.2.1",
    "Whoosh>=2.7,<2.8",
    "granian==2.8.7",
    "psycopg[binary]>=3.2",
    "redis>=7,<8",
]
PYTHON = str(HOME / "venv" / "bin" / "python")
LOGIN = {"login-username": "shopper@example.com", "login-password": "orchard-2026", "login_submit": "Log In"}
CATEGORY = "/catalogue/category/produce-0_1/"


def _database(size: int) -> str:
    return f"peer_{size}"


def _env(size: int, database: str = "") -> dict[str, str]:
    return {
        "PEER_HOME": str(HOME),
        "PEER_DATABASE": database or _database(size),
        "PEER_PG_PORT": str(services.PG_PORT),
        "PEER_REDIS": f"redis://127.0.0.1:{services.REDIS_PORT}/1",
        "DJANGO_SETTINGS_MODULE": "peer.settings",
        "PYTHONPATH": str(HOME),
    }


def _run(*arguments: str, size: int, database: str = "") -> None:
    command = ["nice", "-n", "19", PYTHON, *arguments]
    environment = {**os.environ, **_env(size, database)}
    done = subprocess.run(command, cwd=HOME, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(f"the peer's {arguments}: {done.stderr[-1500:]}")


def build(size: int) -> None:
    """Install and seed the peer with `size` products, unless an earlier run has; the index is its slowest part."""
    server = services.start_postgres()
    services.start_redis()
    HOME.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(HOME / "peer", ignore_errors=True)
    shutil.copytree(SOURCE, HOME / "peer")
    if not (HOME / "venv" / "done").exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "-q", "--clear", "-p", sys.executable, str(HOME / "venv")], check=True)
        subprocess.run([*uv, "pip", "install", "-q", "-p", PYTHON, *PACKAGES], check=True)
        (HOME / "venv" / "done").touch()
    there = services.databases(server)
    # A database without its index or its static files (a cleaned cache) serves nothing: it is made again.
    if _database(size) in there and (HOME / f"index_{_database(size)}").exists():
        _collect_static(size)
        return
    services.run_sql(server, "postgres", f"DROP DATABASE IF EXISTS {_database(size)}")
    if "peer_empty" not in there:
        services.run_sql(server, "postgres", "CREATE DATABASE peer_making")
        _run("-m", "django", "migrate", "-v0", size=0, database="peer_making")
        services.run_sql(server, "postgres", "ALTER DATABASE peer_making RENAME TO peer_empty")
    making = f"{_database(size)}_making"
    if making in there:
        services.run_sql(server, "postgres", f"DROP DATABASE {making}")
    services.run_sql(server, "postgres", f"CREATE DATABASE {making} TEMPLATE peer_empty")
    _run("-m", "peer.seed", str(size), size=size, database=making)
    shutil.rmtree(HOME / f"index_{_database(size)}", ignore_errors=True)
    # In one batch: Whoosh takes 45 ms a product once its index is not empty.
    _run("-m", "django", "rebuild_index", "--noinput", "-v0", "-b", "1000000", size=size, database=making)
    (HOME / f"index_{making}").rename(HOME / f"index_{_database(size)}")
    services.run_sql(server, "postgres", f"ALTER DATABASE {making} RENAME TO {_database(size)}")
    _collect_static(size)


def _collect_static(size: int) -> None:
    _run("-m", "django", "collectstatic", "--noinput", "-v0", size=size)


@contextmanager
def serving(size: int) -> Iterator[services.Server]:
    """Serve the peer with 2 workers."""
    with services.serving("peer.wsgi:application", python=PYTHON, env=_env(size), cwd=HOME) as server:
        yield server


def sign_in(base: str) -> str:
    """Sign in over the peer's form; return the Cookie header of the session."""
    with httpx.Client(base_url=base, timeout=60, verify=TLS, follow_redirects=True) as http:
        http.get("/accounts/login/")
        fields = {**LOGIN, "csrfmiddlewaretoken": http.cookies["csrftoken"]}
        http.post("/accounts/login/", data=fields, headers={"Referer": f"{base}/accounts/login/"})
        if "sessionid" not in http.cookies:
            raise FailedError("the peer's sign-in")
        return "; ".join(f"{name}={value}" for name, value in http.cookies.items())


def product(number: int) -> str:
    """Return the address of product `number` (from 0)."""
    return f"/catalogue/village-pomelo-{number:06d}_{number + 1}/"


async def _post(http: httpx.AsyncClient, path: str, fields: dict[str, str], referer: str = "/") -> httpx.Response:
    data = {**fields, "csrfmiddlewaretoken": http.cookies["csrftoken"]}
    # After adding, Oscar sends the buyer back to the page they came from.
    answer = await http.post(path, data=data, headers={"Referer": str(http.base_url).rstrip("/") + referer})
    answer.raise_for_status()
    return answer


async def add(http: httpx.AsyncClient) -> str:
    """Put a product into the basket of an empty browser; return what went wrong, or nothing."""
    path = product(random.randrange(900))
    form = re.search(r'action="(/basket/add/\d+/)"', (await http.get(path)).text)
    if form is None:
        return "no form on the product page"
    answer = await _post(http, form[1], {"quantity": "1"}, path)
    return "" if "alert-success" in answer.text else "not added"


async def buy(http: httpx.AsyncClient) -> str:
    """Go from an empty browser to a placed order as a guest."""
    problem = await add(http)
    if problem:
        return problem
    await http.get("/checkout/")
    await _post(http, "/checkout/", {"username": f"{uuid.uuid4().hex}@example.com", "options": "anonymous"})
    address = {"first_name": "Min", "last_name": "Zhou", "line1": "Longkou 8", "line4": "Guangzhou", "country": "CN"}
    answer = await _post(http, "/checkout/shipping-address/", {**address, "postcode": "510630"})
    if not answer.url.path.endswith("/payment-details/"):
        return f"stuck at {answer.url.path}"
    await _post(http, "/checkout/preview/", {})
    answer = await _post(http, "/checkout/preview/", {"action": "place_order"})
    return "" if answer.url.path.endswith("/thank-you/") else f"ended at {answer.url.path}"
