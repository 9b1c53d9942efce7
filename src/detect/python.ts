/** Python servers of a folder that has no package.json to say how it is started: by what its files say. */
import { join } from 'node:path';
import type { ReadFile } from './reading/files.ts';

export interface PythonServer {
  readonly command: string;
  /** The file that gave it away. */
  readonly found: string;
}

/** Where the tutorials of the frameworks put their app. */
const places = ['main', 'app', 'wsgi', 'server', 'app/main', 'src/main', 'app/__init__'];

/** `app = Flask(__name__)`, at the beginning of a line: what another module can import. */
const application = /^(\w+)(?::[^=\n]+)? *= *(?:\w+\.)?(Flask|FastAPI|Starlette|Litestar|Quart|Sanic)\(/m;
const runsItself =
  /\b(?:uvicorn\.run|web\.run_app|serve_forever|app\.run|waitress\.serve|serve|asyncio\.run)\(/;
const listens =
  /\b(?:http\.server|socketserver|aiohttp|tornado|uvicorn|waitress|start_server|Flask|FastAPI)\b/;

/** The likeliest one. */
export async function findPythonServer(
  folder: string,
  readFile: ReadFile,
): Promise<PythonServer | undefined> {
  const read = (file: string): Promise<string | undefined> => readFile(join(folder, file));
  const run = await runnerOf(read);
  const manage = await read('manage.py');
  if (manage?.includes('DJANGO_SETTINGS_MODULE') === true)
    return { command: run('python manage.py runserver'), found: 'manage.py' };
  for (const place of places) {
    const file = `${place}.py`;
    const text = await read(file);
    if (text === undefined) continue;
    if (runsItself.test(text) && listens.test(text)) return { command: run(`python ${file}`), found: file };
    const [, name = '', kind] = application.exec(text) ?? [];
    const module = place.replace(/\/__init__$/, '').replaceAll('/', '.');
    if (kind === 'Flask')
      return { command: run(`python -m flask --app ${module} --debug run`), found: `${kind} in ${file}` };
    if (kind !== undefined)
      return { command: run(`python -m uvicorn ${module}:${name}`), found: `${kind} in ${file}` };
  }
  return undefined;
}

/** In the folder's own environment, in the words of the tool that made it. */
async function runnerOf(
  read: (file: string) => Promise<string | undefined>,
): Promise<(command: string) => string> {
  const has = async (file: string): Promise<boolean> => (await read(file)) !== undefined;
  if (await has('uv.lock')) return (command) => `uv run ${command}`;
  if (await has('poetry.lock')) return (command) => `poetry run ${command}`;
  if (await has('Pipfile.lock')) return (command) => `pipenv run ${command}`;
  for (const folder of ['.venv', 'venv'])
    if (await has(`${folder}/pyvenv.cfg`))
      return (command) => command.replace(/^python\b/, `${folder}/bin/python`);
  return (command) => command.replace(/^python\b/, 'python3');
}
