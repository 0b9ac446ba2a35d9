"""Shopping lists as kitchens send them (`data/purchase-lists`): each is read as written, or refused in one sentence."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from procurement import lists
from procurement.rules.lists import Known, Verdict, check_rows
from shop.core.errors import InvalidInput

DATA = Path(__file__).parent / "data" / "purchase-lists"
CASES = json.loads((DATA / "index.json").read_text())
KNOWN = {code: Known(n, True, 10**6) for n, code in enumerate(("LB-004-01", "YY-017-01", "LJ-029-01"), 1)}


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_a_list_is_read_as_it_is_written(case):
    found, refused = _read(case)
    if refused is not None:
        assert (422 in case["status"], bool(str(refused.message))) == (True, True)
        return
    checked = check_rows(found.cells, KNOWN)
    rows = [
        {"row": row.number, "code": row.code, "pieces": row.quantity} for row in checked if row.verdict == Verdict.GOOD
    ]
    assert not [row for row in case.get("never", ()) if row in [{key: each[key] for key in row} for each in rows]]
    if rows != case["rows"]:
        # The other right answer: each row that isn't read says why.
        assert "or" in case
        assert {row["row"] for row in case["rows"]} <= {row.number for row in checked}


def _read(case):
    data = (DATA / case["file"]).read_bytes()
    try:
        if case["given"] == "file":
            return lists.read("", SimpleUploadedFile(case["file"], data)), None
        return lists.read(data.decode(), None), None
    except InvalidInput as error:
        return None, error
