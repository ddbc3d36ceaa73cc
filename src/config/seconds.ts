/** A length of time as it is written: `90s`, `30m`, `2h`. */
export const timePattern = "^[1-9][0-9]{0,4}[smh]$";

const unit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** In seconds; undefined for what is not written so. */
export function secondsOf(text: string): number | undefined {
  return new RegExp(timePattern).test(text) ? Number(text.slice(0, -1)) * unit[text.slice(-1)]! : undefined;
}
