/** How text is laid out: its width and its colours. */
import { type Painter, plain } from "./painter.ts";

export interface TextOptions {
  readonly width: number;
  readonly paint: Painter;
  /** Also what leads to no action: every field of what is new, every tag, every note. */
  readonly verbose: boolean;
}

export const plainText: TextOptions = { width: 100, paint: plain, verbose: false };
