"""Template tags and filters used everywhere."""

from django import template

register = template.Library()
