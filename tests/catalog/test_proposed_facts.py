"""What a proposal may not say, and what may be sent as a photo of it."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.errors import ChangedSince, Unfit
from catalog.models import Picture
from catalog.operations.proposing import save_proposal
from catalog.rules.proposed import from_json, problems, to_json
from shop.core.errors import InvalidInput
from tests.catalog.listing import add_photos, camera, drafted, pomelo
from tests.factories import AT

pytestmark = pytest.mark.django_db


def save(proposal, facts=None, **more):
    by = {"supplier_id": proposal.supplier_id, "actor": None, "at": AT}
    return save_proposal(proposal_id=proposal.pk, facts=facts, **{**by, **more})


BAD = {
    "specs-0-price_fen": [{"price_fen": 0}, {"price_fen": -1}, {"price_fen": 10_000_001}],
    "specs-0-net_grams": [{"net_grams": 0}, {"net_grams": -5}],
    "specs-0-stock": [{"stock": -1}, {"stock": 1_000_001}],
    "specs-0-text_zh": [{"text_zh": "长" * 81}],
    "season_end": [{"season_end": None}, {"season_end": 13}],
    "season_start": [{"season_start": None}],
    "name_zh": [{"name_zh": "长" * 61}],
    "shelf_life_days": [{"shelf_life_days": -1}],
    "sale_unit": [{"sale_unit": "pound"}],
    "storage_class": [{"storage_class": "hot"}],
    "ship_within_hours": [{"ship_within_hours": 0}],
}


def test_what_cannot_be_is_said_beside_its_field():
    facts = pomelo()
    for field, cases in BAD.items():
        for case in cases:
            if field.startswith("specs-"):
                bad = replace(facts, specs=(replace(facts.specs[0], **case), facts.specs[1]))
            else:
                bad = replace(facts, **case)
            assert list(problems(bad, complete=False)) == [field], case
    twice = replace(facts, specs=(facts.specs[0], facts.specs[0]))
    assert list(problems(twice, complete=False)) == ["specs-1-text_zh"]
    many = replace(facts, specs=tuple(replace(facts.specs[0], text_zh=str(n)) for n in range(13)))
    assert list(problems(many, complete=False)) == ["specs"]
    assert next(iter(problems(replace(facts, sale_unit="piece"), complete=True))) == "specs-0-pieces"
    assert problems(facts, complete=True) == {}
    assert from_json(to_json(facts) | {"colour": "red"}) == facts


def test_photos_are_encoded_kept_once_counted_and_ordered():
    proposal = drafted(photos=0)
    one, two = camera(), camera(colour="#2E5A44")
    save(proposal, uploads=[one, two])
    again = camera()
    save(proposal, uploads=[again])
    photos = list(proposal.photos.all())
    assert [photo.picture.width for photo in photos] == [640, 640]
    save(proposal, first=photos[1].picture_id)
    assert proposal.photos.first().picture_id == photos[1].picture_id
    save(proposal, drop=photos[1].picture_id)
    assert [photo.picture_id for photo in proposal.photos.all()] == [photos[0].picture_id]
    add_photos(proposal, 11)
    with pytest.raises(InvalidInput) as refusal:
        save(proposal, uploads=[camera(colour="#000000")])
    assert (refusal.value.code, refusal.value.field) == ("too_many_photos", "photos")


HTML = b"<!doctype html><script>alert(1)</script>"


def test_what_is_no_photo_is_refused_and_nothing_of_it_kept():
    proposal = drafted(photos=0)
    before = Picture.objects.count()
    gif, tiny = camera(kind="GIF"), camera(size=(300, 300))
    polyglot = SimpleUploadedFile("x.jpg", b"GIF89a" + HTML)
    for upload in (gif, tiny, polyglot, SimpleUploadedFile("x.jpg", HTML)):
        with pytest.raises(InvalidInput) as refusal:
            save(proposal, uploads=[upload])
        assert refusal.value.field == "photos"
    assert Picture.objects.count() == before


def test_photos_stay_where_the_facts_are_refused():
    proposal = drafted(photos=0)
    for facts, version in ((pomelo(category_id=10**6), proposal.version), (pomelo(), 99)):
        with pytest.raises((Unfit, ChangedSince)):
            save(proposal, facts, uploads=[camera()], version=version)
    assert proposal.photos.count() == 1
