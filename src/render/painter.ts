import { trusted } from "../diag/harmless.ts";

/** Adds emphasis to finished, laid-out text. Text is never measured after it was painted. */
export interface Painter {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly added: Paint;
  readonly changed: Paint;
  readonly removed: Paint;
  /** For text that the reader must see first. */
  readonly danger: Paint;
}

export type Paint = (text: string) => string;

const asIs: Paint = (text) => text;

/** No emphasis: files, pipes, NO_COLOR, tests. */
export const plain: Painter = { strong: asIs, faint: asIs, added: asIs, changed: asIs, removed: asIs, danger: asIs };

/** Uses the eight colours that every terminal has, so that the user's own theme decides how they look. */
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
