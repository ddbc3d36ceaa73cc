/** Resolves references to objects outside the file: by id, by tags, by place, AWS's own defaults, and objects of other environments. */
import { withArticle } from "../../diag/words.ts";
import type { Code } from "../../diag/codes.ts";
import type { Address } from "../../kinds/kind.ts";
import { ownership, tagOfAddress, tagOfEach } from "../../resource/ownership.ts";
import type { Declared } from "./declared.ts";
import { addressMeant } from "./foreign-names.ts";
import type { RefContext, Resolution } from "./ref-context.ts";
import { oneOf } from "./ref-problems.ts";
import { whyNotZone, zoneName } from "../values/zones.ts";

export interface Foreign {
  readonly id?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly name?: string;
  readonly arn?: string;
  readonly default?: string | boolean;
  readonly environment?: string;
  readonly address?: string;
  readonly project?: string;
  readonly region?: string;
  readonly ownerId?: string;
}

const foreignFields: ReadonlySet<string> = new Set<keyof Foreign>([
  "id",
  "tags",
  "kind",
  "name",
  "arn",
  "default",
  "environment",
  "address",
  "project",
  "region",
  "ownerId",
]);

/**
 * Resolves one such reference. When only one kind fits, an id must have its form. A rule or a route also takes prefix lists, network
 * interfaces and other objects that are no kinds here.
 */
export function resolveForeign(written: Foreign, context: RefContext): Resolution {
  const { owner, allowed, literal, declared, isNamed } = context;
  const { id, tags, kind, name, arn } = written;
  const bad = (code: Code, summary: string, hint: string) => ({ problem: { code, summary: `${owner}: ${summary}`, hint } });
  if (written.environment !== undefined || written.address !== undefined) return ofEnvironment(written, context, bad);
  if (isNamed) {
    if ((name === undefined) === (arn === undefined))
      return bad(
        arn === undefined ? "missing-field" : "conflict",
        "an object outside this environment needs either its name or its ARN.",
        "write { name: … } or { arn: … }",
      );
    if (name !== undefined && kind === undefined && allowed.length > 1)
      return bad("ambiguous-ref", "several kinds fit here.", `add kind: ${allowed.join(" | ")}`);
    if (arn !== undefined && kind !== undefined)
      return bad("conflict", "an ARN already says which kind of object it names.", "remove `kind`");
    return { value: arn ?? written };
  }
  if (id !== undefined) {
    if (Object.keys(written).length > 1)
      return bad(
        "conflict",
        "an id cannot be combined with other fields.",
        tags ? "write { id } or { tags }, not both" : "remove the other fields",
      );
    const prefix = allowed.length === 1 && literal === undefined ? declared.kind(allowed[0]!)?.idPrefix : undefined;
    if (prefix === undefined || isId(id, prefix)) return { value: id };
    return bad("bad-value", `"${id}" is not the id of ${oneOf(allowed)}.`, `an id looks like ${prefix}0123456789abcdef0`);
  }
  if (written.default !== undefined) return resolveDefault(written, context);
  const places = allowed.flatMap((one) => Object.keys(declared.kind(one)?.placedBy ?? {}));
  if (places.some((field) => field in written)) return resolvePlace(written, context);
  // The schema reports these as unknown fields: `name` and `arn` are only for references that go by name or ARN.
  const isReported = Object.keys(written).some((field) => !foreignFields.has(field) || field === "name" || field === "arn");
  if (tags === undefined && isReported) return { value: written };
  if (tags === undefined)
    return bad("missing-field", "an object outside this environment needs its id or its tags.", "write { id: … } or { tags: { … } }");
  if (kind === undefined && allowed.length > 1) return bad("ambiguous-ref", "several kinds fit here.", `add kind: ${allowed.join(" | ")}`);
  return { value: written };
}

/** Resolves an object of somebody else by its place, because an object that another account shares does not show its owner's tags. */
function resolvePlace(written: Foreign, { owner, allowed, declared }: RefContext): Resolution {
  const bad = (code: Code, summary: string, hint: string) => ({ problem: { code, summary: `${owner}: ${summary}`, hint } });
  const { kind, ownerId: _owner, ...place } = written;
  const fits = allowed.filter((one) => declared.kind(one)?.placedBy && (kind === undefined || one === kind));
  if (fits.length > 1) return bad("ambiguous-ref", "several kinds fit here.", `add kind: ${fits.join(" | ")}`);
  const needed = Object.keys(declared.kind(fits[0] ?? "")?.placedBy ?? {});
  const shape = `{ ${needed.map((field) => `${field}: …`).join(", ")} }`;
  const extra = Object.keys(place).filter((field) => !needed.includes(field));
  if (extra.length > 0) return bad("conflict", `${extra.join(" and ")} cannot be combined with ${needed.join(" and ")}.`, `write ${shape}`);
  const missing = needed.filter((field) => !(field in place));
  if (missing.length > 0) return bad("missing-field", `the ${fits[0]} also needs ${missing.join(" and ")}.`, `write ${shape}`);
  return { value: allowed.length > 1 ? { ...written, kind: fits[0]! } : written };
}

/** Resolves an object that AWS made by itself: to a look-up, or to the resource of the file that takes it over. */
function resolveDefault({ default: which, kind, ...more }: Foreign, { owner, allowed, declared, region }: RefContext): Resolution {
  const bad = (code: Code, summary: string, hint: string) => ({ problem: { code, summary: `${owner}: ${summary}`, hint } });
  if (Object.keys(more).length > 0) return bad("conflict", "`default` cannot be combined with other fields.", "write { default: … } alone");
  const madeByAws = allowed.filter((name) => declared.kind(name)?.madeWith !== undefined && (kind === undefined || kind === name));
  if (madeByAws.length > 1)
    return bad("ambiguous-ref", "several kinds of which AWS creates default objects fit here.", `add kind: ${madeByAws.join(" | ")}`);
  const { madeWith } = declared.kind(madeByAws[0] ?? "") ?? {};
  const beside = allowed.length > 1 ? { kind: madeByAws[0]! } : {};
  if (madeWith === undefined)
    return bad("bad-value", `AWS creates no default ${allowed.join(" or ")}.`, "name it, or write { id: … } or { tags: { … } }");
  if (madeWith === "zone") return zoneDefault(which, beside, owner, region);
  if (madeWith !== "region") return defaultOfParent(which, madeWith.parent, madeByAws[0]!, beside, owner, declared);
  return which === true
    ? { value: { default: true, ...beside } }
    : bad("bad-value", `a region has only one default ${madeByAws[0]}.`, "write { default: true }");
}

function zoneDefault(which: string | boolean | undefined, beside: object, owner: Address, region: string): Resolution {
  const isId = typeof which === "string" && /-az\d+$/.test(which);
  const why = typeof which !== "string" || isId ? "a default subnet is identified by its zone name" : whyNotZone(which, region);
  if (why !== undefined)
    return { problem: { code: "bad-zone", summary: `${owner}: ${why}.`, hint: "write its zone, as in { default: a }" } };
  return { value: { default: zoneName(which as string, region), ...beside } };
}

/**
 * Resolves a default object that AWS makes with its parent. The parent may not exist yet, so the file must take the object over, and others
 * refer to that resource by its name.
 */
function defaultOfParent(
  which: string | boolean | undefined,
  parent: string,
  kind: string,
  beside: object,
  owner: Address,
  declared: Declared,
): Resolution {
  const address = String(which).startsWith(`${parent}/`) ? String(which) : `${parent}/${String(which)}`;
  const name = address.slice(parent.length + 1);
  const isMeant = (written: unknown) =>
    which === true ? (written as Foreign | undefined)?.default === true : written === name || written === address;
  const taken = declared.all.find(({ kind: of, plain }) => of.name === kind && plain["default"] === true && isMeant(plain[parent]));
  if (taken) return { value: taken.address };
  if (which === true) return { value: { default: true, ...beside } };
  const section = declared.kind(kind)!.section;
  return {
    problem: {
      code: "unknown-ref",
      summary: `${owner} names the default ${kind} of ${address}, which this environment does not declare.`,
      hint: `declare it: ${section}: { default: { default: true, ${parent}: ${name} } }`,
    },
  };
}

/** Resolves an object of another environment by the three tags that name its owner. */
function ofEnvironment(written: Foreign, context: RefContext, bad: (...of: [Code, string, string]) => Resolution): Resolution {
  const { allowed, declared, project, inList } = context;
  const { environment, address, project: other = project, region, ...more } = written;
  if (environment === undefined || address === undefined)
    return bad(
      "missing-field",
      "an object of another environment needs both `environment` and `address`.",
      "write { environment: network, address: vpc/main }",
    );
  if (Object.keys(more).length > 0)
    return bad("conflict", "`environment` and `address` can be combined only with `project` and `region`.", "remove the other fields");
  const kind = address.slice(0, Math.max(0, address.indexOf("/")));
  if (!declared.kind(kind)) return bad("bad-address", `"${address}" is not an address.`, addressMeant(address, declared.kinds));
  if (!allowed.includes(kind))
    return bad(
      "wrong-kind",
      `${address} of ${environment} is ${withArticle(kind)}, but this field takes ${oneOf(allowed)}.`,
      `name ${oneOf(allowed)}`,
    );
  const isFar = region !== undefined && region !== context.region;
  if (isFar && !context.mayBeFar)
    return bad("conflict", `this field takes only objects of the environment's own region, not of ${region}.`, "remove `region`");
  const isSeveral = address.endsWith("[*]");
  if (isSeveral && !inList)
    return bad(
      "counted-ref",
      `${address} of ${environment} means several objects, but this field takes one.`,
      `write { environment: ${environment}, address: "${address.slice(0, -3)}[KEY]" }`,
    );
  const tags = { [ownership.project]: other ?? "", [ownership.environment]: environment, [ownership.resource]: tagOfAddress(address) };
  const there = isFar ? { region } : {};
  return {
    value: isSeveral
      ? { tags: { ...tags, [ownership.resource]: tagOfEach(address) }, kind, several: true, ...there }
      : { tags, kind, ...there },
  };
}

export function isId(text: string, prefix: string): boolean {
  return text.startsWith(prefix) && /^[0-9a-f]{1,17}$/.test(text.slice(prefix.length));
}
