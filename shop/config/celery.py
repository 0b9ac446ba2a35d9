"""Celery: one worker and its beat. What must happen is in the outbox; Celery only wakes it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.config.settings.dev")

app = Celery("heqiao")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
