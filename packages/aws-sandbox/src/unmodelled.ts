import { AwsFault } from "./model.ts";
import type { Call } from "./model.ts";

/**
 * Refuses the parameters of a call that its model does not know: they could change the answer. An empty list, and
 * whatever is in `without`, which a model may give as harmless when it has just this value, say nothing.
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
