/**
 * Finds, by reads, the objects of a plan that AWS would refuse: images, zones and foreign objects that do not exist, names that are taken,
 * and the checks of each kind.
 */
import { withArticle } from "../diag/words.ts";
import type { Aws } from "../aws/aws.ts";
import { isDenied } from "../aws/errors.ts";
import type { Code } from "../diag/codes.ts";
import type { Position } from "../diag/diagnostic.ts";
import type { Environment } from "../config/environment.ts";
import type { Address, AwsId, Around, PlannedObject, Kind, Live, Slot, Spec } from "../kinds/kind.ts";
import { inAnyCase, isSameInAnyCase } from "../resource/naming.ts";
import { isLate, shownLate } from "../resource/late.ts";
import { isLiteral, mapAnnotated } from "../resource/references.ts";
import { scopeOf, type Drivers } from "../observe/drivers.ts";
import type { Decision } from "../plan/decision.ts";
import { withDefaults } from "../plan/diff.ts";
import type { Planned } from "../plan/planned.ts";
import type { Observed } from "../plan/observed.ts";
import { idsOfOurs } from "../observe/foreign-dependents.ts";
import { availableImages, isImageId } from "../observe/images.ts";
import { availableZones } from "../observe/zones.ts";
import { resourceIndexOf, subjectOfFound } from "../plan/resource-index.ts";
import { nameFor } from "./create-identity.ts";
import { cureOfTaken, together } from "../resource/findings.ts";

export interface PreflightInput {
  readonly kinds: readonly Kind[];
  readonly aws: Aws;
  readonly environment: Environment;
  readonly planned: Planned;
  readonly observed: Observed;
  readonly drivers: Drivers;
}

/** A problem that AWS would refuse, or make something else of, with the line that asks for it. */
export interface PreflightFinding {
  readonly code: Code;
  readonly address: Address;
  readonly text: string;
  /** How to solve it, where that is known. */
  readonly cure?: string;
  /** AWS would not refuse it, but would make something else than the YAML declares. */
  readonly isSilent?: true;
  readonly at: Position;
}

export interface PreflightReport {
  readonly problems: readonly PreflightFinding[];
  /** Checks that could not be made, and why. */
  readonly unchecked: readonly string[];
}

/**
 * Checks a plan before the first write. `thorough` also checks the account's limits. Denied reads are reported in `unchecked`; every other
 * failed read throws.
 */
export async function preflight(input: PreflightInput, thorough: boolean): Promise<PreflightReport> {
  const upcoming = plannedOf(input);
  const changing = changingOf(input);
  if (upcoming.length + changing.length === 0) return { problems: [], unchecked: [] };
  const unchecked: string[] = [];
  const guarded = async (what: string, look: () => Promise<readonly PreflightFinding[]>): Promise<readonly PreflightFinding[]> => {
    try {
      return await look();
    } catch (error) {
      if (!isDenied(error)) throw error;
      unchecked.push(`${what}: ${error.operation} was denied (${error.code})`);
      return [];
    }
  };
  const foreign = new Map<AwsId, Live>();
  const foreignChecks = [...foreignRefs(input, upcoming)].map(([kind, refs]) => {
    const look = async () => missingForeign(input, kind, refs, foreign);
    return guarded(`whether ${kind}s that are named by id exist`, look);
  });
  const found = await Promise.all([
    ...foreignChecks,
    guarded("whether images exist", () => missingImages(input, upcoming)),
    guarded("whether zones exist", () => missingZones(input, upcoming)),
    ...[...byKind(upcoming)].map(([kind, those]) =>
      guarded(`whether names of ${kind.section} are taken`, () => takenNames(input, kind, those)),
    ),
  ]);
  const told = await Promise.all(
    [...byKind([...upcoming, ...changing])].map(([kind, those]) => preflightKind(input, kind, those, foreign, thorough)),
  );
  for (const one of told) unchecked.push(...one.unchecked);
  const problems = [...found.flat(), ...told.flatMap(({ problems }) => problems)];
  const order = new Map([...upcoming, ...changing].map(({ address }, place) => [address, place]));
  return { problems: problems.sort((a, b) => order.get(a.address)! - order.get(b.address)!), unchecked: [...new Set(unchecked)].sort() };
}

function heldSlots({ region }: Environment, observed: Observed): ReadonlySet<string> {
  const index = resourceIndexOf(region, new Map(), observed);
  const all = [...observed.objects.values(), ...observed.leftovers, ...observed.dying];
  return new Set(all.flatMap((found) => (found.kind.slots?.(subjectOfFound(found), index) ?? []).map(keyOf)));
}

function keyOf({ space, value }: Slot): string {
  return `${space}\n${JSON.stringify(value)}`;
}

interface Made extends PlannedObject {
  readonly kind: Kind;
  readonly decision: Decision;
  readonly name: string;
  /** The object exists, and is changed in place. */
  readonly stays?: true;
  /** The request with the marks of late values. `request` has a readable text in their place. */
  readonly marked: Spec;
}

function plannedOf({ planned }: PreflightInput): Made[] {
  return planned.plan.steps.flatMap(({ action, address }) => {
    if (action !== "create" && action !== "replace") return [];
    const decision = planned.decisions.get(address)!;
    const { kind, found } = decision;
    const { desired, resolved } = decision.declared!;
    const beside = found && decision.order === "create-first" ? [found.live.id] : [];
    const marked = withDefaults(kind, resolved) as Spec;
    return [{ address, kind, decision, marked, request: shownLate(marked), name: nameFor(kind, desired, beside) }];
  });
}

/** Returns the objects that are changed in place. A change, too, may take a slot that only one object may hold. */
function changingOf({ planned }: PreflightInput): Made[] {
  return planned.plan.steps.flatMap(({ action, address }): Made[] => {
    if (action !== "update" && action !== "restart") return [];
    const decision = planned.decisions.get(address)!;
    const { kind, found, declared } = decision;
    if (!declared || decision.deltas.length === 0) return [];
    const { desired, resolved } = declared;
    const name = found?.live.name ?? desired.name;
    const marked = withDefaults(kind, resolved) as Spec;
    return [{ address, kind, decision, marked, request: shownLate(marked), name, stays: true }];
  });
}

function byKind(upcoming: readonly Made[]): Map<Kind, Made[]> {
  const kinds = new Map<Kind, Made[]>();
  for (const one of upcoming) {
    const list = kinds.get(one.kind);
    if (list) list.push(one);
    else kinds.set(one.kind, [one]);
  }
  return kinds;
}

function problemAt({ address, decision }: Made, code: Code, path: string, text: string): PreflightFinding {
  return { code, address, text, at: decision.declared!.desired.at(path) };
}

interface Named {
  readonly by: Made;
  readonly path: string;
  readonly name: string;
}

function annotated(upcoming: readonly Made[], annotation: "x-image" | "x-zone"): Named[] {
  const named: Named[] = [];
  for (const by of upcoming)
    mapAnnotated(by.kind.schema, by.request as Spec, annotation, (value, path) => {
      if (typeof value === "string" && value !== "") named.push({ by, path, name: value });
      return value;
    });
  return named;
}

async function missingImages({ aws, planned }: PreflightInput, upcoming: readonly Made[]): Promise<PreflightFinding[]> {
  const lookedUp = new Set(Object.entries(planned.plan.lookups).flatMap(([key, id]) => (key.startsWith("image:") ? [id] : [])));
  const named = annotated(upcoming, "x-image").filter(({ name }) => isImageId(name) && !lookedUp.has(name));
  const ids = [...new Set(named.map(({ name }) => name))];
  if (ids.length === 0) return [];
  const there = await availableImages(aws, ids);
  return named
    .filter(({ name }) => !there.has(name))
    .map(({ by, path, name }) =>
      problemAt(by, "no-such-image", path, `there is no available image ${name} in ${aws.region} for this account`),
    );
}

async function missingZones({ aws }: PreflightInput, upcoming: readonly Made[]): Promise<PreflightFinding[]> {
  const named = annotated(upcoming, "x-zone");
  if (named.length === 0) return [];
  const there = await availableZones(aws);
  return named
    .filter(({ name }) => !there.includes(name))
    .map(({ by, path, name }) =>
      problemAt(by, "no-such-zone", path, `${aws.region} has no zone ${name} for this account; it has ${there.toSorted().join(", ")}`),
    );
}

/**
 * Returns the references to foreign objects by id, where the field names one kind. An id that a `{ tags }` look-up just found is left out:
 * it exists.
 */
function foreignRefs({ environment, observed, planned }: PreflightInput, upcoming: readonly Made[]): Map<string, Named[]> {
  const declared = new Set(environment.nodes.map(({ address }) => address));
  const lookedUp = new Set(Object.values(planned.plan.lookups).flatMap((ids) => ids.split(", ")));
  const refs = new Map<string, Named[]>();
  for (const by of upcoming)
    mapAnnotated(by.kind.schema, by.marked, "x-ref", (value, path, schema) => {
      const kinds = schema["x-ref"]!;
      const isForeign = typeof value === "string" && !declared.has(value) && !observed.objects.has(value) && !lookedUp.has(value);
      // A late value belongs to an object of this plan, not to a foreign one.
      if (!isForeign || isLate(value) || isLiteral(value, schema["x-literal"]) || kinds.length !== 1) return value;
      const list = refs.get(kinds[0]!);
      const ref = { by, path, name: value };
      if (list) list.push(ref);
      else refs.set(kinds[0]!, [ref]);
      return value;
    });
  return refs;
}

async function missingForeign(
  { kinds, aws, drivers, environment }: PreflightInput,
  kindName: string,
  refs: readonly Named[],
  foreign: Map<AwsId, Live>,
): Promise<PreflightFinding[]> {
  const driver = await drivers.of(kinds.find(({ name }) => name === kindName)!);
  const lives = await driver.get(aws, [...new Set(refs.map(({ name }) => name))], scopeOf(environment));
  for (const [id, live] of lives) for (const one of [id, live.id, ...live.aliases]) foreign.set(one, live);
  return refs
    .filter(({ name }) => !foreign.has(name))
    .map(({ by, path, name }) =>
      problemAt(by, "no-such-object", path, `there is no ${kindName} ${name} in ${aws.region} that this account can see`),
    );
}

async function takenNames({ aws, drivers, observed }: PreflightInput, kind: Kind, upcoming: readonly Made[]): Promise<PreflightFinding[]> {
  const driver = await drivers.of(kind);
  if (!driver.named) return [];
  const taken = await driver.named(
    aws,
    upcoming.map(({ name }) => name),
  );
  const ours = new Set([...observed.objects.values(), ...observed.leftovers].map(({ live }) => live.id));
  return upcoming.flatMap((one) => {
    const id = taken.get(one.name);
    if (id === undefined || ours.has(id)) return []; // an object of ours frees the name in this plan, or the plan was refused
    const holder = id === one.name ? `${withArticle(kind.name)} that does not belong to this environment` : id;
    const other = id.slice(-one.name.length);
    const alike = kind.naming?.anyCase && isSameInAnyCase(other, one.name) ? inAnyCase(one.name, other) : "";
    const problem = problemAt(one, "slot-taken", "name", `the name "${one.name}"${alike} is taken by ${holder}`);
    return [{ ...problem, cure: cureOfTaken(id, "name") }];
  });
}

async function preflightKind(
  { aws, drivers, planned, observed, environment }: PreflightInput,
  kind: Kind,
  upcoming: readonly Made[],
  foreign: ReadonlyMap<AwsId, Live>,
  thorough: boolean,
): Promise<PreflightReport> {
  const driver = await drivers.of(kind);
  const spec = (ref: string): Spec | undefined =>
    (planned.decisions.get(ref)?.declared?.resolved as Spec | undefined) ?? observed.objects.get(ref)?.linked ?? foreign.get(ref)?.spec;
  const id = (ref: string): AwsId | undefined => {
    const decision = planned.decisions.get(ref);
    if (!decision) return observed.objects.get(ref)?.live.id ?? (ref.includes("/") ? undefined : ref);
    return decision.action === "replace" ? undefined : decision.found?.live.id;
  };
  const ours = idsOfOurs(observed);
  const held = heldSlots(environment, observed);
  const around: Around = {
    thorough,
    scope: scopeOf(environment),
    spec,
    id,
    isOurs: (one) => ours.has(one),
    isHeldByOurs: (slot) => held.has(keyOf(slot)),
  };
  const [made, changing] = [false, true].map((stays) => upcoming.filter((one) => (one.stays === true) === stays));
  const found = await Promise.all([
    made!.length > 0 ? driver.preflight?.(aws, made!, around) : undefined,
    changing!.length > 0 ? driver.preflightChanges?.(aws, changing!, around) : undefined,
  ]);
  const { problems, unchecked } = together(found.filter((one) => one !== undefined));
  const byAddress = new Map(upcoming.map((one) => [one.address, one]));
  return {
    problems: problems.map(({ address, path, text, cure, code = "preflight", isSilent }) => ({
      ...problemAt(byAddress.get(address)!, code, path ?? "", text),
      ...(cure !== undefined && { cure }),
      ...(isSilent && { isSilent }),
    })),
    unchecked,
  };
}
