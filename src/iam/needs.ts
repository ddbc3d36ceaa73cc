/** The IAM actions that an environment needs of each kind: for the fields that it uses, and to delete objects that it had before. */
import type { ForeignRef } from "../resource/iam.ts";
import type { Access, Desired, Grant, IamPlace, Kind, ResourceIndex } from "../kinds/kind.ts";
import { imagesIn } from "../resource/images.ts";
import { mapAnnotated, refsOf } from "../resource/references.ts";
import { meansUnmanaged } from "../reach/unmanaged.ts";
import type { PolicySubject } from "./subject.ts";

/** One IAM action of one kind, and the resources on which AWS checks it. */
export interface Need {
  readonly action: string;
  readonly access: Access;
}

/** Returns the kinds that have a resource in the YAML. */
export function usedKinds(kinds: readonly Kind[], { nodes }: PolicySubject): readonly Kind[] {
  const names = new Set(nodes.map(({ kind }) => kind));
  return kinds.filter(({ name }) => names.has(name));
}

/** Returns the read actions that a plan of this YAML needs. */
export function readsOf(kinds: readonly Kind[], subject: PolicySubject): readonly string[] {
  const ofKinds = usedKinds(kinds, subject).flatMap((kind) => [
    ...kind.iam.read.filter((action) => isNeeded(kind, action, subject)),
    ...lookedUp(kinds, kind, subject),
  ]);
  const zones = subject.asksCaller?.what.has("zones") ? ["ec2:DescribeAvailabilityZones"] : [];
  return [...ofKinds, ...zones, ...readForAssertions(kinds, subject)];
}

/**
 * Returns the reads for assertions. They need the objects that AWS makes with a network, foreign objects that the YAML names by id, and
 * instances of others.
 */
function readForAssertions(kinds: readonly Kind[], subject: PolicySubject): readonly string[] {
  if ((subject.assertions ?? []).length === 0) return [];
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const named = subject.nodes.flatMap(({ kind, spec }) =>
    refsOf(byName.get(kind)!.schema, spec).flatMap(({ value, allowedKinds }) => {
      const id = String((value as { readonly id?: unknown } | null)?.id ?? "");
      return kinds.filter(({ name, idPrefix }) => allowedKinds.includes(name) && idPrefix !== undefined && id.startsWith(idPrefix));
    }),
  );
  const made = kinds.filter(({ madeWith }) => typeof madeWith === "object");
  const machines = (subject.assertions ?? []).some((one) => meansUnmanaged(one, kinds)) ? ["ec2:DescribeNetworkInterfaces"] : [];
  return [...[...named, ...made].filter(({ network }) => network !== undefined).flatMap(({ iam }) => iam.read), ...machines];
}

/**
 * Returns the write actions that an apply of this YAML calls. Without `fileOnly` also the actions that delete objects and parts which an
 * earlier YAML had, where our tags show which these are.
 */
export function writesOf(kinds: readonly Kind[], subject: PolicySubject, fileOnly: boolean): readonly Need[] {
  const used = usedKinds(kinds, subject);
  return kinds.flatMap((kind) => {
    const written = used.includes(kind) ? kind.iam.write.filter((action) => isNeeded(kind, action, subject)) : [];
    const before = kind.iam.remove.filter((action) => isTied(kind, action));
    const actions = new Set(fileOnly ? written : [...written, ...before]);
    return [...actions].map((action) => ({ action, access: kind.iam.access?.[action] ?? onlyOurs }));
  });
}

/** Returns the permissions that AWS also checks of the caller, for each resource. */
export function impliedBy(kinds: readonly Kind[], { nodes, region }: PolicySubject, place: IamPlace): readonly Grant[] {
  const index = resourceIndexOf(region, nodes);
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  return nodes.flatMap((node) => byName.get(node.kind)?.iam.implied?.(node, index, place) ?? []);
}

/** Returns the objects that the YAML names and does not declare, each with its kind. */
export function foreignRefs(kinds: readonly Kind[], { nodes }: PolicySubject): readonly Foreign[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  return nodes.flatMap(({ kind, spec }) =>
    refsOf(byName.get(kind)!.schema, spec).flatMap(({ value, allowedKinds }) => {
      if (typeof value !== "object" || value === null) return [];
      const reference = value as Foreign["reference"];
      const foreign = byName.get(reference.kind ?? allowedKinds[0] ?? "");
      return foreign === undefined ? [] : [{ kind: foreign, reference }];
    }),
  );
}

export interface Foreign {
  readonly kind: Kind;
  readonly reference: ForeignRef & { readonly kind?: string; readonly default?: string | true };
}

const onlyOurs: Access = { ours: ["*"] };

/**
 * Whether our tags limit an action. An action that they do not limit (on all records of an account's DNS) is not granted for objects that
 * an earlier YAML may have had.
 */
function isTied({ iam }: Kind, action: string): boolean {
  return iam.access?.[action]?.any === undefined;
}

function isNeeded(kind: Kind, action: string, { nodes }: PolicySubject): boolean {
  const paths = kind.iam.onlyFor?.[action]?.map((path) => path.split("."));
  return paths === undefined || nodes.some((node) => node.kind === kind.name && paths.some((path) => isWritten(node.spec, path)));
}

/** Whether a spec writes a path; `*` stands for any item of a list or map. */
function isWritten(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (value === undefined || value === null) return false;
  if (key === undefined) return true;
  if (typeof value !== "object") return false;
  if (key === "*") return Object.values(value).some((item) => isWritten(item, rest));
  return isWritten((value as Readonly<Record<string, unknown>>)[key], rest);
}

/** Returns the reads for look-ups of a plan: images by name, zones by id, foreign objects by tags. */
function lookedUp(kinds: readonly Kind[], kind: Kind, { nodes }: PolicySubject): readonly string[] {
  const actions: string[] = [];
  for (const { spec } of nodes.filter((node) => node.kind === kind.name)) {
    for (const image of imagesIn(kind, spec))
      if (typeof image === "object" && image !== null && "owner" in image) actions.push("ec2:DescribeImages");
    mapAnnotated(kind.schema, spec, "x-zone", (zone) => {
      if (/-az\d+$/.test(String(zone))) actions.push("ec2:DescribeAvailabilityZones");
      return zone;
    });
    for (const { value, allowedKinds } of refsOf(kind.schema, spec)) {
      if (typeof value !== "object" || value === null || !["tags", "name", "default"].some((key) => key in value)) continue;
      const foreign = (value as { readonly kind?: string }).kind ?? allowedKinds[0];
      actions.push(...(kinds.find(({ name }) => name === foreign)?.iam.read ?? []));
    }
  }
  return actions;
}

function resourceIndexOf(region: string, nodes: readonly Desired[]): ResourceIndex {
  const byAddress = new Map(nodes.map((node) => [node.address, node]));
  return {
    region,
    of: (kind) => nodes.filter((node) => node.kind === kind),
    get: (address) => byAddress.get(address),
  };
}
