/** systemd's socket activation, sd_listen_fds(3): servers that take their sockets from LISTEN_FDS. */
import type { Way } from '../attendant.ts';
import { sourcesOf } from '../stacks.ts';
import { addressOf } from './address.ts';
import { SocketsAttendant } from './attendant.ts';
import type { Dialect } from './attendant.ts';
import { execing } from './exec.ts';

/** Of who asks for it: LISTEN_PID is the process that is to have them, so it is set in that one, just before it begins. */
const prelude = 'LISTEN_PID=$$; export LISTEN_PID; ';

export const listenFds: Way = {
  name: 'listen-fds',
  attend: (spec) => {
    if (spec.way !== 'listen-fds' && (spec.listen ?? []).length === 0) return undefined;
    const said = spec.listen ?? (spec.port === undefined ? [] : [String(spec.port)]);
    const texts = said.length > 0 ? said : [spec.env['PORT'] ?? '8080'];
    const addresses = texts.flatMap((text) => addressOf(text, spec.cwd) ?? []);
    const dialect: Dialect = {
      participation: 'socketActivation',
      name: 'LISTEN_FDS',
      noStandby: 'with LISTEN_FDS, nobody knows what it loads',
      addresses: () => Promise.resolve(addresses),
      sources: () => sourcesOf(spec),
      start: (of, all) => ({
        command: execing(of.command, prelude),
        env: {
          ...of.env,
          LISTEN_FDS: String(all.length),
          LISTEN_FDNAMES: all.map(({ name }) => name).join(':'),
        },
      }),
      signals: { stop: 'SIGTERM', leave: 'SIGTERM' },
    };
    return new SocketsAttendant(dialect);
  },
};
