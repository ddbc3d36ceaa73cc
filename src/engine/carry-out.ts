/** Runs a plan and reads the objects afterwards. After the first step nothing hides how the run ended: other failures become notes. */
import { applyPlan } from "../apply/apply.ts";
import type { Outcome, StepRef } from "../apply/events.ts";
import { LeaseLostError } from "../apply/lease.ts";
import { waitUntilListed } from "../apply/read-after-write.ts";
import type { Aws } from "../aws/aws.ts";
import type { Connection } from "../aws/connection.ts";
import { AwsError } from "../aws/errors.ts";
import type { Environment } from "../config/environment.ts";
import { sourcesOf } from "../config/expand/outputs.ts";
import type { Address, FieldRule, Kind, Live } from "../kinds/kind.ts";
import { type Drivers, scopeOf } from "../observe/drivers.ts";
import type { Plan } from "../plan/plan.ts";
import { applyOutageTimeout } from "./apply-environment.ts";
import type { ApplyRequest } from "./apply-request.ts";
import type { PlanRun } from "./plan-run.ts";

/** Returns a client that waits out an outage as long as an apply does, because AWS goes on with its own work meanwhile. */
export function withOutageTimeout({ aws }: Connection): Aws {
  return aws.within({ outageTimeout: applyOutageTimeout });
}

interface CarriedOut {
  readonly outcome: Outcome;
  /** The objects that the run made, as AWS lists them. */
  readonly made: ReadonlyMap<Address, Live>;
  readonly sources: ReadonlyMap<Address, Live>;
  /** A sentence about objects that could not be read after the last step, or that AWS does not list yet. */
  readonly unread?: string;
  /** AWS may not list every new object that a next run could make a second time. */
  readonly isUnlisted: boolean;
}

/** Runs a plan, and reads the objects that it made and those that `outputs:` name. A refused read does not hide how the run ended. */
export async function carryOut(
  kinds: readonly Kind[],
  aws: Aws,
  request: ApplyRequest,
  { run, isContinuing }: { readonly run: PlanRun; readonly isContinuing: boolean },
): Promise<CarriedOut> {
  const { planned, environment, observed, drivers } = run;
  const { signal, concurrency, timeouts } = request;
  let outcome: Outcome | undefined;
  const made = new Map<Address, string>();
  const creating = new Set<Address>();
  const input = { planned, environment, observed, aws, drivers, signal, concurrency, isContinuing, timeouts };
  for await (const event of applyPlan(input)) {
    if (event.type === "step-started" && event.step.stage === "create") creating.add(event.step.address);
    if (event.type === "step-done" || event.type === "step-failed") creating.delete(event.step.address);
    if (event.type === "step-done" && event.id !== undefined) made.set(event.step.address, event.id);
    // AWS's tag index may also lose an object whose tags change for a while: a restart marks the instance and takes the mark off at its end.
    // The next run must not take such an object for missing.
    const wroteTags = event.type === "step-done" && (event.step.stage === "tags" || mayMark(kinds, event.step));
    const tagged = wroteTags ? observed.objects.get(event.step.address) : undefined;
    if (tagged) made.set(tagged.address, tagged.live.id);
    if (event.type === "finished") outcome = event.outcome;
    request.onEvent(event);
  }
  if (!outcome) throw new Error("the run ended without an outcome");
  const mayDouble = (addresses: Iterable<Address>) => [...addresses].some((address) => isFoundByTags(kinds, address));
  if (outcome.status === "stopped") {
    const isUnlisted = mayDouble(creating) || !(await areListed(kinds, drivers, aws, environment, made));
    return { outcome, made: new Map(), sources: await sourcesAfter(run, aws, request.goal, outcome, new Map()), isUnlisted };
  }
  try {
    const seen = await waitUntilListed(kinds, drivers, aws, environment, made, signal, request.listing);
    const missing = [...made.keys()].filter((address) => !seen.has(address));
    const isUnlisted = mayDouble([...missing, ...creating]);
    const sources = await sourcesAfter(run, aws, request.goal, outcome, seen);
    return { outcome, made: seen, sources, isUnlisted, ...(missing.length > 0 && { unread: unlistedNote(missing) }) };
  } catch (error) {
    const unread = `the objects could not be read after the last step: ${causeOf(error)}; outputs are missing here, \`infra output\` shows them`;
    return { outcome, made: new Map(), sources: new Map(), unread, isUnlisted: mayDouble([...made.keys(), ...creating]) };
  }
}

/** Milliseconds that a stopped run waits out an outage for its last list. */
const lastLook = 5_000;

/** One list of the objects that a next run could make twice. A list that fails shows none of them. */
async function areListed(
  kinds: readonly Kind[],
  drivers: Drivers,
  aws: Aws,
  environment: Environment,
  made: ReadonlyMap<Address, string>,
): Promise<boolean> {
  const asked = new Map([...made].filter(([address]) => isFoundByTags(kinds, address)));
  const stopped = AbortSignal.abort();
  try {
    return (
      (await waitUntilListed(kinds, drivers, aws.within({ outageTimeout: lastLook }), environment, asked, stopped)).size === asked.size
    );
  } catch (error) {
    causeOf(error);
    return false;
  }
}

/** Neither a client token nor a name keeps AWS from making such an object twice. */
function isFoundByTags(kinds: readonly Kind[], address: Address): boolean {
  return kinds.some(({ name, create }) => create === "tag-lookup" && address.startsWith(`${name}/`));
}

function unlistedNote(missing: readonly Address[]): string {
  return `AWS does not list ${missing.join(", ")} yet: outputs are missing here, \`infra output\` shows them later`;
}

/** Returns the objects that `outputs:` name. Reads again only those that the run changed in place, because their values may be new. */
async function sourcesAfter(
  { environment, observed, drivers }: PlanRun,
  aws: Aws,
  goal: Plan["goal"],
  outcome: Outcome,
  seen: ReadonlyMap<Address, Live>,
): Promise<ReadonlyMap<Address, Live>> {
  const addresses = goal === "destroy" ? [] : sourcesOf(environment.outputs ?? []);
  const changed = new Set(outcome.done.map(({ address }) => address));
  const found = addresses.map(async (address): Promise<readonly [Address, Live | undefined]> => {
    const was = observed.objects.get(address);
    if (seen.has(address) || !was || !changed.has(address) || outcome.status === "stopped")
      return [address, seen.get(address) ?? was?.live];
    const driver = await drivers.of(was.kind);
    return [address, (await driver.get(aws, [was.live.id], scopeOf(environment))).get(was.live.id)];
  });
  return new Map((await Promise.all(found)).flatMap(([address, live]) => (live ? [[address, live] as const] : [])));
}

/** Whether the step belongs to a change that marks the object until it is finished. */
function mayMark(kinds: readonly Kind[], { kind: name, action }: StepRef): boolean {
  if (action === "restart") return true;
  const kind = kinds.find((one) => one.name === name);
  return action === "update" && Object.values<FieldRule>(kind?.fields ?? {}).some(({ unfinished }) => unfinished !== undefined);
}

/** Returns a note if the record could not be written. The run can go on without it. */
export async function unremembered(writing: Promise<void>): Promise<string | undefined> {
  const cause = await causeOfFailure(writing);
  return cause && `the values that this run set could not be saved: ${cause}; later plans do not notice if others change them back`;
}

/** Returns a note if AWS could not be asked whether the environment is empty. The list of its kinds then stays, which costs later plans a few reads. */
export async function unlooked(forgetting: Promise<void>): Promise<string | undefined> {
  const cause = await causeOfFailure(forgetting);
  return cause && `infra could not check whether anything is left: ${cause}; run the destroy again`;
}

async function causeOfFailure(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return causeOf(error);
  }
}

/** Returns the reason in the words of AWS or of the lock. Throws any other error again: it is a bug. */
function causeOf(error: unknown): string {
  if (error instanceof AwsError) return `${error.operation}: ${error.code}`;
  if (error instanceof LeaseLostError) return error.message;
  throw error;
}
