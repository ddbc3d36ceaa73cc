/** Makes two answers to one call comparable: values that always differ become words, and the order is ignored. */
export interface Answer {
  readonly output?: unknown;
  readonly error?: { readonly code: string; readonly status: number };
}

/** Replaces the ids, addresses, times and ports of one side with words. Ids that the script knows by a name become that name. */
export function normalise(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (value instanceof Date) return "<time>";
  if (typeof value === "string") return normaliseText(value, names);
  if (Array.isArray(value))
    return value.map((item) => normalise(item, names)).sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([key]) => key !== "$metadata");
  return Object.fromEntries(entries.map(([key, item]) => [key, normalise(item, names)]));
}

const words: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z]+(?:-[a-z]+)*-[0-9a-f]{8}(?:[0-9a-f]{9})?\b/g, "<id>"],
  [/\b(?:[0-9a-f]{2}:){5,19}[0-9a-f]{2}\b/g, "<hex>"],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<uuid>"],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, "<time>"],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?= (?:GMT|UTC))/g, "<time>"],
  [/\b\d{1,3}(?:[.-]\d{1,3}){3}(?!\/)\b/g, "<address>"],
  [/\b[0-9a-f]{16}\b/g, "<hex>"],
];

function normaliseText(text: string, names: ReadonlyMap<string, string>): string {
  let result = text;
  for (const [id, name] of names) result = result.replaceAll(id, `<${name}>`);
  for (const [pattern, word] of words) result = result.replace(pattern, word);
  return result;
}

/**
 * Returns where two normalised answers differ: the values of each by path, without positions ("Vpcs[].State"). An empty list, an empty text
 * and nothing are the same.
 */
export function differences(ours: Answer, theirs: Answer): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (ours.error || theirs.error) {
    if (outcome(ours) !== outcome(theirs)) found.set("", `${outcome(ours)}, moto ${outcome(theirs)}`);
  } else {
    walk(ours.output, theirs.output, "", found);
  }
  return found;
}

function outcome({ error }: Answer): string {
  return error ? `${error.code} (${error.status})` : "success";
}

function walk(ours: unknown, theirs: unknown, path: string, found: Map<string, string>): void {
  if (isNothing(ours) && isNothing(theirs)) return;
  if (Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length) {
    ours.forEach((item, i) => walk(item, theirs[i], `${path}[]`, found));
  } else if (isObject(ours) && isObject(theirs)) {
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)]))
      walk(ours[key], theirs[key], path === "" ? key : `${path}.${key}`, found);
  } else if (ours !== theirs) {
    found.set(path, `${JSON.stringify(ours)}, moto ${JSON.stringify(theirs)}`);
  }
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function compareText(a: string | undefined, b: string | undefined): number {
  return (a ?? "") < (b ?? "") ? -1 : 1;
}
