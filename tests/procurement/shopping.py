"""Sending shopping lists through their page, and taking what it ticks."""

import re

from procurement.models import PurchaseRequest


def new_list(client):
    """Start a request from a list; return where the list is sent."""
    return client.post("/units/requests/new/", {"how": "list"})["Location"]


def verdicts(page):
    """Return what each row of a list's page is found to be."""
    return re.findall(r'data-verdict="(\w+)"', page.content.decode())


def held():
    """Return how many of each specification the one request with goods asks for."""
    lines = PurchaseRequest.objects.filter(lines__isnull=False).distinct().get().lines.all()
    return {line.specification_id: line.quantity for line in lines}


def checked(page):
    """Return the rows that a list's page shows: what is there, what it becomes, and the verdicts."""
    text = page.content.decode()
    return [
        tuple(re.findall(rf'data-testid="row-{name}">(\d+)<', text) for name in ("there", "becomes")),
        verdicts(page),
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
