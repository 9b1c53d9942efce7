"""Found first on PYTHONPATH by every Python process of a server's command: begins the adapter, then the user's own."""

import os
import sys


def _begin() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    if "HOT_SWAP" in os.environ:
        from hot_swap_adapter import begin

        begin(here)
    # What is loaded later comes from the package's own path: the app's is as it would be without us.
    sys.path[:] = [folder for folder in sys.path if folder != here]


def _run_users_own() -> None:
    """As if ours had not been there: https://docs.python.org/3/library/site.html#module-sitecustomize"""
    from _frozen_importlib import module_from_spec
    from _frozen_importlib_external import PathFinder

    spec = PathFinder.find_spec("sitecustomize")
    if spec is None or spec.loader is None or spec.origin == __file__:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


def _stand_by() -> None:
    adapter = sys.modules.get("hot_swap_adapter")
    if adapter is not None:
        adapter.stand_by()


_begin()
_run_users_own()
_stand_by()
