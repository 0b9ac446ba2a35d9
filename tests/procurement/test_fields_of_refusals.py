"""Refusals of units' programs name the fields of what was sent, never those of a page's form."""

import ast
import importlib
import inspect
import pkgutil
import textwrap

import pytest
from pydantic import BaseModel

import procurement.api
from shop.accounts.models import Membership
from tests.api.conftest import program_of
from tests.sales.selling import lines_of, ship

from .offices import make_office, ordered

# Where a refusal's field is written down: operations, and what they check codes and lengths with.
LOOKED_INTO = ("procurement.operations.", "shop.core.codes", "shop.core.lengths", "shop.sales.operations.acceptance")
# Of a page alone: its photos, and its choice of a person by account.
NOT_SENT = {"photos"}
# A receipt accepts what was sent whole: there are no pieces to be wrong about.
NOT_SENT_BY = {"confirm_receipt_link": {"accepted-", "weight-"}}
# The year and the unit stand in the address of a request, not in its body.
SET_BY_ADDRESS = {"year"}


def fields_in(function, seen):
    """Return the fields that a function's refusals name, and those of what it calls."""
    if function in seen:
        return set()
    seen.add(function)
    found = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if not isinstance(node, ast.Call):
            continue
        for keyword in node.keywords:
            if keyword.arg == "field":
                found |= literals(keyword.value)
        called = resolved(node.func, function.__globals__)
        if getattr(called, "__name__", "") == "check_length" and len(node.args) > 1:
            found |= literals(node.args[1])
        if inspect.isfunction(called) and called.__module__.startswith(LOOKED_INTO):
            found |= fields_in(called, seen)
    return found


def literals(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.JoinedStr):
        return {node.values[0].value}
    if isinstance(node, ast.IfExp):
        return literals(node.body) | literals(node.orelse)
    return set()


def resolved(node, names):
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return getattr(names.get(node.value.id), node.attr, None)
    return None


def routes():
    for each in pkgutil.iter_modules(procurement.api.__path__):
        module = importlib.import_module(f"procurement.api.{each.name}")
        for node in ast.parse(inspect.getsource(module)).body:
            if isinstance(node, ast.FunctionDef) and any(is_write(mark) for mark in node.decorator_list):
                yield pytest.param(module, node, id=f"{each.name}.{node.name}")


def is_write(mark):
    name = mark.func.attr if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) else ""
    return name == "writes" or (isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "step")


def names_of(model, start=""):
    for name, field in model.model_fields.items():
        yield start + name
        for inner in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if inspect.isclass(inner) and issubclass(inner, BaseModel):
                yield from names_of(inner, f"{start}{name}.")


@pytest.mark.parametrize(("module", "node"), list(routes()))
def test_a_routes_refusals_name_fields_of_its_body(module, node):
    sent = set()
    for argument in node.args.args:
        kind = vars(module).get(getattr(argument.annotation, "id", ""))
        if inspect.isclass(kind) and issubclass(kind, BaseModel):
            sent |= set(names_of(kind))
    told = set()
    for called in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
        function = resolved(called.func, vars(module))
        if inspect.isfunction(function) and function.__module__.startswith(LOOKED_INTO):
            told |= fields_in(function, set())
    maps = [key.value for mark in node.decorator_list for key in mark.keywords if key.arg == "fields"]
    fields = eval(ast.unparse(maps[0]), dict(vars(module))) if maps else {}
    known = sent | NOT_SENT | SET_BY_ADDRESS | NOT_SENT_BY.get(node.name, set())
    assert {fields.get(name, name) for name in told} - known == set()


@pytest.mark.django_db
@pytest.mark.usefixtures("that_day")
def test_an_acceptance_by_program_names_what_was_sent(listing):
    office = make_office(budget_fen=1_000_000, needs_two_receivers=True)
    member = make_office().buyer
    Membership.objects.create(user=member, organisation=office.unit.organisation, role="member")
    (order,) = ordered(office, (listing, 2))
    ship(order)
    program, path = program_of(office.buyer), f"/units/orders/{order.order.number}/acceptance"

    def field(**facts):
        return program.post(path, facts, key=str(facts)[:60]).json()["errors"][0]["field"]

    assert field() == "received_with"
    assert field(received_with=member.name, is_witness=True) == "is_witness"
    too_many = [{"line_id": lines_of(order)[0].pk, "quantity": 9}]
    assert field(received_with=member.name, lines=too_many) == "lines"
