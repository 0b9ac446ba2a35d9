"""Documents that staff put beside pages: what a file says it is by its name, it is by its content."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.documents.fields import WagtailDocumentField
from wagtail.documents.forms import BaseDocumentForm

from shop.campaigns.cleaned_texts import CleanedTexts
from shop.core.errors import DomainError
from shop.core.untrusted import Limits, Unreadable, read_in_child

# A PDF begins with its mark: whatever stands before it would be what a browser or another program reads.
PDF_HEAD, PDF_END, PDF_TAIL = b"%PDF-", b"%%EOF", 2048
OFFICE = ("docx", "xlsx")


class CheckedDocumentField(WagtailDocumentField):
    """Takes a PDF that is one, and a Word or Excel file of the formats without programs, read in a child process."""

    def to_python(self, data: Any) -> Any:
        """Return the file, rewound. Raises ValidationError for other kinds, and what its name is a lie about."""
        if data and data.name.rpartition(".")[2].lower() not in settings.WAGTAILDOCS_EXTENSIONS:
            raise ValidationError(_("Please choose a PDF, a Word file (.docx) or an Excel file (.xlsx)."))
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


class CheckedDocumentForm(CleanedTexts, BaseDocumentForm):
    """The CMS's form of a document, with a field that looks into the file."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "file" in self.fields:
            plain = self.fields["file"]
            self.fields["file"] = CheckedDocumentField(
                required=plain.required, label=plain.label, widget=plain.widget, initial=plain.initial
            )

    def _update_errors(self, errors: ValidationError) -> None:
        """Take the model's errors, but not what it says of a file that the field refused: it sees none."""
        if hasattr(errors, "error_dict") and "file" in self.errors and "file" in errors.error_dict:
            del errors.error_dict["file"]
        super()._update_errors(errors)
