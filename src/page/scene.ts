/** What the timeline's page is told to draw, and what it says. Times are ms, 0 is the save. No DOM here: the editor reads it. */

export type SpanKind = 'serving' | 'noticed' | 'booting' | 'waiting' | 'draining' | 'failed';

export interface Span {
  readonly kind: SpanKind;
  readonly from: number;
  readonly to: number;
  /** In the span, if there is room. */
  readonly text: string;
  /** What a screen reader says, and what is told of it when it is chosen. */
  readonly spoken: string;
}

export interface Moment {
  readonly at: number;
  readonly text: string;
  readonly spoken: string;
}

export interface RequestMark {
  /** When it came, and how long it took. */
  readonly at: number;
  readonly ms: number;
  /** How long of that it waited for the next generation. */
  readonly held: number;
}

/** A row: a generation, or, where several swaps are shown, a swap. */
export interface Lane {
  readonly text: string;
  readonly detail: string;
  readonly spans: readonly Span[];
  readonly moments: readonly Moment[];
  readonly requests: readonly RequestMark[];
}

export interface Scene {
  readonly title: string;
  /** What happened, in a sentence or two: for who does not see it. */
  readonly summary: string;
  readonly lanes: readonly Lane[];
  /** What is shown at first, and all there is. */
  readonly swap: readonly [from: number, to: number];
  readonly whole: readonly [from: number, to: number];
  /** Which swaps can be chosen, the last one first. */
  readonly choices: readonly { readonly value: string; readonly text: string }[];
  readonly chosen: string;
  readonly words: Words;
}

/** Of the page itself, in the user's language. */
export interface Words {
  readonly choose: string;
  readonly zoom: string;
  readonly swap: string;
  readonly whole: string;
  readonly closer: string;
  readonly farther: string;
  readonly saveSvg: string;
  readonly savePng: string;
  readonly help: string;
  readonly requests: string;
  readonly held: string;
  readonly latency: string;
  readonly sinceSave: string;
}

export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'choose'; readonly value: string }
  | { readonly type: 'save'; readonly format: 'svg'; readonly text: string }
  | { readonly type: 'save'; readonly format: 'png'; readonly base64: string };

export interface ToPage {
  readonly type: 'scene';
  readonly scene: Scene;
}
