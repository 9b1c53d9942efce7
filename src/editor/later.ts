/** What most windows never need, or not at their start: a bundle of its own (esbuild.config.mjs), loaded by `import()`. */
import * as vscode from 'vscode';
import { translateBy } from './words/l10n.ts';

export { Followers } from './debugging/followers.ts';
export { openLink } from './servers/link.ts';
export { TimelinePanel } from './timeline/panel.ts';
export { Live } from './view/live.ts';
export { tree } from './view/tree.ts';

translateBy((message, ...args) => vscode.l10n.t(message, ...args));
