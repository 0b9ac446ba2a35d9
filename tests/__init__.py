"""Mirrors the source; journeys in flows/, real browsers in browser/, races in concurrency/."""
