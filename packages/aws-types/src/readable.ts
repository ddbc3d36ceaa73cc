/**
 * Rewrites the patterns of a schema for JavaScript; the registry's are written for several languages. `\A` and `\Z` mean the two ends, as
 * in `\A[0-9a-zA-Z-_]+\Z` (AWS::MediaPackage::Channel). JavaScript would take them as letters, and no correct value would match. A pattern
 * for keys that JavaScript cannot read stands for any key (AWS::SageMaker::ModelPackage): AWS still checks it. Unreadable patterns for
 * values are left out when the pack is made.
 */
export function readable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const node = value as Record<string, unknown>;
  for (const inner of Object.values(node)) readable(inner);
  if (typeof node["pattern"] === "string") node["pattern"] = withEnds(node["pattern"]);
  const patterns = node["patternProperties"];
  // A property may itself be called `patternProperties`: its value is then a schema with a `type`, not a map of schemas.
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
