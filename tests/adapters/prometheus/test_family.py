import pytest

from gateway.adapters.prometheus.family import Family, Type


@pytest.mark.parametrize(
    ("name", "type_", "stem"),
    [
        ("requests_total", Type.COUNTER, "requests"),
        ("build_info", Type.INFO, "build"),
        ("cache_bytes", Type.GAUGE, "cache_bytes"),
    ],
)
def test_openmetrics_names_a_family_without_the_suffix_of_its_samples(name: str, type_: Type, stem: str) -> None:
    assert Family(name, type_, (), "Something.").stem == stem
