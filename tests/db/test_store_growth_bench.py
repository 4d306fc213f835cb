"""The benchmark of a store's growth fails where a transaction holds the write lock for too long."""

import pytest
from growth import Cost

from captionlint.db.store import Store
from tests.bench import store_growth


@pytest.mark.parametrize(("held", "code"), [(0.99, 0), (1.01, 1)])
def test_store_growth_bench_fails_behind_its_table_where_the_write_lock_is_held_too_long(
    monkeypatch, capsys, tmp_path, held, code
):
    rows = [store_growth.Row("open", [0.1], [Cost(1, 1)]), store_growth.Row("decide", [0.1], [Cost(1, 1)], held)]
    monkeypatch.setattr(store_growth, "SIZES", (7,))
    monkeypatch.setattr(store_growth, "FOLDER", tmp_path)
    monkeypatch.setattr(store_growth, "build", lambda path, _size: Store.open(path).close())
    monkeypatch.setattr(store_growth, "measure", lambda *_: rows)
    ended = 0
    try:
        store_growth.main()
    except SystemExit as end:
        ended = end.code
    assert ended == code
    said = capsys.readouterr().out
    assert f"the write lock was held for {1000 * held:.0f} ms at most (decide)" in said
    assert ("TOO LONG: 7 items: decide: the write lock was held for 1010 ms" in said) == bool(code)
