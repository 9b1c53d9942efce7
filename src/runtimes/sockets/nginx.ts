/**
 * nginx's own upgrade (https://nginx.org/en/docs/control.html#upgrade): the next one finds the sockets in the variable
 * NGINX, the old one's workers finish after WINCH, come back after HUP, and all of it ends after QUIT. That its sockets are
 * the supervisor's, and not the old one's, is all that differs: each is started the same way.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ServerSpec } from '../../shared/spec.ts';
import type { SourceGlobs, Way } from '../attendant.ts';
import { wordsOf } from '../stacks.ts';
import { addressOf } from './address.ts';
import type { Address } from './address.ts';
import { SocketsAttendant } from './attendant.ts';
import { execing } from './exec.ts';

const run = promisify(execFile);
const firstFd = 3;
const own = ['**/*.conf', '**/{conf.d,sites-enabled,snippets,servers}/**'];

export const nginx: Way = {
  name: 'nginx',
  attend: (spec) => {
    const isNginx = /^(?:.*\/)?nginx$/.test(
      wordsOf(spec.command).find((word) => !/^(?:env|exec|\w+=.*)$/.test(word)) ?? '',
    );
    if (spec.way !== 'nginx' && !isNginx) return undefined;
    let included: readonly string[] = [];
    return new SocketsAttendant({
      participation: 'ownSignal',
      name: "nginx's upgrade",
      noStandby: 'nginx has none',
      addresses: async () => {
        const text = await configurationOf(spec);
        included = filesIn(text, spec.cwd);
        return addressesIn(text, spec.cwd);
      },
      sources: (): SourceGlobs => ({ watch: [...own, ...included], ignore: [] }),
      start: ({ command, env }, addresses) => ({
        command: execing(command),
        env: { ...env, NGINX: addresses.map((_, index) => `${String(firstFd + index)};`).join('') },
      }),
      signals: { stop: 'SIGWINCH', undo: 'SIGHUP', leave: 'SIGQUIT', only: 'leader' },
    });
  },
};

/** With all that it includes; empty if it is no good, which its start then says. */
async function configurationOf({ command, cwd, env }: ServerSpec): Promise<string> {
  const [file = '', ...args] =
    typeof command === 'string' ? ['/bin/sh', '-c', `${command} -T`] : [...command, '-T'];
  const { stdout } = await run(file, args, { cwd, env: { ...env }, maxBuffer: 64 * 1024 * 1024 }).catch(
    () => ({
      stdout: '',
    }),
  );
  return stdout;
}

/** Relative to its folder. */
export function filesIn(configuration: string, cwd: string): string[] {
  return [...configuration.matchAll(/^# configuration file (.+):$/gm)].map(([, file = '']) =>
    path.relative(cwd, file),
  );
}

/** https://nginx.org/en/docs/http/ngx_http_core_module.html#listen */
export function addressesIn(configuration: string, cwd: string): Address[] {
  const found = new Map<string, Address>();
  for (const [, place = '', rest = ''] of configuration.matchAll(/^\s*listen\s+(\S+?)((?:\s[^;]*)?);/gm)) {
    if (/\b(?:udp|quic)\b/.test(rest)) continue;
    const text = place.startsWith('unix:')
      ? place.slice('unix:'.length)
      : /^\d+$/.test(place)
        ? `0.0.0.0:${place}`
        : /:\d+$/.test(place)
          ? place.replace(/^\*:/, '0.0.0.0:')
          : `${place}:80`;
    const address = addressOf(text, cwd);
    // `[::]:80` stands beside `80`.
    if (address !== undefined)
      found.set(address.key, text.startsWith('[') ? { ...address, ipv6Only: true } : address);
  }
  return [...found.values()];
}
