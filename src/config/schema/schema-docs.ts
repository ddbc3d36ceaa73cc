import type { DefaultClass, FieldRule, Impact, Kind } from "../../kinds/kind.ts";
import { mapValues, type JsonSchema } from "./json-schema.ts";

/** The meaning of each class of default, for pages and the terminal. */
export const defaultClasses: Readonly<Record<DefaultClass, string>> = {
  enforced: "enforced even when omitted",
  "create-only": "at creation only: not compared when omitted",
  floor: "never less safe: when omitted, only a less safe value is a difference",
};

/** Adds to a field's schema what its rule says: the default with its class, and the cost of a change. */
export function describeField(schema: JsonSchema, rule: FieldRule | undefined, name: string): JsonSchema {
  if (!rule) return schema;
  const { default: dflt, of } = rule;
  const described = [
    schema.description,
    dflt && `Default: ${JSON.stringify(dflt.value)} (${defaultClasses[dflt.class]}).`,
    cost(rule),
    late(rule),
  ]
    .filter(Boolean)
    .join(" ");
  const members =
    of && schema.properties
      ? { properties: mapValues(schema.properties, (member, key) => describeField(member, of[key], `${name}.${key}`)) }
      : {};
  return { ...schema, description: described, ...(dflt && { default: dflt.value }), ...members };
}

export function describeKind(kind: Kind): string {
  return `${kind.doc} Address: ${kind.name}/NAME.`;
}

function cost({ change, because }: FieldRule): string | undefined {
  if (typeof change === "function") return "The effect of a change depends on the values.";
  if (change === "never") return undefined;
  return `A change ${costs(change)}${because ? `: ${because}` : ""}`.replace(/\.?$/, ".");
}

function late(rule: FieldRule): string | undefined {
  return rule.late && "Its texts may use values that AWS assigns to other resources, such as ${loadBalancer.web.dnsName}.";
}

function costs(change: Impact): string {
  if (typeof change === "object") return `is refused: ${change.refuse}`;
  return { note: "is only reported", update: "is made in place", restart: "needs a restart", replace: "replaces the resource" }[change];
}
