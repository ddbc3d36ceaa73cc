/** How the properties of a type are compared, and the impact of a change, made from its registry schema. */
import type { FieldRule, Impact, Spec } from "../kind.ts";
import { covers, reachesInto, type TypeFacts, type Way } from "./facts.ts";
import type { Curated } from "./curated.ts";
import { isKnownUnread } from "./read-back.ts";
import { sameProperty, type Comparing } from "./same.ts";
import { urgencyOfProperty } from "./urgency.ts";
import { isPlainObject } from "../../resource/plain-object.ts";

/** The facts for comparisons that the schema does not have. */
export type Known = Pick<Curated, "unordered" | "documents" | "choices" | "costs">;

export function comparingOf(facts: TypeFacts, { unordered = {}, documents = [], choices = [] }: Known = {}): Comparing {
  return { facts, unordered: Object.keys(unordered).map((path) => path.split(".")), documents, choices };
}

/**
 * Returns the rules of the fields. `keys` are the paths to the properties that identify a part in the tags of its holder: another value
 * means another part.
 */
export function rulesFor(
  facts: TypeFacts,
  without: ReadonlySet<string>,
  known: Known = {},
  keys: readonly string[] = [],
): Record<string, FieldRule> {
  const comparing = comparingOf(facts, known);
  const rules: Record<string, FieldRule> = {};
  for (const property of Object.keys(facts.schema.properties ?? {}))
    if (!without.has(property) && !covers(facts.readOnly, [property]))
      rules[property] = ruleOf(
        comparing,
        property,
        known.costs?.[property],
        keys.flatMap((key) => (key.split("/")[0] === property ? [key.split("/")] : [])),
      );
  return rules;
}

function ruleOf(comparing: Comparing, property: string, cost: ((now: Spec) => Impact) | undefined, keys: readonly Way[]): FieldRule {
  const facts = keys.length === 0 ? comparing.facts : { ...comparing.facts, createOnly: [...comparing.facts.createOnly, ...keys] };
  const way = [property];
  const isHidden = covers(facts.writeOnly, way) || reachesInto(facts.writeOnly, way);
  return {
    ...costOf(facts, property),
    ...(keys.length > 0 && { because: `${property} identifies the object, so a new value needs a new object` }),
    ...(cost && { change: (_was: unknown, _now: unknown, { now }: { readonly now: Spec }) => cost(now) }),
    late: true,
    // The resolved value is compared with AWS's, because the authored one may hold outputs of other resources.
    same: (_written, have, live, resolved) => sameProperty(comparing, property, resolved, have) || isKnownUnread(live, property, resolved),
    urgency: urgencyOfProperty(property),
    ...(isHidden ? { hashTag: `infra:hash:${property}`, hashed: true as const } : {}),
  };
}

function costOf(facts: TypeFacts, property: string): Pick<FieldRule, "change" | "because"> {
  const way = [property];
  if (covers(facts.createOnly, way)) return { change: "replace", because: `AWS cannot change ${property} of an existing object` };
  const maybe = {
    refuse: `AWS makes some changes of ${property} in place and replaces the object for other changes, and its schema does not say which`,
  };
  if (facts.isFixed) return { change: "replace", because: "AWS cannot change an existing object of this type" };
  if (covers(facts.conditional, way) && !reachesInto(facts.createOnly, way)) return { change: maybe };
  if (!covers(facts.conditional, way) && !reachesInto([...facts.createOnly, ...facts.conditional], way)) return { change: "update" };
  const change = (was: unknown, now: unknown): Impact => {
    if (differsAt(facts.createOnly, was, now, way)) return "replace";
    return differsAt(facts.conditional, was, now, way) ? maybe : "update";
  };
  return { change, because: { replace: `AWS cannot change a part of ${property} of an existing object` } };
}

/** Whether two values differ at one of these paths, where the new value sets it. */
function differsAt(ways: readonly Way[], was: unknown, now: unknown, way: Way): boolean {
  if (now === undefined) return false;
  if (covers(ways, way)) return JSON.stringify(was) !== JSON.stringify(now);
  if (!reachesInto(ways, way)) return false;
  if (Array.isArray(now)) return now.some((item, i) => differsAt(ways, Array.isArray(was) ? was[i] : undefined, item, [...way, "*"]));
  if (!isPlainObject(now)) return false;
  return Object.entries(now).some(([key, value]) => differsAt(ways, isPlainObject(was) ? was[key] : undefined, value, [...way, key]));
}
