import type { ApplyEvent } from "../apply/events.ts";
import { outcomeJson, stepJson } from "./apply-summary.ts";
import { formatVersion } from "./plan-json.ts";

/**
 * Returns one event of an apply as one line of JSON (schemas/apply-event.schema.json). The first line carries the version of the format.
 */
export function eventJson(event: ApplyEvent): object {
  switch (event.type) {
    case "started":
      return { format_version: formatVersion, type: event.type, at: event.at, steps: event.steps };
    case "finished":
      return { type: event.type, at: event.at, outcome: outcomeJson(event.outcome) };
    case "note":
      return event;
    default:
      return { ...event, step: stepJson(event.step) };
  }
}
