"""The trace pages, below /t/. They have no language in their address: labels are printed once."""

from django.urls import path

from traceability.views import trace

app_name = "trace"
urlpatterns = [
    path("", trace.entrance, name="entrance"),
    path("<str:code>", trace.trace, name="trace"),
    path("<str:code>/", trace.trace, name="trace_slash"),
    path("<str:code>/certificate/", trace.certificate, name="certificate"),
    path("<str:code>/certificate.pdf", trace.certificate_file, name="certificate_file"),
]
