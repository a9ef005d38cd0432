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


ENGLISH = {
    # prices
    "£1,299.00": "1299 pounds",
    "12 €, 12,50 € or EUR 12.50": "12 euros, 12 euros 50 or 12 euros 50",
    "$5 or 99p": "5 dollars or 99 pence",
    "from £5 to £9": "from 5 pounds to 9 pounds",
    "£5–£9 and £5-9": "5 to 9 pounds and 5 to 9 pounds",
    "£5.50 - £9.90 each": "5 pounds 50 to 9 pounds 90 each",
    "CHF 5, 20 USD": "5 Swiss francs, 20 dollars",
    "-£5 and −£2.50": "minus 5 pounds and minus 2 pounds 50",
    "£1.4599": "1.4599 pounds",
    "¥1,500": "1500 yen",
    "1080p": "1080p",
    # ranges, dimensions
    "10–15 cm, 2-3 days": "10 to 15 centimetres, 2 to 3 days",
    "10 cm – 15 cm": "10 centimetres to 15 centimetres",
    "30 x 20 x 10 cm": "30 by 20 by 10 centimetres",
    "30 cm x 20 cm": "30 centimetres by 20 centimetres",
    '5.5" and a 14″ screen': "5.5 inches and a 14 inches screen",
    "6 ft 2 in": "6 feet 2 inches",
    "5 in stock": "5 in stock",
    # sizes, fractions, ordinals
    "S/M/L/XL": "S, M, L, X L",
    "S–XL, 3XL": "S to X L, 3 X L",
    "EU 42, UK 9½": "EU 42, UK 9 and a half",
    "1/2 a cup, ¼ and 3/4, 5/7": "a half a cup, a quarter and three quarters, 5 over 7",
    "1 1/2": "1 and a half",
    "1st and 2nd": "1st and 2nd",
    # dates and times
    "on 2026-11-21": "on the 21st of November 2026",
    "21.11.2026 or 21/11/2026": "the 21st of November 2026 or the 21st of November 2026",
    "3 May, the 3rd May and 1 Jan": "the 3rd of May, the 3rd of May and the 1st of January",
    "40 May": "40 May",
    "99.99.2026": "99.99.2026",
    "9:00–18:30": "9 a.m. to 6 30 p.m.",
    "9am-5pm": "9 a.m. to 5 p.m.",
    "9 am - 5 pm": "9 a.m. to 5 p.m.",
    "Mon–Fri 9:00–18:00, Sat 10:00": "Monday to Friday 9 a.m. to 6 p.m., Saturday 10 a.m.",
    "Sat & Sun": "Saturday and Sunday",
    "I sat in the sun": "I sat in the sun",
    "25:99": "25:99",
    "24/7": "24 7",
    # telephone
    "020 7946 0958": "0 2 0, 7 9 4 6, 0 9 5 8",
    "+44 20 7946 0958": "plus 4 4, 2 0, 7 9 4 6, 0 9 5 8",
    "0 to 10": "0 to 10",
    # temperature, percent, negative, decimal, years
    "−5 °C to 30°C, 1 °C": "minus 5 degrees Celsius to 30 degrees Celsius, 1 degree Celsius",
    "50% off, -3 and 2.75": "50 percent off, minus 3 and 2.75",
    "since 1998": "since 1998",
    "10,000.5": "10000.5",
    # units
    "3 lb 5 oz, 1.5 L, 500 ml": "3 pounds 5 ounces, 1.5 litres, 500 millilitres",
    "230 V, 60 Hz, 16 GB, 5000 mAh, 18 Wh": "230 volts, 60 hertz, 16 gigabytes, 5000 milliamp hours, 18 watt hours",
    "45 dB, 800 lm, 1200 rpm, 12 MP, 64 px": (
        "45 decibels, 800 lumens, 1200 revolutions per minute, 12 megapixels, 64 pixels"
    ),
    "2 h 30 min 5 s": "2 hours 30 minutes 5 seconds",
    "20 m² and 25 km/h": "20 square metres and 25 kilometres per hour",
    # abbreviations, codes
    "approx. 5 m incl. case, max. 3 kg": "approximately 5 metres including case, maximum 3 kilograms",
    "min. 2 m, 5 min.": "minimum 2 metres, 5 minutes.",
    "See No. 5 of Dr. Lee, St. James": "See number 5 of doctor Lee, saint James",
    "There is no. 5": "There is number 5",
    "Approx. 5": "Approximately 5",
    "IP68, USB-C, Wi-Fi 6, Bluetooth 5.3, 4K": "I P 68, USB-C, Wi-Fi 6, Bluetooth 5.3, 4K",
    "LED, LEDs, GPS and NFC": "L E D, L E Ds, GPS and NFC",
    # signs and addresses
    "A + B = C & D": "A plus B equals C and D",
    "mail help@holo-shop.com": "mail help at holo dash shop dot com",
    "see https://www.example.com/shop.": "see www dot example dot com slash shop.",
    "#5": "number 5",
}

GERMAN = {
    "12 €, 12,50 €, EUR 12,50": "12 Euro, 12 Euro 50, 12 Euro 50",
    "1 € oder 5,– €": "ein Euro oder 5 Euro",
    "1.299,00 €": "1299 Euro",
    "von 5 € bis 9 €, 5–9 €, 5 € – 9 €": "von 5 Euro bis 9 Euro, 5 bis 9 Euro, 5 bis 9 Euro",
    "99 ct, 20 CHF": "99 Cent, 20 Franken",
    "10–15 cm, 2-3 Tage": "10 bis 15 Zentimeter, 2 bis 3 Tage",
    "30 x 20 x 10 cm": "30 mal 20 mal 10 Zentimeter",
    '5,5"': "5,5 Zoll",
    "S/M/L/XL": "S, M, L, X L",
    "Gr. 42, 9½": "Größe 42, 9 einhalb",
    "¼ Liter": "ein Viertel Liter",
    "am 2026-11-21, am 21.11.2026": "am einundzwanzigsten November 2026, am einundzwanzigsten November 2026",
    "am 3. Mai, am 3.5. um 9:00 Uhr": "am dritten Mai, am dritten Mai um 9 Uhr",
    "9:00–18:30 Uhr": "9 Uhr bis 18 Uhr 30",
    "Mo–Fr 9:00–18:00": "Montag bis Freitag 9 Uhr bis 18 Uhr",
    "030 901820": "0 3 0, 9 0 1 8 2 0",
    "+49 (0)30 901820": "plus 4 9, 3 0, 9 0 1 8 2 0",
    "−5 °C, 10 %, -3, 2,75": "minus 5 Grad Celsius, 10 Prozent, minus 3, 2,75",
    "1 kg, 1 h, 2 h, 1 min": "ein Kilogramm, eine Stunde, 2 Stunden, eine Minute",
    "20 m², 25 km/h, 5000 mAh, 1200 U/min": (
        "20 Quadratmeter, 25 Kilometer pro Stunde, 5000 Milliamperestunden, 1200 Umdrehungen pro Minute"
    ),
    "z. B. inkl. ca. 5 m, max. 3 kg": "zum Beispiel inklusive circa 5 Meter, maximal 3 Kilogramm",
    "Z. B. Nr. 5, Dr. Lee": "Zum Beispiel Nummer 5, Doktor Lee",
    "rot & blau + grün = bunt": "rot und blau plus grün gleich bunt",
    "info@laden.de, www.laden.de/hilfe": "info ät laden Punkt de, www Punkt laden Punkt de Schrägstrich hilfe",
    "IP68, USB-C, USB 3.2, UV, EU 42": "I P 68, U S B C, U S B 3 Punkt 2, U V, E U 42",
    "Bluetooth 5.3, 5.3 m": "Bluetooth 5 Punkt 3, 5,3 Meter",
    "So 3 Stück": "So 3 Stück",
}

FRENCH = {
    "12 €, 12,50 €, EUR 12,50": "12 euros, 12 euros 50, 12 euros 50",
    "1 € ou 1,50 €": "un euro ou un euro 50",
    "de 5 € à 9 €, 5–9 €": "de 5 euros à 9 euros, 5 à 9 euros",
    "10–15 cm, 2-3 jours": "10 à 15 centimètres, 2 à 3 jours",
    "30 x 20 cm": "30 sur 20 centimètres",
    "1,5 l, 2 l": "1,5 litre, 2 litres",
    "9½": "9 et demi",
    "le 21/11/2026, le 1er mai": "le 21 novembre 2026, le premier mai",
    "le 3 mai": "le 3 mai",
    "la 2e fois": "la deuxième fois",
    "9h00–18h30": "9 heures à 18 heures 30",
    "9:00–18:30": "9 heures à 18 heures 30",
    "lun–ven": "lundi à vendredi",
    "01 23 45 67 89": "0 1, 2 3, 4 5, 6 7, 8 9",
    "−5 °C, 10 %": "moins 5 degrés, 10 pour cent",
    "1 h, 1 kg, 20 m²": "une heure, un kilo, 20 mètres carrés",
    "env. 5 m, p. ex. n° 5": "environ 5 mètres, par exemple numéro 5",
    "rouge & bleu": "rouge et bleu",
    "aide@boutique.fr": "aide arobase boutique point fr",
    "S/M/XL": "S, M, X L",
    "HDMI, Bluetooth 5.3": "H D M I, Bluetooth 5 point 3",
}


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        (language, written, said)
        for language, table in (("en", ENGLISH), ("de", GERMAN), ("fr", FRENCH))
        for written, said in table.items()
    ],
)
def test_all_ways_of_writing(language: str, written: str, said: str) -> None:
    assert spoken_form(written, language) == said


@pytest.mark.parametrize("language", ["xx", "../..", ""])
def test_a_language_without_rules_is_said_by_those_of_english(language: str) -> None:
    assert spoken_form("£5", language) == "5 pounds"


LANGUAGES = st.sampled_from(["en", "de", "fr"])
_SIGNS = "£€$¥%°&½¼¾²³″×="
_written = st.lists(
    st.one_of(
        st.text(alphabet=f"0123456789.,:-–−/x {_SIGNS}+#@", min_size=1, max_size=12),
        st.sampled_from(
            [
                "kg",
                "cm",
                "m²",
                "km/h",
                "EUR",
                "GBP",
                "S/M",
                "Mon",
                "May",
                "3.5.",
                "a@b.de",
                "No.",
                "max.",
                "h",
                "p",
                "IP",
                "in",
            ]
        ),
        st.text(max_size=4),
    ),
    max_size=8,
).map("".join)


@given(_written | st.text(max_size=80), LANGUAGES)
def test_any_text_can_be_said_and_keeps_no_sign(text: str, language: str) -> None:
    said = spoken_form(text, language)
    assert not set(said) & set("£€$¥%°&=")


@given(
    st.integers(0, 99_999),
    st.integers(0, 99),
    st.sampled_from(["{s}{a}", "{a} {s}", "{a}{s}", "{s} {a}", "{s}{a}–{s}{a}", "from {s}{a}, or {a} {s}"]),
    st.sampled_from(["£", "€", "$", "EUR", "GBP", "CHF"]),
    LANGUAGES,
)
def test_every_digit_of_a_price_is_said_and_saying_it_again_changes_nothing(
    whole: int, cents: int, form: str, sign: str, language: str
) -> None:
    if form == "{a}{s}" and sign.isalpha():
        form = "{a} {s}"
    amount = (
        f"{whole:,}.{cents:02}" if language == "en" else f"{whole:,}.{cents:02}".translate(str.maketrans(",.", ".,"))
    )
    said = spoken_form(form.format(s=sign, a=amount), language)
    numbers = [word for word in said.replace(",", ".").replace(".", " ").split() if word.isdigit()]
    named = "ein" in said.split() or "un" in said.split() or "une" in said.split()
    assert not set(said) & set("£€$")
    assert whole == 0 or str(whole) in numbers or (whole == 1 and named)
    assert (
        cents == 0
        or any(int(number) in {cents, cents // 10 if cents % 10 == 0 else cents} for number in numbers)
        or (cents == 1 and named)
    )
    assert spoken_form(said, language) == said


@given(
    st.integers(0, 9999),
    st.sampled_from(["kg", "cm", "m²", "km/h", "mAh", "°C", "%", "GB", "h", "min", '"']),
    LANGUAGES,
)
def test_a_measure_is_said_once_and_for_all(number: int, unit: str, language: str) -> None:
    said = spoken_form(f"{number} {unit}", language)
    assert unit not in said.split()
    assert number == 1 or str(number) in said
    assert spoken_form(said, language) == said


@given(st.integers(1, 12), st.integers(1, 28), st.integers(2000, 2099), LANGUAGES)
def test_a_date_in_any_order_is_the_same_day(month: int, day: int, year: int, language: str) -> None:
    said = spoken_form(f"{year}-{month:02}-{day:02}", language)
    assert (
        said == spoken_form(f"{day}.{month}.{year}", language) == spoken_form(f"{day:02}/{month:02}/{year}", language)
    )
    assert str(year) in said
    assert spoken_form(said, language) == said


@given(st.integers(0, 23), st.integers(0, 59), LANGUAGES)
def test_a_time_has_no_colon_left(hour: int, minute: int, language: str) -> None:
    said = spoken_form(f"{hour}:{minute:02}", language)
    assert ":" not in said
    assert spoken_form(said, language) == said


@given(st.text(alphabet=st.characters(categories=["Ll", "Lu"]), max_size=40).filter(lambda word: not word.isupper()))
def test_words_stay_as_they_are(word: str) -> None:
    assert spoken_form(word, "de") == " ".join(word.split())
