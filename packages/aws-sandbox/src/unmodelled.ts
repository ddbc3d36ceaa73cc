import { AwsFault } from "./model.ts";
import type { Call } from "./model.ts";

/**
 * Refuses the parameters of a call that its model does not know, because they could change the answer. An empty list passes. So does a
 * parameter in `without` with exactly the value given there, which the model declares harmless.
 */
export function refuseUnknown(
  call: Call,
  input: object,
  modelled: readonly string[],
  without: Readonly<Record<string, unknown>> = {},
): void {
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value === null || modelled.includes(name)) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    if (Object.hasOwn(without, name) && without[name] === value) continue;
    throw new AwsFault("NotImplemented", `The sandbox does not model the parameter ${name} of ${call.service}:${call.operation}.`);
  }
}
