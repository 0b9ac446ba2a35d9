#!/usr/bin/env python
"""Django's command line, with the embedded defaults unless DJANGO_SETTINGS_MODULE says otherwise."""

import os
import sys


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.config.settings.dev")
    from django.core.management import execute_from_command_line  # reason: settings first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
