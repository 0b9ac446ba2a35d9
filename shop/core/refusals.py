"""What an operation refuses, said in the form that asked for it."""

from django import forms

from shop.core.errors import DomainError


def add_refusal(form: forms.BaseForm, error: DomainError) -> None:
    """Put what an operation refused beside the field it names, or above them all."""
    form.add_error(error.field if error.field in form.fields else None, str(error.message))
