/** Parameter values as text. YAML reads `on` as text, `true` as a boolean and `1` as a number; AWS knows text only. */
export type Value = string | number | boolean;
export type Values = Readonly<Record<string, Value>>;

export function textOf(value: Value): string {
  return typeof value === "boolean" ? (value ? "1" : "0") : String(value);
}

/** Whether two values mean the same to the engines: ON, on, true and 1 do, and formulas that differ only in spaces do too. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  return a !== undefined && b !== undefined && plain(textOf(a)) === plain(textOf(b));
}

function plain(text: string): string {
  const bare = text.trim().toLowerCase();
  if (bare === "on" || bare === "true" || bare === "yes") return "1";
  if (bare === "off" || bare === "false" || bare === "no") return "0";
  if (bare.startsWith("{") && bare.endsWith("}")) return bare.replace(/\s+/g, "");
  return /^-?\d+(\.\d+)?$/.test(bare) ? String(Number(bare)) : bare;
}

/**
 * Returns the value in a spelling that AWS allows: `on` becomes 1 for a parameter with 0 and 1, and `true` becomes ON for one with ON and
 * OFF.
 */
export function spelled(value: Value, allowed: string | undefined): string {
  const text = textOf(value);
  const choices = allowed?.split(",") ?? [];
  return choices.includes(text) ? text : (choices.find((choice) => sameValue(choice, value)) ?? text);
}

/** Whether two sets of values are the same. Names are compared without case, because MySQL's variables are written both ways. */
export function sameValues(a: Values, b: Values): boolean {
  const left = byLowerCase(a);
  const right = byLowerCase(b);
  return left.size === right.size && [...left].every(([name, value]) => sameValue(value, right.get(name)));
}

/** Returns the values to set, and the names to reset to the engine's default. */
export function difference(have: Values, request: Values): { readonly set: Values; readonly reset: readonly string[] } {
  const known = byLowerCase(have);
  const resolved = byLowerCase(request);
  return {
    set: Object.fromEntries(Object.entries(request).filter(([name, value]) => !sameValue(value, known.get(name.toLowerCase())))),
    reset: Object.keys(have).filter((name) => !resolved.has(name.toLowerCase())),
  };
}

function byLowerCase(values: Values): Map<string, Value> {
  return new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
}
