"""Full text over the cards' tokens, kept in step by the database itself, whoever writes a card."""

from django.db import migrations

SQLITE = [
    """
    CREATE VIRTUAL TABLE catalog_card_search USING fts5(
        tokens, content='catalog_listingcard', content_rowid='listing_id', detail=none, columnsize=0,
        tokenize='unicode61 remove_diacritics 0'
    )
    """,
    """
    CREATE TRIGGER catalog_card_search_insert AFTER INSERT ON catalog_listingcard BEGIN
        INSERT INTO catalog_card_search(rowid, tokens) VALUES (new.listing_id, new.tokens);
    END
    """,
    """
    CREATE TRIGGER catalog_card_search_delete AFTER DELETE ON catalog_listingcard BEGIN
        INSERT INTO catalog_card_search(catalog_card_search, rowid, tokens)
        VALUES ('delete', old.listing_id, old.tokens);
    END
    """,
    """
    CREATE TRIGGER catalog_card_search_update AFTER UPDATE OF tokens ON catalog_listingcard
    WHEN old.tokens IS NOT new.tokens BEGIN
        INSERT INTO catalog_card_search(catalog_card_search, rowid, tokens)
        VALUES ('delete', old.listing_id, old.tokens);
        INSERT INTO catalog_card_search(rowid, tokens) VALUES (new.listing_id, new.tokens);
    END
    """,
]
POSTGRES = [
    """
    CREATE INDEX catalog_card_search ON catalog_listingcard
    USING gin (array_to_tsvector(string_to_array(tokens, ' ')))
    """,
]
UNDO = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS catalog_card_search_update",
        "DROP TRIGGER IF EXISTS catalog_card_search_delete",
        "DROP TRIGGER IF EXISTS catalog_card_search_insert",
        "DROP TABLE IF EXISTS catalog_card_search",
    ],
    "postgresql": ["DROP INDEX IF EXISTS catalog_card_search"],
}


def make(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRES}.get(vendor, []):
        schema_editor.execute(statement)


def unmake(apps, schema_editor):
    for statement in UNDO.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunPython(make, unmake)]
