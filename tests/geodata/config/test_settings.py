"""The settings of a workspace: found, read, refused with the nearest key."""

from __future__ import annotations

import pytest

from geodata.config import FOLDERS, find_workspace, make_workspace, read_config
from geodata.errors import ConfigError


def _written(folder, content):
    (folder / "guatu.toml").write_text(content, encoding="utf-8")
    return folder


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_new_workspace_reads_back_with_its_code_and_name(tmp_path, lang):
    made = make_workspace(tmp_path / "county", code="990101", name='示例"县"\\', lang=lang)
    config = read_config(made)
    assert (config.county.code, config.county.name) == ("990101", '示例"县"\\')
    assert all((made / folder).is_dir() for folder in FOLDERS)


def test_workspace_is_found_from_inside_its_folders(tmp_path):
    made = make_workspace(tmp_path, code="990101")
    deep = made / "raw" / "2025-03"
    deep.mkdir()
    assert find_workspace(deep) == made.resolve()


def test_folder_outside_a_workspace_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="guatu init"):
        read_config(tmp_path)


def test_second_init_leaves_the_settings_alone(tmp_path):
    make_workspace(tmp_path, code="990101")
    with pytest.raises(ConfigError, match="已存在"):
        make_workspace(tmp_path, code="990102")
    assert read_config(tmp_path).county.code == "990101"


def test_all_unknown_keys_are_named_with_the_nearest(tmp_path):
    _written(tmp_path, '[county]\nkode = "1"\n[imports]\n[import]\njump_procent = 3\n')
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path)
    sentence = caught.value.sentence("zh")
    assert "没有“kode”这个键，最接近的是“code”" in sentence
    assert "最接近的是“import”" in sentence
    assert "最接近的是“jump_percent”" in sentence


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("[county]\ncode = 990101\n", "“990101”应为加引号的文字"),
        ("[import]\nsmall_rows = true\n", "“True”应为整数"),
        ("county = 3\n", "county"),
        ('[source]\nfile = "x"\n', r"\[\[source\]\]"),
        ('[[source]]\nfile = "x"\n', "缺少“table”"),
        ("[[places.decisions]]\nname = 'x'\n", "缺少“code”"),
        ("[county\n", "无法读取"),
    ],
)
def test_wrong_settings_are_named(tmp_path, content, found):
    with pytest.raises(ConfigError, match=found):
        read_config(_written(tmp_path, content))


def test_mapping_of_a_source_is_read(tmp_path):
    config = read_config(
        _written(
            tmp_path,
            '[[source]]\nfile = "*.csv"\ntable = "household"\nmissing = ["NA"]\n'
            '[source.columns]\nhousehold_code = ["village", "id"]\n'
            "[source.values.water_solved]\nyes = true\n",
        )
    )
    assert config.sources[0].columns == {"household_code": ["village", "id"]}
    assert config.sources[0].missing == ("NA",)


def test_code_that_is_no_code_makes_no_workspace(tmp_path):
    with pytest.raises(ConfigError, match="99A"):
        make_workspace(tmp_path / "x", code="99A")
    assert not (tmp_path / "x").exists()
