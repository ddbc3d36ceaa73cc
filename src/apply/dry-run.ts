/** Tries a plan at AWS without a write: by preflight reads, and by sending the plan's own calls as dry runs. */
import { AwsError } from "../aws/errors.ts";
import { rehearsal, RehearsalEnded } from "../aws/rehearsal.ts";
import type { Code } from "../diag/codes.ts";
import type { Position } from "../diag/diagnostic.ts";
import type { Address, Run, Spec } from "../kinds/kind.ts";
import { isLate, lateNeeds } from "../resource/late.ts";
import { addressIn, idFor, kindOfAddress, mapAnnotated } from "../resource/references.ts";
import { Refusal } from "../resource/refusal.ts";
import { askedOf } from "../plan/adoption.ts";
import type { Decision } from "../plan/decision.ts";
import { withDefaults, type Expected } from "../plan/diff.ts";
import { createIdentityOf, nameFor } from "./create-identity.ts";
import { changesIn } from "./changes.ts";
import { preflight, type PreflightInput } from "./preflight.ts";

/** The result for one step: AWS allows its calls, they cannot be tried (with the reason), or AWS would refuse them. */
export interface Tried {
  readonly address: Address;
  readonly outcome: "allowed" | "untried" | "refused";
  readonly text: string;
  /** The code of a refused call: AWS's, or "conflict". */
  readonly code?: string;
  /** The code of a problem that a read found before any call was tried. */
  readonly finding?: Code;
  readonly at?: Position;
}

export interface DryRun {
  /** In the order of the plan. A step may appear more than once. */
  readonly tried: readonly Tried[];
  /** Checks that could not be made, and why. */
  readonly unchecked: readonly string[];
}

/** Tries every step of the plan as far as possible. It writes nothing. */
export async function dryRun(input: PreflightInput): Promise<DryRun> {
  const { steps } = input.planned.plan;
  const addresses = [...new Set(steps.map(({ address }) => address))];
  const [report, tried] = await Promise.all([
    preflight(input, true),
    Promise.all(addresses.map((address) => tryStep(input, input.planned.decisions.get(address)!))),
  ]);
  const found = report.problems.map(({ code: finding, ...one }): Tried => ({ ...one, finding, outcome: "refused" }));
  const order = new Map(addresses.map((address, place) => [address, place]));
  // A taken slot is reported once, by the read, which knows the holder.
  const taken = new Set(found.filter(({ finding }) => finding === "slot-taken").map(({ address }) => address));
  const calls = tried.flat().filter(({ address, outcome }) => outcome !== "refused" || !taken.has(address));
  const all = [...found, ...calls].sort((a, b) => order.get(a.address)! - order.get(b.address)!);
  return { tried: all, unchecked: report.unchecked };
}

async function tryStep(input: PreflightInput, decision: Decision): Promise<Tried[]> {
  switch (decision.action) {
    case "create":
    case "replace":
      return [await tryCreate(input, decision)];
    case "update":
    case "restart":
    case "retag":
      return tryChange(input, decision);
    case "delete":
      return [await tryDelete(input, decision)];
    case "keep":
    case "none":
      return [];
  }
}

/** Tries the driver's create, with the real tags, on a rehearsal connection, which writes nothing. */
async function tryCreate(input: PreflightInput, decision: Decision): Promise<Tried> {
  const { aws, observed, drivers } = input;
  const { kind, address, found } = decision;
  const { desired, resolved } = decision.declared!;
  const at = desired.at();
  if (found && decision.order === "delete-first")
    return { address, outcome: "untried", text: `${found.live.id} must be deleted first`, at };
  const { request, first } = withIds(input, decision, withDefaults(kind, resolved));
  if (first.length > 0) return { address, outcome: "untried", text: madeFirst(first), at };
  const shown = observed.shown.get(address) ?? [];
  const identity = createIdentityOf(
    { ...placeOf(input), shown, attempt: 0 },
    kind,
    desired,
    nameFor(kind, desired, found ? [found.live.id] : []),
  );
  const driver = await drivers.of(kind);
  return tryCall(address, at, () => driver.create(rehearsal(aws), request, identity));
}

/** Tries the update of each stage and the tags, each up to its first write. */
async function tryChange(input: PreflightInput, decision: Decision): Promise<Tried[]> {
  const { aws, drivers, observed } = input;
  const { kind, address, deltas, tags } = decision;
  const { resolved } = decision.declared!;
  const { live } = decision.found!;
  const desired = askedOf(decision.declared!.desired, decision.found!);
  const driver = await drivers.of(kind);
  const { request: spec, first } = withIds(input, decision, resolved as Spec);
  const request: Expected = { ...desired, spec };
  const identity = createIdentityOf(
    { ...placeOf(input), shown: observed.shown.get(address) ?? [], attempt: 0 },
    kind,
    desired,
    live.name ?? address,
  );
  const stages = kind.stages.map(({ name }) => name).filter((stage) => deltas.some((delta) => delta.stage === stage));
  const calls = stages.map((stage) => {
    const at = desired.at(deltas.find((delta) => delta.stage === stage)!.path);
    if (first.length > 0) return { address, outcome: "untried" as const, text: madeFirst(first), at };
    const changes = changesIn(kind, stage, request, live, decision);
    return tryCall(address, at, () => driver.update!(rehearsal(aws), stage, live, spec, changes, noWaiting(identity)));
  });
  const hasTags = Object.keys(tags.set).length + tags.remove.length > 0;
  for (const [field, keys] of Object.entries(tags.claim ?? {}))
    calls.push(tryCall(address, desired.at(field), () => driver.claim!(rehearsal(aws), live, field, keys, identity)));
  if (hasTags && !isLate(tags.set))
    calls.push(tryCall(address, desired.at("tags"), () => driver.tag(rehearsal(aws), live, tags.set, tags.remove)));
  return Promise.all(calls);
}

async function tryDelete({ aws, drivers }: PreflightInput, { kind, address, found }: Decision): Promise<Tried> {
  const driver = await drivers.of(kind);
  const { live } = found!;
  const identity = { tags: live.tags, token: "", name: live.name ?? live.id };
  return tryCall(address, undefined, () => driver.delete(rehearsal(aws), live, noWaiting(identity)));
}

/** Returns the result of a call that never gets further than its first write. */
async function tryCall(address: Address, at: Position | undefined, call: () => Promise<unknown>): Promise<Tried> {
  const place = at ? { at } : {};
  try {
    await call();
    return { address, outcome: "untried", text: "there is nothing left to send", ...place };
  } catch (error) {
    if (error instanceof RehearsalEnded) return { address, outcome: error.wasTried ? "allowed" : "untried", text: error.message, ...place };
    if (error instanceof Refusal) return { address, outcome: "refused", code: "conflict", text: error.message, ...place };
    if (!(error instanceof AwsError)) throw error;
    // A blocker or state that the plan itself removes or waits for is no refusal of the plan.
    const passes = error.class === "dependency" || error.class === "wrong-state" || error.class === "concurrency";
    const text = `${error.operation}: ${error.message}`;
    return passes
      ? { address, outcome: "untried", text: `not yet: ${text}`, ...place }
      : { address, outcome: "refused", code: error.code, text, ...place };
  }
}

/** Returns a Run whose waits end the rehearsal, because the awaited state would never come. */
function noWaiting(identity: Run["identity"]): Run {
  const end = (what: string) => Promise.reject(new RehearsalEnded(`the apply first waits for ${what}`, false));
  return { identity, wait: end, until: end, say: () => {} };
}

/** Replaces references with AWS ids. `first` lists the addresses that have no id yet, or will get another one. */
function withIds(
  { environment, observed, planned }: PreflightInput,
  { kind, declared: of }: Decision,
  spec: Spec,
): { request: Spec; first: string[] } {
  const first = new Set<string>(lateNeeds(of!.desired).map(({ address }) => address));
  const declared = new Set(environment.nodes.map((node) => node.address));
  const request = mapAnnotated(kind.schema, spec, "x-ref", (value, _path, annotated) => {
    const address = addressIn(value, annotated);
    if (address === undefined || !declared.has(address)) return value;
    const isMadeAnew = planned.decisions.get(address)?.action === "replace";
    const id = isMadeAnew ? undefined : observed.objects.get(address)?.live.id;
    if (id === undefined) first.add(address);
    return id === undefined ? value : idFor(annotated, kindOfAddress(address), id);
  });
  return { request, first: [...first].sort() };
}

function madeFirst(first: readonly string[]): string {
  return `${first.join(", ")} must be created first`;
}

function placeOf({ aws, environment }: PreflightInput): { account: string; region: string; project: string; environment: string } {
  return { account: aws.account, region: aws.region, project: environment.project, environment: environment.name };
}
