import { trusted } from "../diag/harmless.ts";

/** Adds emphasis to finished, laid-out text. Nothing is measured after it was painted. */
export interface Painter {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly added: Paint;
  readonly changed: Paint;
  readonly removed: Paint;
  /** What deserves a second look before anything else. */
  readonly danger: Paint;
}

export type Paint = (text: string) => string;

const asIs: Paint = (text) => text;

/** No emphasis: files, pipes, NO_COLOR, tests. */
export const plain: Painter = { strong: asIs, faint: asIs, added: asIs, changed: asIs, removed: asIs, danger: asIs };

/** The eight colours every terminal has, so that the user's own theme decides what they look like. */
export const colours: Painter = {
  strong: sgr(1, 22),
  faint: sgr(2, 22),
  added: sgr(32, 39),
  changed: sgr(33, 39),
  removed: sgr(31, 39),
  danger: (text) => sgr(1, 22)(sgr(31, 39)(text)),
};

function sgr(on: number, off: number): Paint {
  return (text) => (text === "" ? "" : `${trusted(`\u001b[${on}m`)}${text}${trusted(`\u001b[${off}m`)}`);
}
