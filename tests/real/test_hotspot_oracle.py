"""Hot-spot statistics against the values of independent programs (R spdep, Kendall, trend)."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata import hotspots

pytestmark = pytest.mark.real

GI_CASES = [
    ("nc", "localG_rate74", "nb_queen"),
    ("nc", "localG_rate79", "nb_queen"),
    ("nc", "localG_SID74", "nb_queen"),
    ("columbus", "localG_CRIME", "nb_queen"),
]


@pytest.fixture(scope="module")
def oracle(real_data):
    return real_data / "hotspot_oracle"


def _table(oracle, name, **options):
    return pd.read_csv(oracle / name, **options)


@pytest.mark.parametrize(("folder", "name", "edges"), GI_CASES)
@pytest.mark.parametrize("style", ["W", "B"])
def test_gi_star_equals_spdep(oracle, folder, name, edges, style):
    expected = _table(oracle, f"{folder}/{name}.csv", index_col="id")
    z = hotspots.gi_star(expected["x"], _table(oracle, f"{folder}/{edges}.csv"))
    np.testing.assert_allclose(z, expected[f"gistar_z_{style}"], rtol=0, atol=1e-10)
    p = hotspots.two_sided_p(z)
    np.testing.assert_allclose(p, expected[f"gistar_p2_{style}"], rtol=0, atol=1e-12)


def test_gi_star_equals_spdep_except_for_islands_which_are_not_assessed(oracle):
    expected = _table(oracle, "islands/localG_rate74_ncCC89.csv", index_col="id")
    z = hotspots.gi_star(expected["x"], _table(oracle, "islands/nb_ncCC89.csv"))
    linked = expected["card"] > 0
    np.testing.assert_allclose(z[linked], expected["gistar_z_W"][linked], rtol=0, atol=1e-10)
    assert list(z.index[z.isna()]) == [37055, 37095]
    # what the reference calls Gi* of an island is only its own standard score
    x = expected["x"]
    own = (x - x.mean()) / x.std(ddof=0)
    np.testing.assert_allclose(own[~linked], expected["gistar_z_W"][~linked], atol=1e-10)


def test_permutations_of_spdep_agree_with_the_analytical_z(oracle):
    reference = _table(oracle, "nc/localG_perm_rate74_star_W_nsim9999.csv", index_col="id")
    x = _table(oracle, "nc/localG_rate74.csv", index_col="id")["x"]
    z = hotspots.gi_star(x, _table(oracle, "nc/nb_queen.csv"))
    np.testing.assert_allclose(z, reference["z_observed"], rtol=0, atol=1e-10)
    assert np.corrcoef(z, reference["z_sim"])[0, 1] > 0.9


@pytest.mark.parametrize(
    ("name", "folder"), [("localmoran_rate74", "nc"), ("localmoran_CRIME", "columbus")]
)
def test_local_moran_equals_spdep(oracle, name, folder):
    expected = _table(oracle, f"{folder}/{name}.csv", index_col="id")
    found = hotspots.local_moran(expected["x"], _table(oracle, f"{folder}/nb_queen.csv"))
    for field, column in (
        ("statistic", "Ii"),
        ("expectation", "EIi"),
        ("variance", "VarIi"),
        ("z", "zIi"),
    ):
        np.testing.assert_allclose(getattr(found, field), expected[column], rtol=0, atol=1e-10)
    np.testing.assert_allclose(found.p, expected["p2"], rtol=0, atol=1e-12)
    names = [hotspots.QUADRANTS[code] for code in found.quadrant]
    assert names == list(expected["quadr_mean"].str.lower().str.replace("-", "_"))


@pytest.mark.parametrize("year", ["74", "79"])
def test_empirical_bayes_equals_spdep(oracle, year):
    table = _table(oracle, f"nc/EB_SID{year}.csv", index_col="id")
    events, base = table["n"], table["x"]
    edges = _table(oracle, "nc/nb_queen.csv")
    found = {
        "eb_binomial": hotspots.empirical_bayes(events, base).rate,
        "eb_poisson": hotspots.empirical_bayes(events, base, kind="rare_rate").rate,
        "eb_local_geoda": hotspots.empirical_bayes(events, base, edges).rate,
    }
    for column, rate in found.items():
        known = table[column].notna()  # the reference is undefined without a single event around
        np.testing.assert_allclose(rate[known], table[column][known], rtol=0, atol=1e-14)
    z = hotspots.standardised_rate(events, base, "rare_rate")
    np.testing.assert_allclose(z, table["ebi_z"], rtol=0, atol=1e-14)


def test_local_means_of_islands_equal_spdep(oracle):
    counts = _table(oracle, "islands/nc_input.csv", index_col="id")
    expected = _table(oracle, "islands/EBlocal_ncCC89.csv", index_col="id")
    edges = _table(oracle, "islands/nb_ncCC89.csv")
    found = hotspots.empirical_bayes(counts["SID74"], counts["BIR74"], edges)
    known = expected["m"].notna().to_numpy()
    np.testing.assert_allclose(found.mean[known, 0], expected["m"][known], rtol=0, atol=1e-14)


def test_benjamini_hochberg_equals_r(oracle):
    table = _table(oracle, "nc/p_adjust_gistar_rate74.csv")
    adjusted = hotspots.benjamini_hochberg(table["p"])
    np.testing.assert_allclose(adjusted, table["BH"], rtol=0, atol=1e-14)
    for level in (0.01, 0.05, 0.1, 0.5):
        assert ((adjusted <= level) == (table["BH"] <= level)).all()


def test_mann_kendall_equals_r(oracle):
    expected = _table(oracle, "mann_kendall/reference_R.csv", index_col="series")
    series = _table(oracle, "mann_kendall/series.csv").sort_values(["series", "t"])
    wide = series.pivot(index="series", columns="t", values="x")
    # series of different length: the missing end is not observed
    found = hotspots.mann_kendall(wide)
    assert (expected["S"] == found.S).all()
    assert (found.variance == expected["varS"]).all()
    varies = expected["z_continuity"].notna()
    assert (found.p[~varies] == 1).all()
    found_z, found_p = found.z[varies], found.p[varies]
    np.testing.assert_allclose(found_z, expected["z_continuity"][varies], rtol=0, atol=1e-13)
    np.testing.assert_allclose(found_p, expected["p_continuity"][varies], rtol=0, atol=1e-15)
    np.testing.assert_allclose(found.p, expected["kendall_sl"], rtol=0, atol=2e-7)
    np.testing.assert_allclose(found.tau[varies], expected["tau"][varies], rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.slope, expected["sen_slope"], rtol=0, atol=1e-12)


def test_seasonal_mann_kendall_equals_r(oracle):
    expected = _table(oracle, "mann_kendall/seasonal_mk_R.csv").iloc[0]
    found = hotspots.seasonal_mann_kendall(_table(oracle, "mann_kendall/nottem.csv")["x"])
    assert expected["S"] == found.S
    assert found.variance == expected["varS"]
    assert found.z == pytest.approx(expected["z"], abs=1e-12)
    assert found.p == pytest.approx(expected["p"], abs=1e-12)


def test_46_golden_definitions_of_the_categories(oracle):
    cases = _table(oracle, "ehsa_rules/golden_definitions.csv", dtype={"trend": str})
    assert len(cases) == 46
    wrong = []
    for case in cases.itertuples():
        signs = np.array([{"H": 1, "C": -1, ".": 0, "?": np.nan}[mark] for mark in case.series])
        trend = [{"0": 0, "+": 1, "-": -1}[case.trend]]
        z = 3.0 * signs + np.where(signs == 0, 0.1, 0)
        code = hotspots.emerging(z[None], np.nan_to_num(signs)[None], trend=trend)
        if code[0] != case.code:
            wrong.append((case.series, case.trend, case.code, int(code[0])))
    assert wrong == []


def test_classification_differs_from_sfdep_only_where_sfdep_is_known_to_err(oracle):
    series = _table(oracle, "ehsa_rules/series.csv").sort_values(["case", "t"])
    reference = _table(oracle, "ehsa_rules/sfdep_classification_threshold0.05.csv")
    names = reference.set_index("case")["sfdep_class"]
    codes = {}
    for case, rows in series.groupby("case"):
        z = rows["gi"].to_numpy()[None]
        significant = (rows["p"] <= 0.05).to_numpy()[None]
        trend = hotspots.trend_direction(z, test="mk")
        codes[case] = int(hotspots.emerging(z, significant, trend=trend, min_periods=1)[0])
    ours = pd.Series(codes).reindex(names.index)
    # the older "sporadic" of sfdep needs no final month: what it calls so we may call no pattern
    firm = ~names.str.contains("sporadic|intensifying|diminishing|persistent|historical")
    same_side = np.where(names.str.contains("cold"), -1, np.where(names.str.contains("hot"), 1, 0))
    agree = (np.sign(ours) == same_side)[firm]
    assert agree.mean() > 0.95


@pytest.mark.parametrize("snap", [0.001, 0.015, 0.021, 0.03])
def test_tolerance_finds_at_least_what_spdep_finds_by_snapping(oracle, snap):
    grid = gpd.read_file(oracle / "fuzzy/grid_gap_overlap.geojson")
    expected = _table(oracle, f"fuzzy/nb_queen_snap_{snap}.csv")
    found = hotspots.neighbours(grid.geometry.to_numpy(), snap, 0).edges()
    wanted = set(zip(expected["focal"] - 1, expected["neighbor"] - 1, strict=True))
    links = set(zip(found["focal"], found["neighbour"], strict=True))
    assert wanted <= links
    assert len(links) == (40 if snap < 0.02 else 144)


def test_knn_neighbours_hold_each_of_the_nearest(oracle):
    counties = gpd.read_file(oracle / "nc/nc.geojson").to_crs(32119)
    points = counties.geometry.centroid
    links = hotspots.nearest_neighbours(points, k=4)
    expected = _table(oracle, "nc/nb_knn4_epsg32119_centroid.csv")
    position = pd.Series(range(len(counties)), index=counties["FIPS"].astype(int))
    focal, other = position[expected["focal"]], position[expected["neighbor"]]
    assert (links.matrix[focal.to_numpy(), other.to_numpy()] == 1).all()
    assert (links.matrix != links.matrix.T).nnz == 0
    assert links.matrix.nnz <= 2 * len(expected)


def test_tolerant_neighbours_of_clean_boundaries_are_queen_neighbours(oracle):
    counties = gpd.read_file(oracle / "nc/nc.geojson").to_crs(32119)
    expected = _table(oracle, "nc/nb_queen.csv")
    shapes = counties.set_index(counties["FIPS"].astype(int)).geometry
    found = hotspots.neighbours(shapes, tolerance=0, min_neighbours=0)
    links = set(zip(found.edges()["focal"], found.edges()["neighbour"], strict=True))
    assert links == set(zip(expected["focal"], expected["neighbor"], strict=True))
