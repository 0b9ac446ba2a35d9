"""Sending shopping lists through their page, and taking what it ticks."""

import re


def checked(page):
    """Return the rows that a list's page shows: what is there, what it becomes, and the verdicts."""
    text = page.content.decode()
    return [
        tuple(re.findall(rf'data-testid="row-{name}">(\d+)<', text) for name in ("there", "becomes")),
        re.findall(r'data-verdict="(\w+)"', text),
    ]


def list_url(page):
    """Return where a list's rows are taken."""
    return re.search(r'action="([^"]*)" data-testid="checked-list"', page.content.decode()).group(1)


def ticked(page):
    """Return the numbers of the rows that are ticked."""
    return re.findall(r'name="row" value="(\d+)" checked', page.content.decode())


def take(client, page, **also):
    """Take the ticked rows of a list's page; `also` are other fields of its form."""
    mode = {"mode": "add"} if 'name="mode" value="add"' in page.content.decode() else {}
    return client.post(list_url(page), {"take": "1", "row": ticked(page), **mode, **also})
