/**
 * A schema in which patterns of keys that are written for Java, and that JavaScript cannot read, stand for any key: AWS still checks what
 * they say. Three types have such (AWS::SageMaker::ModelPackage); patterns of values are left out when the pack is made.
 */
export function readableKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (const item of value) readableKeys(item);
    return value;
  }
  const node = value as Record<string, unknown>;
  for (const inner of Object.values(node)) readableKeys(inner);
  const patterns = node["patternProperties"];
  // A property may be called `patternProperties` itself: its value says what it is, and is no map of schemas.
  if (typeof patterns !== "object" || patterns === null || "type" in patterns) return node;
  const [bad, good] = [
    Object.entries(patterns).filter(([key]) => !isReadable(key)),
    Object.entries(patterns).filter(([key]) => isReadable(key)),
  ];
  if (bad.length === 0) return node;
  node["patternProperties"] = Object.fromEntries(good);
  node["additionalProperties"] = bad[0]![1];
  return node;
}

function isReadable(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
