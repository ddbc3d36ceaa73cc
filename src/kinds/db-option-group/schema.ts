/** The fields of an option group as authors write them. */
import type { Static, TSchema } from "typebox";
import * as Type from "typebox";
import { boolean, integer, map, object, oneOf, optional, ref, set, string } from "../../resource/fields.ts";

const value = Type.Unsafe<string | number | boolean>({
  description: "The value of the setting; separate several by commas.",
  type: ["string", "number", "boolean"],
} as unknown as TSchema);

const option = object({
  port: optional(
    integer("The port of the option, if it has one. If omitted: the default of the option.", { minimum: 1150, maximum: 65535 }),
  ),
  securityGroups: optional(
    set(ref("securityGroup", "A security group."), "The security groups, which control access to the port of the option, if it has one.", {
      minItems: 1,
    }),
  ),
  settings: optional(
    map(value, "The settings of the option, by name. Those that are not named have their defaults.", "^[A-Za-z][A-Za-z0-9_.-]*$"),
  ),
});

export const schema = object({
  engine: oneOf(["mysql", "mariadb", "postgres"], "The engine of the databases."),
  majorEngineVersion: string("The major engine version of the databases.", {
    pattern: "^\\d+(\\.\\d+)?$",
    examples: ["8.4", "10.11", "17"],
  }),
  description: optional(
    string(
      "A description of the group; it cannot be changed. In AWS, the description ends with the owner: `(infra PROJECT/ENVIRONMENT)`.",
      {
        minLength: 1,
        maxLength: 200,
        pattern: "^[^()]*$",
      },
    ),
  ),
  options: optional(
    map(
      option,
      "The options, by their names in AWS: `MARIADB_AUDIT_PLUGIN`, `MEMCACHED`. Options that others add are removed.",
      "^[A-Z][A-Z0-9_-]*$",
    ),
  ),
  applyImmediately: optional(boolean("Whether changes of options reach the databases at once, instead of in their maintenance windows.")),
});

export type DbOptionGroup = Static<typeof schema>;
export type OptionSpec = Static<typeof option>;

export const defaults = { applyImmediately: false } as const satisfies Partial<DbOptionGroup>;
