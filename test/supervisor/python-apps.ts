/** Servers of Python's frameworks as their tutorials write them, that answer `/` with the version. */
import type { PythonPackage } from '../tools/python.mts';
import { python } from '../tools/python.mts';

export interface PythonApp {
  readonly name: string;
  readonly needs: readonly PythonPackage[];
  /** By version: the file that is edited, first of all. */
  readonly files: (version: string) => Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** What a standby saves of its boot is told in the README. */
  readonly hasStandby?: true;
}

/** The port is the test's: `$PORT`. */
const line = (text: string): readonly string[] => ['sh', '-c', `exec ${text}`];

const flask = (version: string): Record<string, string> => ({
  'app.py': `
from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return "${version}"
`,
});

const fastapi = (version: string): Record<string, string> => ({
  'main.py': `
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

app = FastAPI()


@app.get("/", response_class=PlainTextResponse)
async def index():
    return "${version}"
`,
});

/** What `django-admin startproject` makes, in one file. */
const django = (version: string): Record<string, string> => ({
  'views.py': `
from django.http import HttpResponse


def index(request):
    return HttpResponse("${version}")
`,
  'settings.py': `
SECRET_KEY = "for tests"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_URL = "static/"
`,
  'urls.py': `
from django.urls import path

import views

urlpatterns = [path("", views.index)]
`,
  'manage.py': `
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
`,
});

const simple = (version: string, server: string, more = ''): Record<string, string> => ({
  'server.py': `
import os
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
${more}    def do_GET(self):
        body = b"${version}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


${server}(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
`,
});

export const httpServer: PythonApp = {
  name: 'http.server, threads, HTTP/1.1',
  needs: [],
  files: (version) => simple(version, 'ThreadingHTTPServer', '    protocol_version = "HTTP/1.1"\n\n'),
  command: [python, 'server.py'],
};

export const flaskRun: PythonApp = {
  name: 'flask --debug run',
  hasStandby: true,
  needs: ['flask'],
  files: flask,
  command: line(`${python} -m flask --debug run --port $PORT`),
};

export const pythonApps: readonly PythonApp[] = [
  httpServer,
  {
    name: 'http.server, one at a time, HTTP/1.0',
    needs: [],
    files: (version) => simple(version, 'HTTPServer'),
    command: [python, 'server.py'],
  },
  {
    name: 'asyncio.start_server',
    needs: [],
    files: (version) => ({
      'server.py': `
import asyncio
import os


async def answer(reader, writer):
    try:
        while True:
            await reader.readuntil(b"\\r\\n\\r\\n")
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n${version}")
            await writer.drain()
    except asyncio.IncompleteReadError:
        writer.close()


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", int(os.environ["PORT"]))
    async with server:
        await server.serve_forever()


asyncio.run(main())
`,
    }),
    command: [python, 'server.py'],
  },
  flaskRun,
  {
    name: 'app.run(debug=True)',
    needs: ['flask'],
    files: (version) => ({
      'app.py': `${flask(version)['app.py'] ?? ''}
if __name__ == "__main__":
    import os

    app.run(debug=True, port=int(os.environ["PORT"]))
`,
    }),
    command: [python, 'app.py'],
  },
  {
    name: 'uvicorn --reload',
    hasStandby: true,
    needs: ['uvicorn', 'fastapi'],
    files: fastapi,
    command: line(`uvicorn main:app --reload --loop asyncio --port $PORT`),
  },
  {
    name: 'uvicorn --reload, uvloop',
    needs: ['uvicorn', 'fastapi', 'uvloop'],
    files: fastapi,
    command: line(`uvicorn main:app --reload --loop uvloop --port $PORT`),
  },
  {
    name: 'manage.py runserver',
    hasStandby: true,
    needs: ['django'],
    files: django,
    command: line(`${python} manage.py runserver $PORT`),
  },
  ...['sync', 'gthread', 'uvicorn.workers.UvicornWorker'].map((worker): PythonApp => ({
    name: `gunicorn --reload -k ${worker}`,
    needs: ['gunicorn', 'flask', 'uvicorn', 'fastapi'],
    files: (version) => (worker.startsWith('uvicorn') ? fastapi(version) : flask(version)),
    command: line(
      `gunicorn --reload -w 2 -k ${worker} -b 127.0.0.1:$PORT ${worker.startsWith('uvicorn') ? 'main' : 'app'}:app`,
    ),
  })),
  {
    name: 'waitress.serve',
    needs: ['waitress', 'flask'],
    files: (version) => ({
      'app.py': `${flask(version)['app.py'] ?? ''}
if __name__ == "__main__":
    import os

    from waitress import serve

    serve(app, host="127.0.0.1", port=int(os.environ["PORT"]))
`,
    }),
    command: [python, 'app.py'],
  },
  {
    name: 'aiohttp web.run_app',
    needs: ['aiohttp'],
    files: (version) => ({
      'app.py': `
import os

from aiohttp import web


async def index(request):
    return web.Response(text="${version}")


app = web.Application()
app.add_routes([web.get("/", index)])
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
`,
    }),
    command: [python, 'app.py'],
  },
  {
    name: 'tornado',
    needs: ['tornado'],
    files: (version) => ({
      'app.py': `
import asyncio
import os

import tornado.web


class MainHandler(tornado.web.RequestHandler):
    def get(self):
        self.write("${version}")


async def main():
    app = tornado.web.Application([(r"/", MainHandler)])
    app.listen(int(os.environ["PORT"]))
    await asyncio.Event().wait()


asyncio.run(main())
`,
    }),
    command: [python, 'app.py'],
  },
];
