"""The composition root: settings, addresses, servers, and who answers whose hooks."""
