/** Every list of every kind says whether its order has a meaning. If not, neither a plan nor an import depends on the order. */
import { describe, expect, it } from "vitest";
import { canonicalJson, compareField } from "../../src/plan/compare.ts";
import { normalised } from "../../src/plan/normalised.ts";
import { authorAll } from "../../src/import/author.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { FieldRule, Kind, Live, Spec } from "../../src/kinds/kind.ts";
import type { AnnotatedSchema } from "../../src/resource/references.ts";
import { allCases } from "../contract/cases.ts";

/** Lists whose order AWS keeps, because it has a meaning. */
const ordered: Readonly<Record<string, string>> = {
  "dhcpOptions.domainNameServers": "whom to ask first",
  "dhcpOptions.ntpServers": "whom to ask first",
  "dhcpOptions.netbiosNameServers": "whom to ask first",
  "flowLog.format": "the columns of a line",
  "networkInterface.privateIpAddresses": "the first is the one by which it is known; its driver sorts the others",
  "instance.networkInterfaces": "by the place at which they are attached",
  "launchTemplate.networkInterfaces": "by the place at which they are attached",
  "autoScalingGroup.mixedInstances.overrides": "the first has the highest priority",
  "autoScalingGroup.terminationPolicies": "they are asked one after the other",
  "autoScalingGroup.refreshCheckpoints.percentages": "ascending",
  "parameter.value": "a list of texts",
  "bucket.cors": "the first rule that fits counts",
};

interface Listed {
  readonly path: string;
  readonly isSet: boolean;
}

/** Returns all lists below a schema with their paths; `*` stands for each entry of a map. */
function listsIn(schema: AnnotatedSchema, path: string): Listed[] {
  const inner = [
    ...Object.entries(schema.properties ?? {}).map(([key, one]) => [one, `${path}.${key}`] as const),
    ...Object.values(schema.patternProperties ?? {}).map((one) => [one, `${path}.*`] as const),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].map((one) => [one, path] as const),
    ...(schema.items ? [[schema.items, `${path}[]`] as const] : []),
  ];
  const own = schema.items ? [{ path, isSet: schema["x-set"] === true }] : [];
  return [...own, ...inner.flatMap(([one, at]) => listsIn(one, at))];
}

const rulesOf = (kind: Kind) => kind.fields as Readonly<Record<string, FieldRule>>;
const isFree = ({ as }: FieldRule) => as === "set" || (typeof as === "object" && "key" in as);

it("each says once whether its order means something", () => {
  const said = kinds.flatMap((kind) =>
    Object.entries((kind.schema as AnnotatedSchema).properties ?? {}).flatMap(([field, schema]) =>
      listsIn(schema, `${kind.name}.${field}`).map(({ path, isSet }) => ({
        path,
        times: Number(isSet) + Number(path === `${kind.name}.${field}` && isFree(rulesOf(kind)[field]!)) + Number(path in ordered),
      })),
    ),
  );
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter(({ times }) => times !== 1)).toEqual([]);
  expect(Object.keys(ordered).filter((path) => !said.some((one) => one.path === path))).toEqual([]);
});

const none: AnnotatedSchema = {};

/** Returns the value with all members of objects reversed, and all lists whose order has no meaning. */
function turned(schema: AnnotatedSchema, value: unknown, isSet: boolean): unknown {
  const branch = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].find(({ items, properties }) =>
    Array.isArray(value) ? items : properties,
  );
  const { items, properties, patternProperties = {}, "x-set": set } = { ...schema, ...branch };
  if (Array.isArray(value)) {
    const inner = value.map((one: unknown) => (items ? turned(items, one, false) : one));
    return isSet || set ? inner.toReversed() : inner;
  }
  if (typeof value !== "object" || value === null) return value;
  const [each = none] = Object.values(patternProperties);
  const members = Object.entries(value).map(([key, one]) => [key, turned(properties?.[key] ?? each, one, false)] as const);
  return Object.fromEntries(properties || each !== none ? members.toReversed() : members);
}

const place = { project: "lab", environment: "test", region: "eu-west-1", account: "123456789012" };

function authored(kind: Kind, spec: Spec): string {
  const live = { id: "id-1", aliases: [], tags: {}, state: "ready", spec, handle: {}, outputs: {} } as unknown as Live;
  const classified = { taken: [{ kind, live, spec, remarks: [] }], outside: [] } as unknown as Parameters<typeof authorAll>[0];
  return JSON.stringify(authorAll(classified, new Map([[live, `${kind.name}/main`]]), place)[0]!.body);
}

/** Whether a plan would change the field. */
function differs(kind: Kind, field: string, wanted: Spec, has: Spec): boolean {
  const rule = rulesOf(kind)[field];
  if (rule === undefined || rule.change === "never") return false;
  const [spec, have] = [normalised(kind, wanted), normalised(kind, has)];
  const live = { id: "id-1", spec: have, tags: {}, handle: {}, outputs: {} } as unknown as Live;
  return (
    compareField(field, rule, spec[field], have[field], { live, resolved: spec[field], unlisted: undefined, spec }).differences.length > 0
  );
}

describe.each(await allCases())("$kind", ({ kind: name, forms }) => {
  const kind = kinds.find((one) => one.name === name)!;
  const { properties = {} } = kind.schema as AnnotatedSchema;

  it.each(forms.map(({ full }, i) => [i + 1, full] as const))(
    "form %i is the same with its members and lists back to front",
    (_n, full) => {
      const spec = full as Spec;
      const other = Object.fromEntries(
        Object.entries(spec).map(([field, value]) => [
          field,
          turned(properties[field] ?? {}, value, isFree(rulesOf(kind)[field] ?? { change: "never" })),
        ]),
      );
      const body = authored(kind, spec);
      expect(authored(kind, other)).toBe(body);
      const isTurned = (field: string) => canonicalJson(spec[field]) !== canonicalJson(other[field]);
      const differing = Object.keys(spec).filter(
        (field) => isTurned(field) && !differs(kind, field, spec, spec) && differs(kind, field, spec, other),
      );
      expect(differing).toEqual([]);
    },
  );
});
