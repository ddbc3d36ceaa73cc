/** Values that must never reach AWS: an unresolved reference, and the mark of a late value. */
import { kinds } from "../../src/kinds/index.ts";
import { isLate } from "../../src/resource/late.ts";
import type { Sent } from "./watched.ts";

const address = new RegExp(`^(?:${kinds.map(({ name }) => name).join("|")})/[\\w-]+(?:\\[[\\w-]+\\])?$`);

/** Throws when a call holds one. Tags and records of ownership may hold addresses. */
export function refuseUnresolved({ service, operation, input }: Sent): void {
  const look = (value: unknown, path: string, beside: string): void => {
    if (typeof value === "string") {
      if (isLate(value)) throw new Error(`${service} ${operation}: ${path} waits for a value: ${value}`);
      if (address.test(value) && !beside.includes("infra:")) throw new Error(`${service} ${operation}: ${path} is our own ${value}`);
    } else if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
      const keys = Object.keys(value);
      const words = `${path} ${[...keys, ...Object.values(value).filter((one) => typeof one === "string")].join(" ")}`;
      for (const key of keys) look((value as Readonly<Record<string, unknown>>)[key], `${path}.${key}`, `${words} ${beside}`);
    }
  };
  look(input, "input", "");
}
