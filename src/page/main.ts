/** The timeline's page: what is shown of a scene, by mouse and keyboard, and how it is saved. */
import { draw, type Drawing } from './draw.ts';
import { pngOf, svgText } from './picture.ts';
import type { FromPage, Scene, ToPage } from './scene.ts';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const editor = acquireVsCodeApi();
const find = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`there is no #${id}`);
  return element;
};
const picture = find('picture');
const told = find('told');
const summary = find('summary');
const choose = find('choose') as HTMLSelectElement;

const closerBy = 2;
const narrowest = 400;

let scene: Scene | undefined;
let shown: readonly [number, number] = [0, 1];
let drawing: Drawing | undefined;
let current = 0;
/** Nobody has looked closer: what is shown goes with the swap while it is under way. */
let follows = true;

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  const isOther = scene?.chosen !== data.scene.chosen || scene.title !== data.scene.title;
  scene = data.scene;
  if (isOther) {
    follows = true;
    current = 0;
  }
  if (follows) shown = scene.swap;
  label(scene);
  render();
});
new ResizeObserver(() => render()).observe(picture);
choose.addEventListener('change', () => editor.postMessage({ type: 'choose', value: choose.value }));
on('swap', () => scene !== undefined && show(scene.swap));
on('whole', () => scene !== undefined && show(scene.whole));
on('closer', () => zoom(1 / closerBy));
on('farther', () => zoom(closerBy));
on(
  'svg',
  () =>
    drawing !== undefined && editor.postMessage({ type: 'save', format: 'svg', text: svgText(drawing.svg) }),
);
on('png', () => {
  if (drawing === undefined) return;
  void pngOf(drawing.svg).then((base64) => editor.postMessage({ type: 'save', format: 'png', base64 }));
});
picture.addEventListener('keydown', (event) => {
  const steps: Readonly<Record<string, () => void>> = {
    ArrowRight: () => move(current + 1),
    ArrowLeft: () => move(current - 1),
    Home: () => move(0),
    End: () => move(Infinity),
    '+': () => zoom(1 / closerBy),
    '-': () => zoom(closerBy),
    '0': () => scene !== undefined && show(scene.whole),
    '1': () => scene !== undefined && show(scene.swap),
  };
  const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  step();
});
picture.addEventListener('focusin', ({ target }) => {
  const index = drawing?.stops.findIndex((stop) => stop === target) ?? -1;
  if (index >= 0) choosePart(index);
});
picture.addEventListener('click', ({ target }) => {
  const index = drawing?.stops.findIndex((stop) => stop.contains(target as Node)) ?? -1;
  if (index >= 0) move(index);
});
editor.postMessage({ type: 'ready' });

function on(id: string, act: () => void): void {
  find(id).addEventListener('click', act);
}

/** All that is text, in the user's language. */
function label({ title, summary: text, words, choices, chosen }: Scene): void {
  document.title = title;
  find('title').textContent = title;
  summary.textContent = text;
  const texts: Readonly<Record<string, string>> = {
    'choose-label': words.choose,
    swap: words.swap,
    whole: words.whole,
    closer: words.closer,
    farther: words.farther,
    svg: words.saveSvg,
    png: words.savePng,
    help: words.help,
  };
  for (const [id, value] of Object.entries(texts)) find(id).textContent = value;
  find('zoom').setAttribute('aria-label', words.zoom);
  choose.replaceChildren(
    ...choices.map(
      ({ value, text: option }) => new Option(option, value, value === chosen, value === chosen),
    ),
  );
}

function show(range: readonly [number, number]): void {
  follows = range === scene?.swap;
  shown = range;
  const hadFocus = picture.contains(document.activeElement);
  render();
  if (hadFocus) drawing?.stops[current]?.focus();
}

/** Around what is chosen. */
function zoom(by: number): void {
  if (scene === undefined) return;
  const [from, to] = shown;
  const middle = (from + to) / 2;
  const half = Math.max(0.5, ((to - from) / 2) * by);
  show([Math.max(scene.whole[0], middle - half), Math.min(scene.whole[1], middle + half)]);
}

function render(): void {
  if (scene === undefined || picture.clientWidth === 0) return;
  const began = performance.now();
  const hadFocus = picture.contains(document.activeElement);
  drawing = draw(scene, shown, Math.max(narrowest, picture.clientWidth));
  picture.replaceChildren(drawing.svg);
  choosePart(Math.min(current, drawing.stops.length - 1));
  if (hadFocus) drawing.stops[current]?.focus();
  picture.dataset['ms'] = (performance.now() - began).toFixed(1);
}

function move(index: number): void {
  const last = (drawing?.stops.length ?? 0) - 1;
  drawing?.stops[Math.min(last, Math.max(0, index))]?.focus();
}

/** One of them is what the tab key gets to. */
function choosePart(index: number): void {
  const stops = drawing?.stops ?? [];
  stops[current]?.setAttribute('tabindex', '-1');
  current = Math.max(0, index);
  stops[current]?.setAttribute('tabindex', '0');
  if (stops.some((stop) => stop === document.activeElement))
    told.textContent = stops[current]?.getAttribute('aria-label') ?? '';
}
