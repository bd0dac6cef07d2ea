from tests.unit.run_factory import make_run

__all__ = ["make_run"]
