/** Python's servers, as their tutorials write them; what streams is written as their documentation of streaming does. */
import { lacksPython, python } from '../../../tools/python.mts';
import type { PythonPackage } from '../../../tools/python.mts';
import { both, type Stack } from '../stack.mts';

type Row = Omit<Stack, 'lacks' | 'version'> & {
  readonly needs: readonly PythonPackage[];
  readonly of?: string;
};

const row = ({ needs, of, ...rest }: Row): Stack => ({
  ...rest,
  lacks: () => lacksPython(...needs),
  version:
    of === undefined
      ? [python, '--version']
      : [python, '-c', `import importlib.metadata as m; print(m.version("${of}"))`],
});

const simple = (save: number, server: string, more: string): string => `import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
${more}    def do_GET(self):
        if self.path == "/slow":
            self.stream("text/plain", ["."] * 19 + ["end"])
        elif self.path == "/events":
            self.stream("text/event-stream", ["data: tick\\n\\n"] * 3000)
        else:
            body = b"save-${save}"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def stream(self, kind, pieces):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(piece), piece.encode()))
            time.sleep(0.1)
        self.wfile.write(b"0\\r\\n\\r\\n")


${server}(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
`;

const asyncio = (save: number): string => `import asyncio
import os


async def stream(writer, kind, pieces):
    head = f"HTTP/1.1 200 OK\\r\\nContent-Type: {kind}\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n"
    writer.write(head.encode())
    for piece in pieces:
        writer.write(b"%x\\r\\n%s\\r\\n" % (len(piece), piece.encode()))
        await writer.drain()
        await asyncio.sleep(0.1)
    writer.write(b"0\\r\\n\\r\\n")


async def answer(reader, writer):
    try:
        while True:
            request = await reader.readuntil(b"\\r\\n\\r\\n")
            if b"GET /slow" in request:
                await stream(writer, "text/plain", ["."] * 19 + ["end"])
            elif b"GET /events" in request:
                await stream(writer, "text/event-stream", ["data: tick\\n\\n"] * 3000)
            else:
                body = b"save-${save}"
                writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", int(os.environ["PORT"]))
    async with server:
        await server.serve_forever()


asyncio.run(main())
`;

const flask = (save: number, end = ''): string => `import time

from flask import Flask, Response

app = Flask(__name__)


@app.route("/")
def index():
    return "save-${save}"


def pieces(all):
    for piece in all:
        yield piece
        time.sleep(0.1)


@app.route("/slow")
def slow():
    return Response(pieces(["."] * 19 + ["end"]), mimetype="text/plain")


@app.route("/events")
def events():
    return Response(pieces(["data: tick\\n\\n"] * 3000), mimetype="text/event-stream")
${end}`;

const fastapi = (save: number): string => `import asyncio

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, StreamingResponse

app = FastAPI()


@app.get("/", response_class=PlainTextResponse)
async def index():
    return "save-${save}"


async def pieces(all):
    for piece in all:
        yield piece
        await asyncio.sleep(0.1)


@app.get("/slow")
async def slow():
    return StreamingResponse(pieces(["."] * 19 + ["end"]), media_type="text/plain")


@app.get("/events")
async def events():
    return StreamingResponse(pieces(["data: tick\\n\\n"] * 3000), media_type="text/event-stream")
`;

/** What \`django-admin startproject\` makes, in fewer files. */
const django = (save: number): Record<string, string> => ({
  'views.py': `import time

from django.http import HttpResponse, StreamingHttpResponse


def index(request):
    return HttpResponse("save-${save}")


def pieces(all):
    for piece in all:
        yield piece
        time.sleep(0.1)


def slow(request):
    return StreamingHttpResponse(pieces(["."] * 19 + ["end"]), content_type="text/plain")


def events(request):
    return StreamingHttpResponse(pieces(["data: tick\\n\\n"] * 3000), content_type="text/event-stream")
`,
  'settings.py': `SECRET_KEY = "for tests"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_URL = "static/"
`,
  'urls.py': `from django.urls import path

import views

urlpatterns = [path("", views.index), path("slow", views.slow), path("events", views.events)]
`,
  'manage.py': `import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
`,
});

const aiohttp = (save: number): string => `import asyncio
import os

from aiohttp import web


async def index(request):
    return web.Response(text="save-${save}")


async def stream(request, kind, pieces):
    response = web.StreamResponse(headers={"Content-Type": kind})
    await response.prepare(request)
    for piece in pieces:
        await response.write(piece.encode())
        await asyncio.sleep(0.1)
    await response.write_eof()
    return response


async def slow(request):
    return await stream(request, "text/plain", ["."] * 19 + ["end"])


async def events(request):
    return await stream(request, "text/event-stream", ["data: tick\\n\\n"] * 3000)


app = web.Application()
app.add_routes([web.get("/", index), web.get("/slow", slow), web.get("/events", events)])
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
`;

const tornado = (save: number): string => `import asyncio
import os

import tornado.iostream
import tornado.web


class MainHandler(tornado.web.RequestHandler):
    def get(self):
        self.write("save-${save}")


class StreamHandler(tornado.web.RequestHandler):
    def initialize(self, kind, pieces):
        self.kind = kind
        self.pieces = pieces

    async def get(self):
        self.set_header("Content-Type", self.kind)
        try:
            for piece in self.pieces:
                self.write(piece)
                await self.flush()
                await asyncio.sleep(0.1)
        except tornado.iostream.StreamClosedError:
            pass


async def main():
    slow = {"kind": "text/plain", "pieces": ["."] * 19 + ["end"]}
    events = {"kind": "text/event-stream", "pieces": ["data: tick\\n\\n"] * 3000}
    app = tornado.web.Application(
        [(r"/", MainHandler), (r"/slow", StreamHandler, slow), (r"/events", StreamHandler, events)]
    )
    app.listen(int(os.environ["PORT"]))
    await asyncio.Event().wait()


asyncio.run(main())
`;

const breaks = '\ndef broken(:\n';
const oneAtATime = 'answers one request at a time: nothing streams beside';
const gunicorn = (worker: string, more: string, app: string): string =>
  `gunicorn --reload -k ${worker} ${more} -b 127.0.0.1:{port} ${app}:app`;

export const pythonStacks: readonly Stack[] = [
  row({
    name: 'http-server-threads',
    title: 'ThreadingHTTPServer, HTTP/1.1, Python',
    needs: [],
    files: (save) => ({
      'server.py': simple(save, 'ThreadingHTTPServer', '    protocol_version = "HTTP/1.1"\n\n'),
    }),
    edited: 'server.py',
    command: `${python} server.py`,
    streams: both,
    breaks,
    ci: true,
  }),
  row({
    name: 'http-server-single',
    title: 'HTTPServer, HTTP/1.0, Python',
    needs: [],
    files: (save) => ({ 'server.py': simple(save, 'HTTPServer', '') }),
    edited: 'server.py',
    command: `${python} server.py`,
    breaks,
    notPromised: `${oneAtATime}; it keeps no connection`,
  }),
  row({
    name: 'asyncio',
    title: 'asyncio.start_server, Python',
    needs: [],
    files: (save) => ({ 'server.py': asyncio(save) }),
    edited: 'server.py',
    command: `${python} server.py`,
    streams: both,
    breaks,
  }),
  row({
    name: 'flask',
    title: 'Flask',
    of: 'flask',
    needs: ['flask'],
    files: (save) => ({ 'app.py': flask(save) }),
    edited: 'app.py',
    command: `${python} -m flask --debug run --port {port}`,
    streams: both,
    breaks,
  }),
  row({
    name: 'flask-app-run',
    title: 'Flask, app.run',
    of: 'flask',
    needs: ['flask'],
    files: (save) => ({
      'app.py': flask(save, '\n\nif __name__ == "__main__":\n    app.run(debug=True, port={port})\n'),
    }),
    edited: 'app.py',
    command: `${python} app.py`,
    streams: both,
    breaks,
  }),
  row({
    name: 'django',
    title: 'Django',
    of: 'django',
    needs: ['django'],
    files: django,
    edited: 'views.py',
    command: `${python} manage.py runserver {port}`,
    streams: both,
    breaks,
  }),
  row({
    name: 'uvicorn',
    title: 'FastAPI on uvicorn',
    of: 'uvicorn',
    needs: ['uvicorn', 'fastapi'],
    files: (save) => ({ 'main.py': fastapi(save) }),
    edited: 'main.py',
    command: 'uvicorn main:app --reload --port {port}',
    streams: both,
    breaks,
  }),
  row({
    name: 'hypercorn',
    title: 'FastAPI on hypercorn',
    of: 'hypercorn',
    needs: ['hypercorn', 'fastapi'],
    files: (save) => ({ 'main.py': fastapi(save) }),
    edited: 'main.py',
    command: 'hypercorn --reload -b 127.0.0.1:{port} main:app',
    streams: both,
    breaks,
    mayFail: 'as Debian packages it, it ends kept connections at their second request',
  }),
  row({
    name: 'gunicorn-sync',
    title: 'Flask on gunicorn, sync',
    of: 'gunicorn',
    needs: ['gunicorn', 'flask'],
    files: (save) => ({ 'app.py': flask(save) }),
    edited: 'app.py',
    command: gunicorn('sync', '-w 2', 'app'),
    breaks,
    notPromised: 'a worker answers one request at a time: nothing streams beside; it keeps no connection',
  }),
  row({
    name: 'gunicorn-gthread',
    title: 'Flask on gunicorn, gthread',
    of: 'gunicorn',
    needs: ['gunicorn', 'flask'],
    files: (save) => ({ 'app.py': flask(save) }),
    edited: 'app.py',
    command: gunicorn('gthread', '-w 2 --threads 16', 'app'),
    streams: both,
    breaks,
  }),
  row({
    name: 'gunicorn-uvicorn',
    title: 'FastAPI on gunicorn, UvicornWorker',
    of: 'gunicorn',
    needs: ['gunicorn', 'uvicorn', 'fastapi'],
    files: (save) => ({ 'main.py': fastapi(save) }),
    edited: 'main.py',
    command: gunicorn('uvicorn.workers.UvicornWorker', '-w 2', 'main'),
    streams: both,
    breaks,
  }),
  row({
    name: 'waitress',
    title: 'Flask on waitress',
    of: 'waitress',
    needs: ['waitress', 'flask'],
    files: (save) => ({
      'app.py': flask(
        save,
        '\n\nif __name__ == "__main__":\n    from waitress import serve\n\n    serve(app, host="127.0.0.1", port={port}, threads=16)\n',
      ),
    }),
    edited: 'app.py',
    command: `${python} app.py`,
    streams: both,
    breaks,
  }),
  row({
    name: 'aiohttp',
    title: 'aiohttp',
    of: 'aiohttp',
    needs: ['aiohttp'],
    files: (save) => ({ 'app.py': aiohttp(save) }),
    edited: 'app.py',
    command: `${python} app.py`,
    streams: both,
    breaks,
  }),
  row({
    name: 'tornado',
    title: 'tornado',
    of: 'tornado',
    needs: ['tornado'],
    files: (save) => ({ 'app.py': tornado(save) }),
    edited: 'app.py',
    command: `${python} app.py`,
    streams: both,
    breaks,
  }),
  {
    name: 'fastapi-dev',
    title: 'fastapi dev',
    lacks: () => 'fastapi-cli is no package of Debian 12: pip install "fastapi[standard]"',
    version: ['fastapi', '--version'],
    files: (save) => ({ 'main.py': fastapi(save) }),
    edited: 'main.py',
    command: 'fastapi dev main.py --port {port}',
    streams: both,
    breaks,
  },
];
