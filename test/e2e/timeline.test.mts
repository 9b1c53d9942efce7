/** The timeline's own page, as it is shipped, in a browser: by keyboard, under its policy, in the themes' colours. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { buildScene } from '../../src/editor/timeline/build-scene.ts';
import { pageHtml } from '../../src/editor/timeline/html.ts';
import { Swaps } from '../../src/editor/view/swaps.ts';
import type { FromPage, RequestMark, Scene } from '../../src/page/scene.ts';
import type { EventBody } from '../../src/shared/model.ts';
import { judge } from '../tools/limits.ts';
import { root } from '../tools/root.mts';
import { ensureVSCodeWeb } from '../tools/setup-vscode-web.mts';

const origin = 'https://page.example';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What VS Code's own themes say of the names that the page uses: `vscode-dark`, `vscode-light`, high contrast. */
const themes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'vscode-dark': colours(
    '#cccccc',
    '#1f1f1f',
    '#9d9d9d',
    '#313131',
    '#cccccc',
    '#313131',
    '#cccccc',
    '#0078d4',
  ),
  'vscode-light': colours(
    '#3b3b3b',
    '#ffffff',
    '#3b3b3b',
    '#e5e5e5',
    '#3b3b3b',
    '#ffffff',
    '#3b3b3b',
    '#005fb8',
  ),
  'vscode-high-contrast': colours(
    '#ffffff',
    '#000000',
    '#ffffff',
    '#000000',
    '#ffffff',
    '#000000',
    '#ffffff',
    '#f38518',
  ),
};

function colours(
  ...[foreground, background, description, button, onButton, list, onList, focus]: string[]
): Readonly<Record<string, string>> {
  return {
    foreground: foreground!,
    'editor-background': background!,
    descriptionForeground: description!,
    'button-secondaryBackground': button!,
    'button-secondaryForeground': onButton!,
    'dropdown-background': list!,
    'dropdown-foreground': onList!,
    focusBorder: focus!,
    'charts-green': '#89d185',
    'charts-blue': '#3794ff',
    'charts-yellow': '#cca700',
    'charts-orange': '#d18616',
    'charts-purple': '#b180d7',
    'charts-red': '#f14c4c',
    'font-size': '13px',
    'font-family': 'sans-serif',
  };
}

/** Of axe. */
interface Findings {
  readonly violations: readonly { id: string; nodes: readonly { html: string; failureSummary: string }[] }[];
  readonly passes: readonly unknown[];
}

/** A swap in 31 ms, with so many requests around it, every tenth of which waited. */
function sceneOf(requests: number): Scene {
  const at = 1_000_000;
  const swaps = new Swaps();
  const tell = (time: number, body: EventBody): void =>
    swaps.add({ server: 'api', time: at + time, ...body });
  const cause = { kind: 'save', files: ['/app/server.js'], at } as const;
  tell(4, { event: 'starting', generation: 8, pid: 2, cause, replaces: 7, origin: 'standby' });
  tell(25, { event: 'ready', generation: 8, bootMs: 21, held: 2 });
  tell(31, { event: 'cutover', from: 7, to: 8, gapMs: 1 });
  const times = { bootMs: 21, swapMs: 31, coldBootMs: 540 };
  tell(31, { event: 'serving', generation: 8, pid: 2, listeners: [], standby: true, ...times });
  const ended = { exitCode: 0, signal: null, drainMs: 60, served: true };
  const result = { finished: 3, eventStreams: 0, webSockets: 0, idle: 1, lost: 0 };
  tell(90, { event: 'retired', generation: 7, ...ended, ...result });
  const marks: RequestMark[] = Array.from({ length: requests }, (_, i) => {
    const held = i % 10 === 0 ? 12 : 0;
    return { at: at + (i / requests) * 90, ms: 2 + (i % 7) + held, held };
  });
  const byGeneration = new Map([
    [7, marks.filter(({ at: time }) => time < at + 30)],
    [8, marks.filter(({ at: time }) => time >= at + 30)],
  ]);
  const relative = (file: string): string => file.replace('/app/', '');
  const order = {
    swaps: swaps.of('api'),
    chosen: undefined,
    now: at + 5000,
    relative,
    requests: byGeneration,
  };
  const scene = buildScene('api', order);
  assert.ok(scene);
  return scene;
}

describe('The timeline', () => {
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  before(async () => {
    const { chromium: executablePath } = await ensureVSCodeWeb();
    browser = await chromium.launch({ executablePath, headless: true, args: ['--disable-gpu'] });
    page = await browser.newPage({ viewport: { width: 1000, height: 600 } });
    page.setDefaultTimeout(120_000);
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.addInitScript(`
      window.said = [];
      window.acquireVsCodeApi = () => ({ postMessage: (message) => window.said.push(message) });`);
    const files: Readonly<Record<string, readonly [type: string, content: string]>> = {
      '/': [
        'text/html',
        pageHtml({
          nonce: 'once',
          script: '/timeline.js',
          style: '/timeline.css',
          source: origin,
          language: 'en',
        }),
      ],
      '/timeline.js': ['text/javascript', readFileSync(join(root, 'dist', 'timeline.js'), 'utf8')],
      '/timeline.css': ['text/css', readFileSync(join(root, 'media', 'timeline.css'), 'utf8')],
    };
    await page.route('**/*', (route) => {
      const [contentType, body] = files[new URL(route.request().url()).pathname] ?? ['text/plain', ''];
      return route.fulfill({ contentType, body });
    });
    await page.goto(`${origin}/`);
  });

  after(async () => {
    await browser.close();
  });

  const said = async (type: FromPage['type']): Promise<FromPage | undefined> =>
    (await page.evaluate<FromPage[]>('window.said')).findLast((message) => message.type === type);

  const show = async (scene: Scene): Promise<void> => {
    await page.evaluate(
      (message) => {
        (globalThis as unknown as { postMessage(message: unknown, to: string): void }).postMessage(
          message,
          '*',
        );
      },
      { type: 'scene', scene } as never,
    );
    await page.locator('#title', { hasText: scene.title }).waitFor();
    await page.locator('#picture svg').waitFor();
  };

  it('says when it is ready, and draws what it is told', async () => {
    assert.deepEqual(await said('ready'), { type: 'ready' });
    await show(sceneOf(100));
    const spoken = await page.locator('#picture svg').getAttribute('aria-label');
    assert.match(spoken ?? '', /api: gen 7 → gen 8\. server\.js saved: gen 8 serves after 31 ms/);
  });

  for (const [theme, names] of Object.entries(themes)) {
    it(`has nothing that would keep somebody out, in ${theme}`, async (t) => {
      await page.evaluate(
        `document.body.className = ${JSON.stringify(theme)};
         for (const [name, value] of ${JSON.stringify(Object.entries(names))})
           document.documentElement.style.setProperty('--vscode-' + name, value);`,
      );
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate<Findings>('axe.run(document)');
      t.diagnostic(`${String(passes.length)} rules hold`);
      assert.deepEqual(
        violations.map(
          ({ id, nodes }) =>
            `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('; ')}`,
        ),
        [],
      );
      assert.ok(passes.length > 10);
    });
  }

  it('is read by the arrow keys, from moment to moment', async () => {
    await page.locator('#picture [tabindex="0"]').focus();
    await page.keyboard.press('Home');
    const told: string[] = [];
    for (let n = 0; n < 20; n += 1) {
      told.push(await page.locator('#told').innerText());
      await page.keyboard.press('ArrowRight');
    }
    const all = [...new Set(told)];
    for (const part of [
      'gen 7: serves',
      'server.js saved, saved',
      'gen 8, released',
      'gen 8: runs your code',
      'gen 8, cutover',
    ])
      assert.ok(
        all.some((text) => text.includes(part)),
        `${part} is not among ${JSON.stringify(all)}`,
      );
    await page.keyboard.press('0');
    assert.ok(await page.locator('#picture .moment', { hasText: 'drained' }).count());
  });

  it('is saved as a picture that needs nothing of the page', async () => {
    await page.getByRole('button', { name: 'Save as SVG' }).click();
    const svg = await said('save');
    assert.ok(svg?.type === 'save' && svg.format === 'svg');
    assert.match(svg.text, /^<svg [^>]*xmlns=/);
    assert.doesNotMatch(svg.text, /var\(--vscode|<script/);
    await page.getByRole('button', { name: 'Save as PNG' }).click();
    await page.waitForFunction('window.said.at(-1).format === "png"');
    const png = await said('save');
    assert.ok(png?.type === 'save' && png.format === 'png');
    const bytes = Buffer.from(png.base64, 'base64');
    assert.deepEqual(
      [bytes.subarray(1, 4).toString(), bytes.readUInt32BE(16)],
      ['PNG', 2 * Number(await page.locator('#picture svg').getAttribute('width'))],
    );
  });

  it('draws ten thousand requests', async (t) => {
    const scene = sceneOf(10_000);
    await show({ ...scene, title: 'ten thousand', chosen: 'another' });
    const ms = Number(await page.locator('#picture').getAttribute('data-ms'));
    t.diagnostic(`${String(ms)} ms`);
    assert.ok(await page.locator('#picture .held').count());
    judge('ms to draw a swap with 10,000 requests', ms, 100);
  });

  it('was never refused anything by its policy, and made no mistake', () => {
    assert.deepEqual(complaints, []);
  });
});
