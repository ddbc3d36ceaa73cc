/** The form of a length of time: `90s`, `30m`, `2h`. */
export const timePattern = "^[1-9][0-9]{0,4}[smh]$";

const unit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

const longUnits: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Returns the form that was meant by another spelling: `5 minutes`, `1h30`, `PT15M`. A number alone means seconds. */
export function timeMeant(text: string): string | undefined {
  const written = text
    .trim()
    .toLowerCase()
    .replace(/^p(?=t?\d)t?/, "");
  const parts = [...written.matchAll(/(\d+(?:\.\d+)?)\s*(s|m|h|d|)[a-z]*\s*/gy)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== written) return undefined;
  let last = "";
  let seconds = 0;
  for (const [, number, named = ""] of parts) {
    // A number without a unit after hours means minutes.
    const of = named || (last === "h" ? "m" : last === "m" || last === "" ? "s" : undefined);
    if (of === undefined) return undefined;
    seconds += Number(number) * longUnits[of]!;
    last = of;
  }
  const [name, length] =
    Object.entries(unit)
      .toReversed()
      .find(([, one]) => seconds % one === 0) ?? [];
  const meant = name && `${seconds / length!}${name}`;
  return meant !== undefined && secondsOf(meant) !== undefined ? meant : undefined;
}

/** Returns a length of time in seconds; undefined when it does not have the form. */
export function secondsOf(text: string): number | undefined {
  return new RegExp(timePattern).test(text) ? Number(text.slice(0, -1)) * unit[text.slice(-1)]! : undefined;
}
