from __future__ import annotations

from lipsync_demo.engine.progress import Stage


def test_the_share_of_all_work_grows_from_nothing_to_all() -> None:
    shares = [stage.overall(done) for stage in Stage for done in (0.0, 0.5, 1.0)]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert abs(shares[-1] - 1) < 1e-9
