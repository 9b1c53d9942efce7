/** The status bar's tooltip as Markdown: facts of the server in one line, then what to do about it. */
import { count, drainText, duration, megabytes, total } from '../../shared/words/format.ts';
import type { DrainProgress, PartStatus, ServerStatus, StandbyStatus } from '../../shared/model.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import { commandIds } from './actions.ts';
import { sensibleActions } from './states.ts';
import type { Cost } from './savings.ts';
import { offIndicator } from './status-text.ts';
import { portsOf } from './words.ts';

/** `cost`: as far as it is known. */
export function tooltip(status: ServerStatus, ref: ServerRef, now: number, cost?: Cost): string {
  const { serving, failure, held } = status;
  const facts = [
    `**${escapeMarkdown(status.name)}**`,
    ...(serving === undefined ? [status.state] : [`gen ${String(serving.generation)}`]),
    ...(serving?.codeOf === undefined ? [] : [`code of gen ${String(serving.codeOf)}, until the next save`]),
    ...portsOf(status.listeners).map((port) =>
      link(`localhost:${String(port)}`, commandIds.openInBrowser, ref, port),
    ),
    ...(serving === undefined ? [] : [`pid ${String(serving.pid)}`, uptime(now - serving.since)]),
    ...(serving === undefined || status.unmanaged !== undefined ? [] : [swapTime(status, cost)]),
    `adapter: ${escapeMarkdown(status.adapter)}`,
    ...(status.lateMs === undefined ? [] : [`ready ${duration(status.lateMs)} after it listens`]),
    ...(status.restartedBy === undefined ? [] : [`restarted by ${escapeMarkdown(status.restartedBy)}`]),
    ...standbyText(status.standby),
    ...partsText(status.parts ?? []),
    ...(held === 0 ? [] : [`${count(held, 'request')} ${held === 1 ? 'waits' : 'wait'}`]),
    ...status.draining.map((gen) => `draining: gen ${String(gen.generation)}${drains(gen, now - gen.since)}`),
  ];
  // The cold restart is for the palette and the pick: one rarely means it.
  const likely = sensibleActions(status).filter(
    ({ command }) => command !== commandIds.restart && command !== commandIds.back,
  );
  const actions = likely.map((action) => link(action.title, action.command, ref));
  const problem =
    failure === undefined
      ? []
      : [escapeMarkdown(`${failure.part ?? `Gen ${String(failure.generation)}`}: ${failure.message}`)];
  const alone =
    status.unmanaged === undefined
      ? []
      : [
          `It listens without ${escapeMarkdown(status.unmanaged)}: saves restart nothing, and a swap ends it before it starts the next one.`,
        ];
  const advice = failure?.advice === undefined ? [] : [escapeMarkdown(failure.advice)];
  return [facts.join(' · '), ...alone, ...problem, ...advice, actions.join(' · ')].join('\n\n');
}

/** For the item that is shown while nothing runs. */
export function offTooltip(): string {
  const actions = sensibleActions(undefined).map((action) => `[${action.title}](command:${action.command})`);
  return `${offIndicator.label}\n\n${actions.join(' · ')}`;
}

/** `swapped in 31 ms (boot 1.9 s): 212 saves today, 6 min 40 s not waited` */
function swapTime({ serving, coldBootMs }: ServerStatus, cost?: Cost): string {
  if (serving === undefined) return '';
  // The first generation replaced nobody.
  if (serving.generation === 1) return `boot ${duration(serving.bootMs)}`;
  const boot =
    coldBootMs === undefined || coldBootMs <= serving.bootMs ? '' : ` (boot ${duration(coldBootMs)})`;
  const { saves = 0, notWaitedMs = 0, slow } = cost ?? {};
  const why = slow === undefined ? '' : `, ${escapeMarkdown(slow)}`;
  const today = saves === 0 ? '' : `: ${count(saves, 'save')} today`;
  const notWaited = saves === 0 || notWaitedMs < 1000 ? '' : `, ${total(notWaitedMs)} not waited`;
  return `swapped in ${duration(serving.swapMs)}${boot}${why}${today}${notWaited}`;
}

function standbyText(standby: StandbyStatus): string[] {
  switch (standby.state) {
    case 'warm':
      return [`standby ready, ${megabytes(standby.memory + standby.spareMemory)}`];
    case 'warming':
      return ['standby getting ready'];
    case 'off':
      return [];
  }
}

/** `tsc builds`, `beside it: vite` */
function partsText(parts: readonly PartStatus[]): string[] {
  const named = (kind: PartStatus['kind']): string =>
    escapeMarkdown(
      parts
        .filter((part) => part.kind === kind)
        .map(({ name }) => name)
        .join(', '),
    );
  const [steps, builders, companions] = [named('step'), named('builder'), named('companion')];
  return [
    ...(steps === '' ? [] : [`made by ${steps}`]),
    ...(builders === '' ? [] : [`built by ${builders}`]),
    ...(companions === '' ? [] : [`beside it: ${companions}`]),
  ];
}

/** In minutes, since a tooltip is not brought up to date every second. */
function uptime(ms: number): string {
  return ms < 60_000 ? 'up less than a minute' : `up ${duration(ms)}`;
}

/** `, 1 event stream (11 s)` */
function drains(progress: DrainProgress, age: number): string {
  const what = drainText(progress);
  return `${what === '' ? '' : `, ${what}`} (${duration(age)})`;
}

/** The link's title is what a screen reader says after the text. */
function link(title: string, command: string, ...args: readonly unknown[]): string {
  return `[${title}](command:${command}?${encodeURIComponent(JSON.stringify(args))})`;
}

/** Names and messages come from files of the workspace: they must not become links or images. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!<>&|~$]/g, '\\$&').replace(/\s+/g, ' ');
}
