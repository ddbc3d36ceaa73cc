/** x86_64 and arm64 by the name of an instance type. */
export type Architecture = "x86_64" | "arm64";

/**
 * The processor of a type, by its family: the letter g after the generation stands for Graviton (EC2 User Guide, "Instance
 * type naming conventions"); a1 and Macs with Apple's chips are older than that rule.
 */
export function architectureOf(type: string): Architecture {
  const family = type.slice(0, type.indexOf("."));
  if (family === "a1" || /^mac[2-9]/.test(family)) return "arm64";
  const options = /^[a-z]+(?:-?[0-9]+)([a-z]*)/.exec(family)?.[1] ?? "";
  return options.includes("g") ? "arm64" : "x86_64";
}

/** Types that run on CPU credits. */
export function isBurstable(type: string): boolean {
  return /^t[0-9]/.test(type);
}
