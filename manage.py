#!/usr/bin/env python
"""Django's command line, with the embedded defaults unless DJANGO_SETTINGS_MODULE says otherwise."""

import os
import sys
from argparse import ArgumentParser


def demo_address(arguments: list[str]) -> str:
    """Return where the demo answers whose command line this is, "" for another command: links and QR codes lead there."""
    if "run_demo" not in arguments[1:2]:
        return ""
    parser = ArgumentParser(add_help=False)
    parser.add_argument("--port", default="8000")
    return f"http://127.0.0.1:{parser.parse_known_args(arguments[2:])[0].port}"


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.config.settings.dev")
    if address := demo_address(sys.argv):
        os.environ.setdefault("SITE_URL", address)
    from django.core.management import execute_from_command_line  # reason: settings first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
