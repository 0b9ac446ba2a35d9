"""The rules of units' buying, pure: an auditor can read them."""
