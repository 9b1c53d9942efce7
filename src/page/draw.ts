/** Draws a scene as SVG, between two moments. Colours are the theme's: media/timeline.css. */
import { axisTop } from 'd3-axis';
import { scaleLinear, type ScaleLinear } from 'd3-scale';
import { select } from 'd3-selection';
import type { Lane, Scene } from './scene.ts';
import { drawLatency, drawRequests } from './requests.ts';

/** Pixels. */
const left = 120;
const right = 16;
const top = 34;
const laneHeight = 56;
const barHeight = 20;
const latencyHeight = 48;
/** Of a letter, about: enough to know whether a text fits. */
const letter = 6.6;

export interface Drawing {
  readonly svg: SVGSVGElement;
  /** What can be chosen by the keyboard, in the order of time. */
  readonly stops: readonly SVGGElement[];
}

export function draw(scene: Scene, [from, to]: readonly [number, number], width: number): Drawing {
  const all = scene.lanes.flatMap(({ requests }) => requests);
  const height = top + scene.lanes.length * laneHeight + (all.length > 0 ? latencyHeight : 0) + 8;
  const x = scaleLinear()
    .domain([from, to])
    .range([left, width - right]);
  const svg = make('svg', {
    viewBox: `0 0 ${String(width)} ${String(height)}`,
    width,
    height,
    role: 'group',
    'aria-label': `${scene.title}. ${scene.summary}`,
  });
  svg.append(make('title', {}, scene.title));
  drawAxis(svg, x, height, scene.words.sinceSave);
  const clip = make('clipPath', { id: 'between' });
  clip.append(make('rect', { x: left, y: 0, width: Math.max(0, width - right - left), height }));
  svg.append(clip);
  const stops: { readonly at: number; readonly element: SVGGElement }[] = [];
  scene.lanes.forEach((lane, index) => {
    stops.push(...drawLane(svg, lane, top + index * laneHeight, x));
  });
  if (all.length > 0) {
    const y = top + scene.lanes.length * laneHeight;
    svg.append(make('text', { x: 8, y: y + latencyHeight / 2, class: 'detail' }, scene.words.latency));
    drawLatency(svg, all, x, y, latencyHeight);
  }
  stops.sort((a, b) => a.at - b.at);
  return { svg, stops: stops.map(({ element }) => element) };
}

function drawAxis(svg: SVGSVGElement, x: ScaleLinear<number, number>, height: number, label: string): void {
  const [from = 0, to = 0] = x.domain();
  const inSeconds = to - from > 4000;
  const axis = axisTop(x)
    .ticks(6)
    .tickSize(-(height - top))
    .tickFormat((ms) => (inSeconds ? `${String(Number(ms) / 1000)} s` : `${String(Number(ms))} ms`));
  const group = make('g', {
    class: 'axis',
    transform: `translate(0,${String(top - 8)})`,
    'aria-hidden': 'true',
  });
  svg.append(group);
  select(group).call(axis);
  svg.append(make('text', { x: 8, y: top - 14, class: 'detail', 'aria-hidden': 'true' }, label));
}

function drawLane(
  svg: SVGSVGElement,
  lane: Lane,
  y: number,
  x: ScaleLinear<number, number>,
): { at: number; element: SVGGElement }[] {
  const group = make('g', { role: 'group', 'aria-label': `${lane.text}, ${lane.detail}` });
  group.append(make('text', { x: 8, y: y + 14, class: 'lane' }, lane.text));
  group.append(make('text', { x: 8, y: y + 29, class: 'detail' }, clipped(lane.detail, left - 14)));
  const inside = make('g', { 'clip-path': 'url(#between)' });
  const stops: { at: number; element: SVGGElement }[] = [];
  const [from = 0, to = 0] = x.domain();
  for (const span of lane.spans) {
    if (span.to < from || span.from > to) continue;
    const start = x(Math.max(span.from, from));
    const width = Math.max(1.5, x(Math.min(span.to, to)) - start);
    const element = stop(span.spoken, `span ${span.kind}`);
    element.append(make('rect', { x: start, y, width, height: barHeight, rx: 2 }));
    if (span.text.length * letter < width - 8)
      element.append(make('text', { x: start + 5, y: y + 14, class: 'in' }, span.text));
    inside.append(element);
    stops.push({ at: span.from, element });
  }
  const taken: (readonly [number, number])[] = [];
  // Two that are close would write over each other: what comes of it all is told, the rest when it is chosen.
  for (const moment of [...lane.moments].reverse()) {
    if (moment.at < from || moment.at > to) continue;
    const at = x(moment.at);
    const element = stop(moment.spoken, 'moment');
    element.append(make('path', { d: `M${String(at)},${String(y - 3)}V${String(y + barHeight + 5)}` }));
    const end = at + moment.text.length * letter + 8;
    if (taken.every(([one, other]) => end < one || at > other)) {
      element.append(make('text', { x: at + 3, y: y + barHeight + 12, class: 'at' }, moment.text));
      taken.push([at, end]);
    }
    inside.append(element);
    stops.push({ at: moment.at, element });
  }
  drawRequests(inside, lane.requests, x, y + barHeight + 20);
  group.append(inside);
  svg.append(group);
  return stops;
}

/** One that the keyboard gets to; which of them the tab key does is main.ts's. */
function stop(spoken: string, kind: string): SVGGElement {
  const element = make('g', { class: kind, role: 'img', 'aria-label': spoken, tabindex: '-1' });
  element.append(make('title', {}, spoken));
  return element;
}

function clipped(text: string, width: number): string {
  const most = Math.floor(width / letter);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

export function make<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number>>,
  text?: string,
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}
