/** Options for the layout of text: its width and its colours. */
import { type Painter, plain } from "./painter.ts";

export interface TextOptions {
  readonly width: number;
  readonly paint: Painter;
  /** Also shows what leads to no action: every field of a new object, every tag, every note. */
  readonly verbose: boolean;
}

export const plainText: TextOptions = { width: 100, paint: plain, verbose: false };
