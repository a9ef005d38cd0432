"""What is written and what is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.dialogue.spoken_form import spoken_form


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("£149.", "149 pounds."),
        ("£39.90 for the Wren", "39 pounds 90 for the Wren"),
        ("£1,299 or £1,299.50", "1299 pounds or 1299 pounds 50"),
        ("£1, £0.50 and £0.01", "1 pound, 50 pence and 1 penny"),
        ("€20 and $5", "20 euros and 5 dollars"),
        ("2.3 kg, 48 g, 1 kg", "2.3 kilograms, 48 grams, 1 kilogram"),
        ("5 ATM, IP67 and IPX5", "5 atmospheres, I P 67 and I P X 5"),
        ("10 am–6 pm", "10 a.m. to 6 p.m."),
        ("9:30–18:00", "9 30 to 6 p.m."),
        ("9:05", "9 oh 5"),
        ("12:00, 0:00 and 3:15 pm", "12 p.m., 12 a.m. and 3 15 p.m."),
        ("9:00", "9 a.m."),
        ("10 % off", "10 percent off"),
        ("P-014", "P 0 1 4"),
        ("28 × 30 cm", "28 by 30 centimetres"),
        ("sugar & spice, 18+", "sugar and spice, 18 plus"),
        ("wash at 30 °C", "wash at 30 degrees Celsius"),
        ("1,299 people", "1299 people"),
        ("10-20 kg", "10 to 20 kilograms"),
        ("don't, it's 5 m's", "don't, it's 5 m's"),
        ("USB-C and Bluetooth 5.3", "USB-C and Bluetooth 5.3"),
        ("e.g. this", "for example this"),
        ("", ""),
    ],
)
def test_english(written: str, said: str) -> None:
    assert spoken_form(written, "en") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("39,90 €", "39 Euro 90"),
        ("1.299 €", "1299 Euro"),
        ("179 £ für", "179 Pfund für"),
        ("0,50 €", "50 Cent"),
        ("2,3 kg", "2,3 Kilogramm"),
        ("2.3 kg", "2,3 Kilogramm"),
        ("9:30–18:00", "9 Uhr 30 bis 18 Uhr"),
        ("9:05", "9 Uhr 5"),
        ("z. B. 5 m", "zum Beispiel 5 Meter"),
        ("10 %", "10 Prozent"),
    ],
)
def test_german(written: str, said: str) -> None:
    assert spoken_form(written, "de-CH") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("39,90 €", "39 euros 90"),
        ("1\u202f299 €", "1299 euros"),
        ("0,50 £", "50 pence"),
        ("18:00", "18 heures"),
        ("9:30", "9 heures 30"),
    ],
)
def test_french(written: str, said: str) -> None:
    assert spoken_form(written, "fr") == said


@pytest.mark.parametrize("language", ["xx", "../..", ""])
def test_a_language_without_rules_is_said_by_those_of_english(language: str) -> None:
    assert spoken_form("£5", language) == "5 pounds"


@given(st.text(max_size=80), st.sampled_from(["en", "de", "fr"]))
def test_any_text_can_be_said(text: str, language: str) -> None:
    spoken_form(text, language)


@given(st.text(alphabet=st.characters(categories=["Ll", "Lu"]), max_size=40))
def test_words_stay_as_they_are(word: str) -> None:
    assert spoken_form(word, "de") == " ".join(word.split())
