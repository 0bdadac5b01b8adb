from gateway.policy import names


def test_names_are_plain_strings_at_run_time() -> None:
    assert names.AppName("a") == "a"
    assert {names.AccountName, names.AppName, names.Partition, names.CacheKey} == {
        getattr(names, name) for name in ("AccountName", "AppName", "Partition", "CacheKey")
    }
