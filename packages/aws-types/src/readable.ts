/**
 * A schema with patterns as JavaScript reads them; the registry's are written for several languages. `\A` and `\Z` stand for the two ends,
 * as in `\A[0-9a-zA-Z-_]+\Z` (AWS::MediaPackage::Channel); to JavaScript they would be letters, and no right value would fit. Patterns of
 * keys that it cannot read at all stand for any key (AWS::SageMaker::ModelPackage): AWS still checks what they say. Those of values are left
 * out when the pack is made.
 */
export function readable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const node = value as Record<string, unknown>;
  for (const inner of Object.values(node)) readable(inner);
  if (typeof node["pattern"] === "string") node["pattern"] = withEnds(node["pattern"]);
  const patterns = node["patternProperties"];
  // A property may be called `patternProperties` itself: its value says what it is, and is no map of schemas.
  if (typeof patterns !== "object" || patterns === null || "type" in patterns) return node;
  const keys = Object.entries(patterns as Record<string, unknown>).map(([key, inner]) => [withEnds(key), inner] as const);
  const bad = keys.find(([key]) => !isReadable(key));
  node["patternProperties"] = Object.fromEntries(keys.filter(([key]) => isReadable(key)));
  if (bad) node["additionalProperties"] = bad[1];
  return node;
}

function withEnds(pattern: string): string {
  return pattern.replace(/(?<!\\)\\([AZz])/g, (_found, end: string) => (end === "A" ? "^" : "$"));
}

function isReadable(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
