"""The reviewers' certificates, below /review/certificates/."""

from django.urls import path

from catalog.views import certificate_review

app_name = "certificate-review"
urlpatterns = [
    path("", certificate_review.certificates, name="certificates"),
    path("<str:number>/", certificate_review.certificate, name="certificate"),
    path("<str:number>/revoke/", certificate_review.revoke, name="revoke"),
    path("<str:number>/restore/", certificate_review.restore, name="restore"),
]
