"""The control's server: the same site with the conditional update taken out of reserving stock."""
