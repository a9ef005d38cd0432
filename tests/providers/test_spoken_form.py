from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.providers.local_voice.spoken_form import spoken_words


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("It costs £149.00, or 1,299 dollars.", "It costs 149 pounds, or 1,299 dollars."),
        ("£1 £12.50 £1,299.99.", "1 pound 12 pounds 50 1,299 pounds 99."),
        ("$5 €20 12€", "5 dollars 20 euros 12 euros"),
        ("149.00 GBP or 149.50 EUR", "149 pounds or 149.50 euros"),
        ("2.3 kg, 1 kg (1.5 kg) and 46 g.", "2.3 kilograms, 1 kilogram (1.5 kilograms) and 46 grams."),
        ("3.5mm, 5GHz and 50% off", "3.5 millimetres, 5 gigahertz and 50 percent off"),
        ('a 14" screen of 14"', "a 14 inch screen of 14 inches"),
        ("30x20x10cm or 30 x 20 cm", "30 by 20 by 10 centimetres or 30 by 20 centimetres"),
        ("9:30 09:05 18:00 10:00am 9 am", "9 30 9 oh 5 6 PM 10 AM 9 AM"),
        ("9:00–18:00, 10–12 and £5-£10", "9 o'clock to 6 PM, 10 to 12 and 5 pounds to 10 pounds"),
        ("9 – 18", "9 to 18"),
        ("Mon-Fri, Sat & Sun.", "Monday to Friday, Saturday and Sunday."),
        ("I sat in the sun.", "I sat in the sun."),
        ("Ask Dr. Smith, e.g. about No. 5", "Ask doctor Smith, for example about number 5"),
        ("I say no.", "I say no."),
        ("in 5 min.", "in 5 minutes."),
        ("We have 5 in stock, 6in long", "We have 5 in stock, 6 inches long"),
        ("black/white & grey", "black white and grey"),
        ("red — or blue", "red , or blue"),
        ("Größe [[aɪ]]", "Größe aɪ"),
    ],
)
def test_what_is_written_becomes_what_is_said(written: str, spoken: str) -> None:
    assert " ".join(spoken_words(written.split())) == spoken


def test_other_scripts_are_left_out_and_keep_their_place() -> None:
    assert spoken_words(["the", "日本", "knife"]) == ["the", "", "knife"]


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_keeps_its_words_in_their_places(text: str) -> None:
    words = text.split()
    spoken = spoken_words(words)

    assert len(spoken) == len(words)
    assert not any("[" in word or "]" in word for word in spoken)
