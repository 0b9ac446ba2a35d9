"""Documents that staff put beside pages: what a file says it is by its name, it is by its content."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.documents.fields import WagtailDocumentField
from wagtail.documents.forms import BaseDocumentForm

from shop.core.errors import DomainError
from shop.core.untrusted import Limits, Unreadable, read_in_child

# A PDF begins with its mark: whatever stands before it would be what a browser or another program reads.
PDF_HEAD, PDF_END, PDF_TAIL = b"%PDF-", b"%%EOF", 2048
OFFICE = ("docx", "xlsx")


class CheckedDocumentField(WagtailDocumentField):
    """Takes a PDF that is one, and a Word or Excel file of the formats without programs, read in a child process."""

    def to_python(self, data: Any) -> Any:
        """Return the file, rewound. Raises ValidationError for what its name is a lie about."""
        found = super().to_python(data)
        if found is None:
            return None
        kind = found.name.rpartition(".")[2].lower()
        content = found.read()
        found.seek(0)
        if kind == "pdf" and not (content.startswith(PDF_HEAD) and PDF_END in content[-PDF_TAIL:]):
            raise ValidationError(_("This is no PDF, whatever its name says. Please save it as PDF again."))
        if kind in OFFICE:
            _check_office(content, kind)
        return found


def _check_office(content: bytes, kind: str) -> None:
    try:
        read_in_child("office", [content], limits=Limits(cpu_seconds=2, wall_seconds=5), kind=kind)
    except Unreadable as error:
        raise ValidationError(
            _("This Word or Excel file can't be taken: it is damaged, very large, or holds programs (macros).")
        ) from error
    except DomainError as error:
        raise ValidationError(str(error.message)) from error


class CheckedDocumentForm(BaseDocumentForm):
    """The CMS's form of a document, with a field that looks into the file."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "file" in self.fields:
            plain = self.fields["file"]
            self.fields["file"] = CheckedDocumentField(
                required=plain.required, label=plain.label, widget=plain.widget, initial=plain.initial
            )
