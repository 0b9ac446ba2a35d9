"""Two people at one draft: nobody's save wipes another's, and the page says what the server holds."""

import re

import pytest

from catalog.models import ListingProposal, ProposalPicture
from catalog.operations.proposing import save_proposal
from catalog.queries.proposals import facts_of
from tests.catalog.listing import camera, drafted
from tests.catalog.test_listing_pages import GOODS, client, form, seller, supplier, text  # noqa: F401
from tests.factories import AT, make_user

pytestmark = pytest.mark.django_db


def saved_line(page: str) -> tuple[str, str]:
    """Return the state of the line that says what is saved, and its words."""
    found = re.search(r'data-testid="saved"\s+data-state="(\w+)".*?>(.*?)</p>', page, re.DOTALL)
    assert found
    return found[1], " ".join(re.sub(r"<[^>]*>", " ", found[2].rpartition('">')[2]).split())


@pytest.fixture
def both(client, supplier):  # noqa: F811
    """A draft that was read at one version, of which a colleague saved another price and sentence since."""
    proposal = drafted(supplier)
    url = f"{GOODS}drafts/{proposal.pk}/"
    assert client.post(url, form(version=proposal.version)).status_code == 302
    proposal.refresh_from_db()
    read = proposal.version
    theirs = form(version=read, **{"specs-0-price": "35.00", "summary_zh": "同事写的一句话"})
    assert client.post(url, theirs).status_code == 302
    return client, url, proposal, read


def test_a_second_save_over_a_colleagues_is_refused_until_a_side_is_chosen(both):
    client, url, proposal, read = both  # noqa: F811
    mine = form(version=read, name_zh="蜜柚 白肉")
    for _again in range(2):
        answer = client.post(url, mine)
        page = text(answer)
        assert (answer.status_code, f'name="version" value="{read}"' in page) == (409, True)
        assert re.findall(r'data-testid="conflict-([\w-]+)"', page) == ["name_zh", "summary_zh", "spec-0-price_fen"]
        assert ["同事写的一句话" in page, "¥35.00" in page, "¥32.80" in page, "蜜柚 红肉" in page] == [True] * 4
    proposal.refresh_from_db()
    facts = facts_of(proposal)
    assert (facts.name_zh, facts.summary_zh, facts.specs[0].price_fen) == ("蜜柚 红肉", "同事写的一句话", 3500)


def test_a_choice_for_each_fact_makes_the_draft_of_both(both):
    client, url, proposal, read = both  # noqa: F811
    proposal.refresh_from_db()
    chosen = {"seen": str(proposal.version), "choose-name_zh": "mine", "choose-summary_zh": "theirs"}
    mine = form(version=read, name_zh="蜜柚 白肉")
    some = client.post(url, mine | chosen)
    assert (some.status_code, 'data-testid="mine-name_zh"\n               checked' in text(some)) == (409, True)
    assert client.post(url, mine | chosen | {"choose-spec-0-price_fen": "theirs"}).status_code == 302
    proposal.refresh_from_db()
    facts = facts_of(proposal)
    assert (facts.name_zh, facts.summary_zh, facts.specs[0].price_fen) == ("蜜柚 白肉", "同事写的一句话", 3500)


def test_choices_of_a_page_before_a_third_save_count_for_nothing(both):
    client, url, proposal, read = both  # noqa: F811
    proposal.refresh_from_db()
    seen = proposal.version
    assert client.post(url, form(version=seen, summary_zh="第三个人写的")).status_code == 302
    chosen = {"seen": str(seen), "choose-summary_zh": "mine", "choose-spec-0-price_fen": "mine"}
    assert client.post(url, form(version=read) | chosen).status_code == 409
    proposal.refresh_from_db()
    assert facts_of(proposal).summary_zh == "第三个人写的"


def test_the_same_facts_twice_are_no_conflict(both):
    client, url, _proposal, read = both  # noqa: F811
    same = form(version=read, **{"specs-0-price": "35.00", "summary_zh": "同事写的一句话"})
    assert client.post(url, same).status_code == 302


def test_a_row_that_only_one_has_is_chosen_whole(both):
    client, url, proposal, _read = both  # noqa: F811
    proposal.refresh_from_db()
    read = proposal.version
    more = {"rows": "2", "specs-1-text_zh": "10 斤 特级", "specs-1-weight": "10", "specs-1-unit": "jin"}
    assert client.post(url, form(version=read) | more).status_code == 302
    proposal.refresh_from_db()
    answer = client.post(url, form(version=read))
    assert re.findall(r'data-testid="conflict-([\w-]+)"', text(answer)) == ["spec-1"]
    chosen = {"seen": str(proposal.version), "choose-spec-1": "theirs"}
    assert client.post(url, form(version=read) | chosen).status_code == 302
    proposal.refresh_from_db()
    assert [spec.text_zh for spec in facts_of(proposal).specs] == ["5 斤 一级", "10 斤 特级"]


def test_a_photo_beside_unreadable_text_names_no_version_that_nobody_read(both):
    client, url, proposal, read = both  # noqa: F811
    answer = client.post(url, form(version=read, **{"specs-0-price": "x", "photos": camera()}))
    assert (answer.status_code, f'name="version" value="{read}"' in text(answer)) == (422, True)
    assert ProposalPicture.objects.filter(proposal=proposal).count() == 2
    assert client.post(url, form(version=read)).status_code == 409


def test_what_is_saved_is_said_with_its_time_and_a_refusal_says_that_it_is_not(client, supplier):  # noqa: F811
    assert saved_line(text(client.get(f"{GOODS}new/")))[0] == "nothing"
    refused = client.post(f"{GOODS}new/", form(**{"specs-0-price": "x"}))
    state, words = saved_line(text(refused))
    assert (refused.status_code, state, words) == (422, "refused", "没有保存：请改好标出的地方再保存。")
    proposal = ListingProposal.objects.get()
    url = f"{GOODS}drafts/{proposal.pk}/"
    assert saved_line(text(client.get(url)))[0] == "nothing"
    save_proposal(supplier_id=supplier.pk, proposal_id=proposal.pk, facts=facts_of(proposal), actor=make_user(), at=AT)
    state, words = saved_line(text(client.get(url)))
    assert (state, words.startswith("已于"), words.endswith("存到禾桥。")) == ("stored", True, True)
    state, words = saved_line(text(client.post(url, form(**{"specs-0-price": "x"}))))
    assert (state, words.startswith("没有保存"), "禾桥里是" in words) == ("refused", True, True)


def test_only_a_photo_that_was_kept_counts_as_taken(client, supplier):  # noqa: F811
    proposal = drafted(supplier)
    url = f"{GOODS}drafts/{proposal.pk}/"
    refused = text(client.post(url, form(photos=camera((200, 200)))))
    assert ("data-photos-taken" in refused, "data-photos-error" in refused) == (False, True)
    kept = text(client.post(url, form(**{"specs-0-price": "x", "photos": camera()})))
    assert ("data-photos-taken" in kept, "data-photos-error" in kept) == (True, False)


def test_a_phone_goes_on_with_its_own_draft_by_its_key(client, supplier):  # noqa: F811
    key = "a" * 32
    assert f'data-kept="{supplier.pk}:{key}"' in text(client.get(f"{GOODS}new/?key={key}"))
    assert key not in text(client.get(f"{GOODS}new/"))
    assert client.post(f"{GOODS}new/", form(key=key)).status_code == 302
    proposal = ListingProposal.objects.get()
    answer = client.get(f"{GOODS}new/?key={key}")
    assert (answer.status_code, answer["Location"]) == (302, f"{GOODS}drafts/{proposal.pk}/")
    assert f'data-kept="{supplier.pk}:{key}"' in text(client.get(answer["Location"]))
    assert '"><script' not in text(client.get(f'{GOODS}new/?key="><script'))
