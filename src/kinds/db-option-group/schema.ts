/** The fields of an option group as authors write them. */
import type { Static, TSchema } from "typebox";
import * as Type from "typebox";
import { boolean, integer, map, object, oneOf, optional, ref, set, string } from "../../resource/fields.ts";

const value = Type.Unsafe<string | number | boolean>({
  description: "Its value; several are parted by commas.",
  type: ["string", "number", "boolean"],
} as unknown as TSchema);

const option = object({
  port: optional(
    integer("The port on which it listens, where it has one; the option's own when left out.", { minimum: 1150, maximum: 65535 }),
  ),
  securityGroups: optional(
    set(ref("securityGroup", "A security group."), "Who may reach its port: for options that have one.", { minItems: 1 }),
  ),
  settings: optional(map(value, "Settings of the option by name. What is not named has its default.", "^[A-Za-z][A-Za-z0-9_.-]*$")),
});

export const schema = object({
  engine: oneOf(["mysql", "mariadb", "postgres"], "The engine that it is for."),
  majorEngineVersion: string("The major version that it is for.", { pattern: "^\\d+(\\.\\d+)?$", examples: ["8.4", "10.11", "17"] }),
  description: optional(
    string("What it is for; for good. AWS's description ends with whose the group is: `(infra PROJECT/ENVIRONMENT)`.", {
      minLength: 1,
      maxLength: 200,
      pattern: "^[^()]*$",
    }),
  ),
  options: optional(
    map(option, "Options by AWS's name: `MARIADB_AUDIT_PLUGIN`, `MEMCACHED`. What others put in here is taken out.", "^[A-Z][A-Z0-9_-]*$"),
  ),
  applyImmediately: optional(
    boolean("Whether a change of the options reaches the databases at once, and not in their maintenance windows."),
  ),
});

export type DbOptionGroup = Static<typeof schema>;
export type OptionSpec = Static<typeof option>;

export const defaults = { applyImmediately: false } as const satisfies Partial<DbOptionGroup>;
