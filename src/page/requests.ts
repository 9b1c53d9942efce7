/** Requests as marks, those that were held as bars, and how long they took: thousands of them, so each kind is one path. */
import type { ScaleLinear } from 'd3-scale';
import type { RequestMark } from './scene.ts';

type X = ScaleLinear<number, number>;

/** Rows that bars beside each other are put into. */
const rows = 4;
const rowHeight = 3;
/** Of the latency band, pixels. */
const binWidth = 6;

export function drawRequests(into: SVGGElement, requests: readonly RequestMark[], x: X, y: number): void {
  const [from = 0, to = 0] = x.domain();
  const [first = 0, last = 0] = x.range();
  const scale = (last - first) / (to - from || 1);
  let marks = '';
  let bars = '';
  let index = 0;
  for (const { at, ms, held } of requests) {
    if (at > to || at + ms < from) continue;
    const px = (first + (at - from) * scale).toFixed(1);
    const py = String(y + (index++ % rows) * rowHeight);
    if (held > 0) bars += `M${px},${py}h${Math.max(1, held * scale).toFixed(1)}`;
    else marks += `M${px},${py}h0`;
  }
  into.append(path(marks, 'request'), path(bars, 'held'));
}

/** From the median to the slowest but one in twenty, in each few pixels. */
export function drawLatency(
  into: SVGElement,
  requests: readonly RequestMark[],
  x: X,
  y: number,
  height: number,
): void {
  const [from = 0, to = 0] = x.domain();
  const [first = 0, last = 0] = x.range();
  const scale = (last - first) / (to - from || 1);
  const bins = new Map<number, number[]>();
  for (const { at, ms } of requests) {
    if (at < from || at > to) continue;
    const bin = Math.floor(((at - from) * scale) / binWidth);
    const others = bins.get(bin);
    if (others === undefined) bins.set(bin, [ms]);
    else others.push(ms);
  }
  const points = [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, all]) => {
      all.sort((a, b) => a - b);
      const at = (share: number): number =>
        all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0;
      return { px: first + (bin + 0.5) * binWidth, low: at(0.5), high: at(0.95) };
    });
  const most = points.reduce((max, { high }) => Math.max(max, high), 1);
  const py = (ms: number): string => (y + height - 6 - (ms / most) * (height - 12)).toFixed(1);
  const upper = points.map(({ px, high }) => `${px.toFixed(1)},${py(high)}`);
  const lower = points.map(({ px, low }) => `${px.toFixed(1)},${py(low)}`).reverse();
  if (points.length > 0) into.append(path(`M${[...upper, ...lower].join('L')}Z`, 'band'));
}

function path(d: string, kind: string): SVGPathElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  element.setAttribute('class', kind);
  element.setAttribute('d', d);
  element.setAttribute('aria-hidden', 'true');
  return element;
}
