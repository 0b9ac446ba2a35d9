"""Databases, caches and brokers: embedded by default, distributed by setting."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

SQLITE_OPTIONS: dict[str, Any] = {
    # IMMEDIATE: a writer waits at BEGIN instead of failing half-way when its read lock cannot be promoted.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-32000; PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY;"
    ),
}


def databases(env: environ.Env, var_dir: Path) -> dict[str, dict[str, Any]]:
    """Return DATABASES: SQLite under `var_dir` unless DATABASE_URL names another.

    Migrations run as the owner (DATABASE_OWNER_URL, where there is one); the app's own role may not change ledgers.
    """
    migrating = sys.argv[1:2] == ["migrate"] and env.str("DATABASE_OWNER_URL", "")
    default = env.db_url(
        "DATABASE_OWNER_URL" if migrating else "DATABASE_URL", f"sqlite:///{var_dir / 'heqiao.sqlite3'}"
    )
    if default["ENGINE"].endswith("sqlite3"):
        default["OPTIONS"] = {**SQLITE_OPTIONS, **default.get("OPTIONS", {})}
    else:
        default.setdefault("CONN_MAX_AGE", 60)
        # The database may have been restarted since the last request: a connection is tried before it is used again.
        default["CONN_HEALTH_CHECKS"] = True
        default["OPTIONS"] = {
            "options": "-c lock_timeout=10000 -c statement_timeout=30000",
            # Only `shop.core.prepared` has statements kept; a pooler between transactions may not know them.
            "prepare_threshold": 5 if env.bool("DATABASE_PREPARES", True) else None,
            **default.get("OPTIONS", {}),
        }
    return {"default": default}


def caches(env: environ.Env, var_dir: Path) -> dict[str, dict[str, Any]]:
    """Return CACHES: Redis where CACHE_URL says so, files under `var_dir` otherwise."""
    if env.str("CACHE_URL", ""):
        cache = env.cache_url("CACHE_URL")
        ours = "redis" in cache["BACKEND"].lower()
        return {"default": {**cache, "BACKEND": "shop.core.rediscache.RedisCache"} if ours else cache}
    return {
        "default": {
            "BACKEND": "shop.core.filecache.FileCache",
            "LOCATION": str(var_dir / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    }


def own_cache(caches: dict[str, dict[str, Any]], var_dir: Path, worker: str) -> dict[str, dict[str, Any]]:
    """Return CACHES for one of several test workers: a folder or a Redis database nobody else clears."""
    default = caches["default"]
    if "redis" not in default["BACKEND"].lower():
        return {"default": {**default, "LOCATION": str(var_dir / f"cache-{worker}")}}
    server = urlsplit(default["LOCATION"])
    number = int(worker.removeprefix("gw")) + 2 if worker.startswith("gw") else 1
    return {"default": {**default, "LOCATION": server._replace(path=f"/{number}").geturl()}}
