"""The model card: every item of the guideline is there, filled in or asked for."""

import re

import pytest

from edunet.clinic.model_card import ITEMS, model_card


def test_the_guideline_has_27_items_in_order():
    numbers = [int(re.match(r"\d+", item)[0]) for group in ITEMS.values() for item, _, _ in group]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, 28))


def test_what_is_not_known_is_asked():
    card = model_card({"17": "Approved by the committee of the hospital."})
    assert "17" not in card.open_items()
    assert "[to be written] 18a Funding." in card.text()
    assert "Approved by the committee" in card.text()


def test_an_item_that_the_guideline_lacks_is_refused():
    with pytest.raises(ValueError, match="no item '28'"):
        model_card({"28": "?"})


def test_a_card_as_a_page_asks_in_the_same_words():
    assert model_card(title="Card").html().count("To be written:") == sum(map(len, ITEMS.values()))
