/**
 * The kinds that an environment has had, in one String parameter beside the lease, `/plumbline/PROJECT/ENV/kinds`. A name is only ever
 * added, and before the first object of its kind is made or tagged. So the set may be too large and is never too small.
 */
import type { Aws } from "../aws/aws.ts";
import { hasCode, isDenied } from "../aws/errors.ts";
import type { Environment } from "../config/environment.ts";
import type { Kind } from "../kinds/kind.ts";
import { type KnownKinds, notWrittenDown } from "../observe/reading.ts";
import { frozenName, nameOfLease, parameterRoot, type LeaseOwner } from "./lease.ts";

/** The texts that are stored for an environment, by parameter name. */
export type Texts = ReadonlyMap<string | undefined, string>;

/** Reads, in one call, everything that infra has stored for an environment. */
export async function textsBelow(aws: Aws, owner: LeaseOwner): Promise<Texts> {
  const ssm = await aws.clock.work(import("../aws/sdk/ssm.ts"));
  const texts = new Map<string | undefined, string>();
  for await (const page of aws.ssm.pages(ssm.GetParametersByPathCommand, { Path: parameterRoot(owner), Recursive: true, MaxResults: 10 }))
    for (const { Name, Value } of page.Parameters ?? []) texts.set(Name, Value ?? "");
  return texts;
}

/** Reads the kinds, in one call. They are unknown when the parameter cannot be read or parsed, or is missing although applies have run. */
export async function readKnownKinds(aws: Aws, owner: LeaseOwner): Promise<KnownKinds> {
  try {
    return knownFrom(await textsBelow(aws, owner), owner);
  } catch (error) {
    if (!isDenied(error)) throw error;
    return { unknown: `${error.operation} was denied (${error.code})` };
  }
}

/** Returns the kinds of types that an earlier file of the environment used and the present one does not. */
export async function formerTypes({ types, nodes }: Environment, known: Promise<KnownKinds>): Promise<readonly Kind[]> {
  const had = await known;
  if (types === undefined || "unknown" in had) return [];
  const used = new Set([...types.used.map(({ name }) => name), ...nodes.map(({ kind }) => kind)]);
  return [...had].flatMap((name) => (used.has(name) ? [] : (types.of(name) ?? [])));
}

/**
 * Reads the kinds from the stored texts. An apply writes them before it makes anything. So an environment has had none when no apply has
 * run, or when the first one is only starting.
 */
export function knownFrom(texts: Texts, owner: LeaseOwner): KnownKinds {
  const text = texts.get(nameOfKinds(owner));
  if (text === undefined) return isUnused(texts, owner) ? new Set() : { unknown: notWrittenDown };
  const { format, kinds } = parsed(text);
  return format === 1 && kinds
    ? new Set(kinds)
    : { unknown: `the parameter ${nameOfKinds(owner)} does not have the format that this version writes` };
}

function isUnused(texts: Texts, owner: LeaseOwner): boolean {
  return [...texts.keys()].every((name) => name === frozenName(owner) || name === nameOfLease(owner, 1));
}

/** Adds kinds to those that the parameter holds now. It keeps names that only another version of infra knows. */
export async function addKnownKinds(aws: Aws, owner: LeaseOwner, kinds: Iterable<string>): Promise<void> {
  const text = (await textsBelow(aws, owner)).get(nameOfKinds(owner));
  const before = text === undefined ? [] : (parsed(text).kinds ?? []);
  const ssm = await aws.clock.work(import("../aws/sdk/ssm.ts"));
  const Value = formatKnownKinds([...before, ...kinds]);
  if (Value !== text) await aws.ssm(new ssm.PutParameterCommand({ Name: nameOfKinds(owner), Type: "String", Value, Overwrite: true }));
}

function parsed(text: string): { readonly format?: unknown; readonly kinds?: readonly string[] } {
  try {
    const { format, kinds } = JSON.parse(text) as { readonly format?: unknown; readonly kinds?: unknown };
    return { format, ...(Array.isArray(kinds) ? { kinds: kinds.filter((kind) => typeof kind === "string") } : {}) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return {};
    throw error;
  }
}

/** Returns the text of the parameter. Equal sets give equal text. */
export function formatKnownKinds(kinds: Iterable<string>): string {
  return JSON.stringify({ format: 1, kinds: [...new Set(kinds)].sort() });
}

export async function deleteKnownKinds(aws: Aws, owner: LeaseOwner): Promise<void> {
  const ssm = await aws.clock.work(import("../aws/sdk/ssm.ts"));
  await aws.ssm(new ssm.DeleteParameterCommand({ Name: nameOfKinds(owner) })).catch((error: unknown) => {
    if (!hasCode(error, "ParameterNotFound")) throw error;
  });
}

export function nameOfKinds(owner: LeaseOwner): string {
  return `${parameterRoot(owner)}/kinds`;
}
