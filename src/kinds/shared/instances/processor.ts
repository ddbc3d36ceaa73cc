/** x86_64 and arm64 by the name of an instance type. */
export type Architecture = "x86_64" | "arm64";

/**
 * Returns the processor of a type, from its family: the letter g after the generation means Graviton (EC2 User Guide, "Instance type naming
 * conventions"). a1 and Macs with Apple's chips do not follow that rule.
 */
export function architectureOf(type: string): Architecture {
  const family = type.slice(0, type.indexOf("."));
  if (family === "a1" || /^mac[2-9]/.test(family)) return "arm64";
  const options = /^[a-z]+(?:-?[0-9]+)([a-z]*)/.exec(family)?.[1] ?? "";
  return options.includes("g") ? "arm64" : "x86_64";
}

/** Whether a type runs on CPU credits. */
export function isBurstable(type: string): boolean {
  return /^t[0-9]/.test(type);
}
