"""Who answers whose hooks. The one file to read to know which package takes part where."""


def connect() -> None:
    """Connect every hook; called once when the apps are ready."""
