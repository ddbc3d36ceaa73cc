/**
 * Every value of every property of the curated types, from their schemas: a change is seen and costs what the schema says, and the patch
 * writes it and nothing else. Pure. At night for all types.
 */
import { typeNames, typeSchema, type SchemaNode } from "@plumbline/aws-types";
import { patched } from "@plumbline/aws-sandbox/services/cloudcontrol/patch.ts";
import { describe, expect, test } from "vitest";
import { curated, type Curated } from "../../src/kinds/types/curated.ts";
import { covers, deref, factsOf, itemOf, memberOf, type TypeFacts, type Way } from "../../src/kinds/types/facts.ts";
import { patchOf } from "../../src/kinds/types/patch.ts";
import { comparingOf, rulesFor } from "../../src/kinds/types/rules.ts";
import { sameProperty } from "../../src/kinds/types/same.ts";
import { typeKind } from "../../src/kinds/types/types.ts";
import { isNight } from "../support/night.ts";
import { leavesOf, withLeaf, type Leaf } from "./leaves.ts";
import { whole } from "./whole.ts";

const owned = typeNames().filter((name) => (isNight ? "kind" in (typeKind(name) ?? {}) : name in curated));

interface Subject {
  readonly facts: TypeFacts;
  readonly object: Readonly<Record<string, unknown>>;
}

function subjectOf(type: string): Subject {
  const facts = factsOf(type, typeSchema(type)!);
  const written = Object.keys(facts.schema.properties ?? {}).filter(
    (name) => !covers(facts.readOnly, [name]) && name !== facts.tags?.property,
  );
  return { facts, object: whole(facts.schema, written) };
}

/** Returns all leaves, also those that only a create may write. For the few types with thousands, a sample from everywhere. */
function allLeaves({ facts, object }: Subject): readonly Leaf[] {
  const leaves = leavesOf({ ...facts, createOnly: [], conditional: [] }, object, []);
  const every = Math.ceil(leaves.length / 600);
  return leaves.filter((_leaf, i) => i % every === 0);
}

function wayOf(object: unknown, path: readonly string[]): Way {
  let here = object;
  return path.map((part) => {
    const isItem = Array.isArray(here);
    here = (here as Readonly<Record<string, unknown>>)[part];
    return isItem ? "*" : part;
  });
}

test("there is a value for nearly every property", () => {
  const subjects = Object.keys(curated).map(subjectOf);
  const properties = subjects.reduce((sum, { facts }) => sum + Object.keys(facts.schema.properties ?? {}).length, 0);
  expect(subjects.reduce((sum, { object }) => sum + Object.keys(object).length, 0) / properties).toBeGreaterThan(0.7); // AWS makes the rest
  expect(subjects.reduce((sum, subject) => sum + allLeaves(subject).length, 0)).toBeGreaterThan(2_000);
});

describe.each(owned)("%s", (type) => {
  const subject = subjectOf(type);
  const { facts, object } = subject;
  const known: Partial<Curated> = type in curated ? curated[type]! : {};
  const comparing = comparingOf(facts, known);
  const rules = rulesFor(facts, new Set(), known);

  test("each value: seen, at its cost, written by a patch that writes nothing else", () => {
    for (const [property, value] of Object.entries(object)) expect(sameProperty(comparing, property, value, value), property).toBe(true);
    for (const leaf of allLeaves(subject)) {
      const property = leaf.path[0]!;
      const way = wayOf(object, leaf.path);
      const now = withLeaf(object, leaf);
      const told = `${leaf.path.join(".")} to ${JSON.stringify(leaf.to)}`;
      const isHidden = covers(facts.writeOnly, way);
      expect(sameProperty(comparing, property, now[property], object[property]), told).toBe(isHidden);
      if (isHidden) expect(rules[property], told).toMatchObject({ hashed: true });
      const { change } = rules[property]!;
      const cost = typeof change === "function" ? change(object[property], now[property], { was: object, now }) : change;
      const isFixed = facts.isFixed || covers(facts.createOnly, way);
      if (known.costs?.[property]) continue;
      if (isFixed) expect(cost, told).toBe("replace");
      else if (covers(facts.conditional, way)) expect(cost, told).toHaveProperty("refuse");
      else expect(cost, told).toBe("update");
      if (cost === "update") {
        const patch = JSON.stringify(patchOf(facts, [property], now as never, object as never, known.choices));
        expect(patched(object, patch), `${told} by ${patch}`).toEqual(now);
      }
    }
  });

  test("each list: its order counts where the schema or the overlay does not say otherwise", () => {
    for (const { way, path } of listsIn(object)) {
      const [property = ""] = path;
      const node = way.reduce<SchemaNode>(
        (at, part) => (part === "*" ? itemOf(facts.schema, at) : (memberOf(facts.schema, at, part) ?? {})),
        {
          properties: facts.schema.properties ?? {},
        },
      );
      const isFree = deref(facts.schema, node).insertionOrder === false || covers(comparing.unordered, way) || covers(facts.writeOnly, way);
      const turned = withTurned(object, path);
      expect(sameProperty(comparing, property, object[property], turned[property]), path.join(".")).toBe(isFree);
    }
  });

  test("a value that AWS fills in is no change, and one that it leaves out is one", () => {
    for (const [property, value] of Object.entries(object)) {
      if (covers(facts.writeOnly, [property]) || typeof value !== "object" || value === null || Array.isArray(value)) continue;
      const node = deref(facts.schema, facts.schema.properties![property]!);
      if (!node.properties || covers(known.choices ?? [], [property])) continue;
      for (const [member, inner] of Object.entries(value)) {
        const { [member]: _left, ...rest } = value as Record<string, unknown>;
        expect(sameProperty(comparing, property, rest, value), `${property} without ${member}`).toBe(true);
        const isTold =
          !covers(facts.writeOnly, [property, member]) && !facts.writeOnly.some((way) => way[0] === property && way[1] === member);
        const isSomething = typeof inner !== "object" || (inner !== null && Object.keys(inner).length > 0);
        if (isTold && isSomething) expect(sameProperty(comparing, property, value, rest), `${property} untold ${member}`).toBe(false);
      }
    }
  });
});

/** Returns the lists of two texts. */
function listsIn(value: unknown, path: readonly string[] = [], way: Way = []): { readonly path: readonly string[]; readonly way: Way }[] {
  if (Array.isArray(value))
    return [
      ...(value.length === 2 && typeof value[0] === "string" ? [{ path, way }] : []),
      ...value.flatMap((item, i) => listsIn(item, [...path, String(i)], [...way, "*"])),
    ];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => listsIn(inner, [...path, key], [...way, key]));
}

function withTurned(object: Readonly<Record<string, unknown>>, path: readonly string[]): Readonly<Record<string, unknown>> {
  const copy = structuredClone(object) as Record<string, unknown>;
  const list = path.reduce<unknown>((here, part) => (here as Record<string, unknown>)[part], copy) as unknown[];
  list.reverse();
  return copy;
}
