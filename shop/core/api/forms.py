"""Forms of the pages check what comes by API too: one place for each rule and its words."""

from django.forms import Form

from shop.core.api.problems import Problem


class Unfit(Problem):
    """What was sent doesn't fit; `errors` are {field, code, message}."""

    def __init__(self, errors: list[dict[str, str]], code: str = "invalid") -> None:
        super().__init__(422, code, errors[0]["message"] if len(errors) == 1 else "")
        self.errors = errors


def clean(form: Form, names: dict[str, str] | None = None) -> None:
    """Check a bound form. Raises Unfit with each error; `names` says what the API calls a field of the form."""
    if form.is_valid():
        return
    called = names or {}
    raise Unfit(
        [
            {
                "field": called.get(field, "" if field == "__all__" else field),
                "code": each.code or "invalid",
                "message": message,
            }
            for field, found in form.errors.as_data().items()
            for each in found
            for message in each.messages
        ]
    )
