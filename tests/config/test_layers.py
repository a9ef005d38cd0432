"""Which layer wins, and how a bad key is answered."""

import os
import re
import tomllib
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.config import SettingEntry, Settings, default_data_dir, load_settings, setting_entries
from holo_app.errors import ConfigError, SettingsError

CHECKOUT = Path(__file__).parents[2]
LAYERS = ("file", "environment", "command line")

VALUES: dict[str, st.SearchStrategy[object]] = {
    "audio.output_gain_db": st.floats(-40, 6),
    "voice.threads": st.integers(1, 16),
    "display.mode": st.sampled_from(["flat", "pyramid", "quilt"]),
    "display.fullscreen": st.booleans(),
    "general.language": st.sampled_from(["en", "de", "fr"]),
    "audio.input": st.text(st.characters(categories=["L", "N", "Zs"]), max_size=20),
}


def _variable(key: str) -> str:
    return f"HOLO_{key.replace('.', '__')}".upper()


def _toml(values: dict[str, object]) -> str:
    def literal(value: object) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        return repr(value) if isinstance(value, int | float) else f'"{value}"'

    return "\n".join(f"{key} = {literal(value)}" for key, value in values.items())


def _plain(settings: Settings, key: str) -> object:
    section, name = key.split(".")
    return getattr(getattr(settings, section), name)


def _problems(caught: pytest.ExceptionInfo[SettingsError]) -> dict[str, ConfigError]:
    return {problem.key: problem for problem in caught.value.problems}


# two processes of tests share the machine: a draw may take a while
@hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
@given(
    st.fixed_dictionaries(
        {},
        optional={
            key: st.fixed_dictionaries({}, optional=dict.fromkeys(LAYERS, values)) for key, values in VALUES.items()
        },
    )
)
def test_the_highest_layer_that_sets_a_key_wins(
    tmp_path_factory: pytest.TempPathFactory, chosen: dict[str, dict[str, object]]
) -> None:
    layers = {layer: {key: by[layer] for key, by in chosen.items() if layer in by} for layer in LAYERS}
    file = tmp_path_factory.mktemp("layers") / "holo.toml"
    file.write_text(_toml(layers["file"]), encoding="utf-8")
    assert tomllib.loads(file.read_text(encoding="utf-8")) is not None

    settings = load_settings(
        config_file=file,
        environment={_variable(key): str(value) for key, value in layers["environment"].items()},
        overrides=layers["command line"],
    )

    for key in VALUES:
        given_by = [layers[layer][key] for layer in LAYERS if key in layers[layer]]
        assert _plain(settings, key) == (given_by[-1] if given_by else _plain(Settings(), key)), key


@pytest.mark.parametrize("entry", setting_entries(), ids=lambda entry: entry.key)
def test_nonsense_is_answered_in_every_layer(tmp_path: Path, entry: SettingEntry) -> None:
    file = tmp_path / "holo.toml"
    file.write_text(f"{entry.key} = 1979-05-27T07:32:00Z", encoding="utf-8")
    in_words = "" if "folder" in entry.allowed else "control \x1f character"
    layers: list[tuple[str, dict[str, str], dict[str, object]]] = [
        (str(file), {"HOLO_CONFIG": str(file)}, {}),
        (entry.variable, {entry.variable: in_words}, {}),
        ("command line", {}, {entry.key: [1, 2]}),
    ]
    for origin, environment, overrides in layers:
        with pytest.raises(SettingsError) as caught:
            load_settings(environment={"HOLO_CONFIG": os.devnull} | environment, overrides=overrides)
        problem = _problems(caught)[entry.key]
        assert (problem.key, problem.origin) == (entry.key, origin)
        assert entry.allowed in problem.allowed


def test_all_bad_keys_are_answered_at_once(tmp_path: Path) -> None:
    file = tmp_path / "holo.toml"
    file.write_text('[display]\nmode = "round"\nfps_cap = 0\n[voice]\nthread = 1\n', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(
            data_dir=tmp_path,
            environment={"HOLO_AUDIO__OUTPUT_GAIN_DB": "loud"},
            overrides={"privacy.idle_wipe_s": 5},
        )
    assert set(_problems(caught)) == {
        "display.mode",
        "display.fps_cap",
        "voice.thread",
        "audio.output_gain_db",
        "privacy.idle_wipe_s",
    }
    text = str(caught.value)
    assert "5 settings are not valid" in text
    assert f"setting display.mode = 'round' ({file}) is not valid: allowed is one of auto, flat, pyramid" in text
    assert (
        "setting audio.output_gain_db = 'loud' (HOLO_AUDIO__OUTPUT_GAIN_DB) is not valid: allowed is a number" in text
    )
    assert "setting privacy.idle_wipe_s = 5 (command line) is not valid: allowed is a number from 10 to 600" in text
    assert "did you mean voice.threads?" in text


def test_a_look_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(data_dir=tmp_path, environment={}, overrides={"character.look": "punk"})
    assert "setting character.look = 'punk' (command line) is not valid: allowed is one of dusk, ember" in str(
        caught.value
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("[audoi]\ninput = 'x'", "audio.input"),
        ("[audio]\noutptu = 'x'", "audio.output"),
        ("[Audio]\ninput = 'x'", "audio.input"),
        ("fps_cap = 30", "display.fps_cap"),
        ("[sound]\nlanguage = 'de'", "general.language"),
        ("[audoi]", "audio"),
        ("[audio.input]\nname = 'x'", "audio.input"),
    ],
)
def test_an_unknown_key_is_answered_by_the_one_that_was_meant(tmp_path: Path, written: str, meant: str) -> None:
    (tmp_path / "holo.toml").write_text(written, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(data_dir=tmp_path, environment={})
    [problem] = caught.value.problems
    assert f"there is no such setting; did you mean {meant}?" in problem.allowed


def test_a_quoted_key_with_a_dot_is_not_a_path(tmp_path: Path) -> None:
    (tmp_path / "holo.toml").write_text('"audio.input" = "x"', encoding="utf-8")
    with pytest.raises(SettingsError, match="no such setting"):
        load_settings(data_dir=tmp_path, environment={})


def test_a_value_where_a_table_belongs(tmp_path: Path) -> None:
    (tmp_path / "holo.toml").write_text("audio = 3", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"audio is a table of settings, written \[audio\]"):
        load_settings(data_dir=tmp_path, environment={"HOLO_AUDIO__INPUT": "x"})


@pytest.mark.parametrize("name", ["api_key", "auth_token", "staff_pin", "PASSWORD"])
def test_what_looks_like_a_secret_is_never_shown(tmp_path: Path, name: str) -> None:
    (tmp_path / "holo.toml").write_text(f'[general]\n{name} = "canary-1f9c"', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(data_dir=tmp_path, environment={})
    assert "canary" not in str(caught.value)


def test_rules_between_settings_name_the_key() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(
            config_file=None,
            environment={"HOLO_DATA_DIR": "nowhere"},
            overrides={
                "dialogue.onset_probability": 0.3,
                "dialogue.shortest_silence_s": 1.5,
            },
        )
    problems = _problems(caught)
    assert "below both onset probabilities (here 0.3)" in problems["dialogue.release_probability"].allowed
    assert "not be below shortest_silence_s (here 1.5)" in problems["dialogue.longest_silence_s"].allowed


def test_true_is_not_a_number() -> None:
    with pytest.raises(SettingsError, match="output_gain_db = True"):
        load_settings(environment={"HOLO_DATA_DIR": "nowhere"}, overrides={"audio.output_gain_db": True})


def test_the_settings_file_lies_in_the_data_folder_of_a_higher_layer(tmp_path: Path) -> None:
    for name, fps in (("a", 30), ("b", 40)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "holo.toml").write_text(f"display.fps_cap = {fps}", encoding="utf-8")
    a, b = tmp_path / "a", tmp_path / "b"
    by_variable = load_settings(environment={"HOLO_DATA_DIR": str(a)})
    by_command_line = load_settings(data_dir=b, environment={"HOLO_DATA_DIR": str(a)})
    by_full_name = load_settings(environment={"HOLO_DATA_DIR": str(a), "HOLO_GENERAL__DATA_DIR": str(b)})
    assert (by_variable.data_dir, by_variable.display.fps_cap) == (a, 30)
    assert (by_command_line.data_dir, by_command_line.display.fps_cap) == (b, 40)
    assert (by_full_name.data_dir, by_full_name.display.fps_cap) == (b, 40)


def test_a_named_file_may_choose_the_data_folder(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(f'general.data_dir = "{tmp_path / "data"}"', encoding="utf-8")
    assert load_settings(config_file=file, environment={}).data_dir == tmp_path / "data"
    assert load_settings(environment={"HOLO_CONFIG": str(file)}).data_dir == tmp_path / "data"


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.toml does not exist"):
        load_settings(config_file=tmp_path / "absent.toml", environment={})


@pytest.mark.parametrize("content", [b"display = {", b"\xff\xfe\x00", b"a = 1\na = 2"])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "holo.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"holo\.toml is not TOML") as caught:
        load_settings(data_dir=tmp_path, environment={})
    assert caught.value.problems == ()


def test_without_anything_the_platform_chooses_the_data_folder() -> None:
    assert Settings().data_dir == default_data_dir()
    assert Settings().data_dir.is_absolute()


def test_variables_of_the_packaging_scripts_are_not_taken_for_settings(tmp_path: Path) -> None:
    scripts = [*(CHECKOUT / "packaging").glob("*.sh"), *(CHECKOUT / "packaging").glob("*.py"), CHECKOUT / "build.spec"]
    named = {name for script in scripts for name in re.findall(r"\bHOLO_[A-Z_]+", script.read_text(encoding="utf-8"))}
    assert "HOLO_MODEL_MIRROR" in named
    load_settings(data_dir=tmp_path, environment=dict.fromkeys(named, str(tmp_path)) | {"HOLO_CONFIG": os.devnull})
