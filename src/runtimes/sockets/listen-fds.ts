/**
 * systemd's socket activation, sd_listen_fds(3): servers that take their sockets from LISTEN_FDS. One that is given a
 * single port stands behind a front, which alone can let requests wait; any other, and with `"way": "listen-fds"`, has
 * the sockets that clients come to, and nothing is in the path.
 */
import type { ServerSpec } from '../../shared/spec.ts';
import type { Attended, Way } from '../attendant.ts';
import { FrontAttendant } from '../front/attendant.ts';
import { sourcesOf } from '../stacks.ts';
import { addressOf } from './address.ts';
import type { Address } from './address.ts';
import { SocketsAttendant } from './attendant.ts';
import type { Dialect } from './attendant.ts';
import { execing } from './exec.ts';
import { planBehind } from './fronted.ts';

/** Of who asks for it: LISTEN_PID is the process that is to have them, so it is set in that one, just before it begins. */
const prelude = 'LISTEN_PID=$$; export LISTEN_PID; ';

const start = (of: ServerSpec, all: readonly Address[]): Pick<Attended, 'command' | 'env'> => ({
  command: execing(of.command, prelude),
  env: {
    ...of.env,
    LISTEN_FDS: String(all.length),
    LISTEN_FDNAMES: all.map(({ name }) => name).join(':'),
  },
});

export const listenFds: Way = {
  name: 'listen-fds',
  attend: (spec, site) => {
    if (spec.way !== 'listen-fds' && (spec.listen ?? []).length === 0) return undefined;
    const said = spec.listen ?? (spec.port === undefined ? [] : [String(spec.port)]);
    const texts = said.length > 0 ? said : [spec.env['PORT'] ?? '8080'];
    const addresses = texts.flatMap((text) => addressOf(text, spec.cwd) ?? []);
    const [first] = addresses;
    if (spec.way === undefined && addresses.length === 1 && first?.port !== undefined) {
      const plan = planBehind({ ...first, port: first.port }, sourcesOf(spec), start);
      return new FrontAttendant(site, plan);
    }
    const dialect: Dialect = {
      participation: 'socketActivation',
      name: 'LISTEN_FDS',
      noStandby: 'with LISTEN_FDS, nobody knows what it loads',
      addresses: () => Promise.resolve(addresses),
      sources: () => sourcesOf(spec),
      start,
      signals: { stop: 'SIGTERM', leave: 'SIGTERM' },
    };
    return new SocketsAttendant(dialect);
  },
};
