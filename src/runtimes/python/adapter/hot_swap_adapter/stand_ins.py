"""
What the app finds in place of something else. Reloaders of the frameworks are off: a save is a swap already, and a process that ends itself for it would cut its clients.
Everything else of their debug modes stays as it is.
"""

from __future__ import annotations

import sys

from . import imports

TYPE_CHECKING = False  # loading `typing` takes longer than all the rest
if TYPE_CHECKING:
    from typing import Any


def replace() -> None:
    """Each is replaced when the app has loaded it, if it does."""
    imports.when_loaded("werkzeug.serving", _werkzeug)
    imports.when_loaded("django.utils.autoreload", _django)
    imports.when_loaded("uvicorn.config", _uvicorn)
    imports.when_loaded("hypercorn.config", _hypercorn)
    imports.when_loaded("tornado.autoreload", _tornado)
    imports.when_loaded("uvloop", _uvloop)
    imports.when_loaded("gunicorn.workers.base", _gunicorn)


def _werkzeug() -> None:
    """Of Flask, too: `flask run --debug`, `app.run(debug=True)`."""
    serving: Any = sys.modules["werkzeug.serving"]
    original = serving.run_simple

    def run_simple(*args: Any, **named: Any) -> Any:
        if len(args) > 3:
            args = (*args[:3], False, *args[4:])
        else:
            named["use_reloader"] = False
        return original(*args, **named)

    serving.run_simple = run_simple


def _django() -> None:
    def run_with_reloader(main_func: Any, *args: Any, **named: Any) -> Any:
        return main_func(*args, **named)

    autoreload: Any = sys.modules["django.utils.autoreload"]
    autoreload.run_with_reloader = run_with_reloader


def _uvicorn() -> None:
    """Of `fastapi dev`, too."""
    config: Any = sys.modules["uvicorn.config"]
    config.Config.should_reload = property(lambda _: False)


def _hypercorn() -> None:
    config: Any = sys.modules["hypercorn.config"]
    config.Config.use_reloader = property(lambda _: False, lambda *_: None)


def _tornado() -> None:
    autoreload: Any = sys.modules["tornado.autoreload"]
    autoreload.start = lambda *_: None


def _uvloop() -> None:
    """It binds, accepts and reads in C, where nothing can be followed: asyncio's own loop runs in its place."""
    import asyncio

    uvloop: Any = sys.modules["uvloop"]
    uvloop.EventLoopPolicy = asyncio.DefaultEventLoopPolicy
    uvloop.new_event_loop = asyncio.new_event_loop
    uvloop.run = asyncio.run
    uvloop.install = lambda: None


def _gunicorn() -> None:
    """A worker is ready to accept when it has loaded the app, whichever way it will wait for clients."""
    base: Any = sys.modules["gunicorn.workers.base"]
    original = base.Worker.load_wsgi
    original_init = base.Worker.init_process

    def init_process(self: Any) -> None:
        self.cfg.set("reload", False)
        original_init(self)

    def load_wsgi(self: Any) -> None:
        original(self)
        for listener in self.sockets:
            listener.listen(self.cfg.backlog)  # once more: it listens already

    base.Worker.init_process = init_process
    base.Worker.load_wsgi = load_wsgi
