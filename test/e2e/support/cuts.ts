/** Cuts an apply at one of its writes, runs it again, and counts the resulting objects with another client. */
import { once } from "node:events";
import { expect } from "vitest";
import type { Call } from "./calls.ts";
import { census, ours, type Inventory } from "./inventory.ts";
import { openMotoTestbed, type Testbed } from "./testbed.ts";
import { region, type Moto } from "./moto.ts";
import { startProxy, type Proxy } from "./proxy.ts";

export type Cut =
  /** SIGKILL after the write was sent and before it reaches AWS. */
  | "killed before AWS acts"
  /** SIGKILL after AWS has acted and before the answer arrives. */
  | "killed after AWS acted"
  /** The connection breaks after AWS acted; the process goes on. */
  | "answer dropped";

/** Returns `count` points between the first write and the one numbered `last`, each with the next sort of cut. */
export function pointsOf(count: number, last: number): { readonly at: number; readonly cut: Cut }[] {
  const cuts: readonly Cut[] = ["killed after AWS acted", "answer dropped", "killed before AWS acts"];
  return Array.from({ length: count }, (_, index) => ({
    at: 1 + Math.round((index * (last - 1)) / (count - 1)),
    cut: cuts[index % cuts.length]!,
  }));
}

export interface Undisturbed {
  /** The number of writes of an undisturbed apply; each is a point to cut at. */
  readonly writes: number;
  readonly census: Readonly<Record<string, number>>;
  readonly addresses: readonly string[];
}

/** Changes of a testbed before its first apply. */
type Prepare = (testbed: Testbed) => void;

/** Applies once without a fault, to learn the state that a cut run must reach. */
export async function undisturbed(moto: Moto, environment: string, prepare: Prepare = () => {}): Promise<Undisturbed> {
  const proxy = await startProxy(moto.url);
  const testbed = await openMotoTestbed(moto, proxy.url);
  prepare(testbed);
  await testbed.workshop.apply(environment);
  const inventory = await testbed.inventory();
  const writes = proxy.calls.filter(isCuttable).length;
  await proxy.close();
  return { writes, census: census(inventory), addresses: addressesIn(inventory, environment) };
}

/**
 * Cuts the apply at the n-th write (from 1), runs it again, and destroys the environment. The state must equal the one of an undisturbed
 * run, with nothing twice.
 */
export async function expectSurvives(
  moto: Moto,
  environment: string,
  { cut, at, whole }: { cut: Cut; at: number; whole: Undisturbed },
  prepare: Prepare = () => {},
): Promise<void> {
  const proxy = await startProxy(moto.url);
  try {
    const testbed = await openMotoTestbed(moto, proxy.url);
    prepare(testbed);
    const empty = await testbed.inventory();
    const point = await cutAt(testbed, proxy, environment, cut, at);

    const second = await testbed.workshop.infra(`apply ${environment} --yes`);
    expect(second.code, `${cut} at ${at} (${point}):\n${second.stderr}${second.stdout}`).toBe(0);
    const inventory = await testbed.inventory();
    expect(addressesIn(inventory, environment), point).toEqual(whole.addresses);
    expect(census(inventory), point).toEqual(whole.census);

    if (at % 4 !== 0) return; // every fourth is checked more closely, and destroyed where nothing holds data
    const plan = await testbed.workshop.infra(`plan ${environment} --detailed-exitcode`);
    expect(plan.code, `${point}: ${plan.stdout}`).toBe(0);
    if (whole.census["dbInstance"] !== undefined) return;
    await testbed.workshop.destroy(environment, testbed.account, region);
    expect(census(await testbed.inventory()), point).toEqual(census(empty));
  } finally {
    await proxy.close();
  }
}

/** Runs the first apply, which is cut, and returns the operation at which it was cut. */
async function cutAt(testbed: Testbed, proxy: Proxy, environment: string, cut: Cut, at: number): Promise<string> {
  let point: string | undefined;
  let writes = 0;
  const isHere = (call: Call) => isCuttable(call) && ++writes === at && ((point = call.operation), true);
  const started: { kill?: () => Promise<void> } = {};
  proxy.reset(
    async (call) => {
      if (cut !== "answer dropped" && point !== undefined) return "stop-before"; // the process is dying: its further calls do not arrive
      if (!isHere(call)) return "pass";
      if (cut !== "killed before AWS acts") return "drop-answer";
      await started.kill!();
      return "stop-before";
    },
    async () => {
      if (cut === "killed after AWS acted") await started.kill!();
    },
  );
  const { process, ended } = testbed.workshop.start(`apply ${environment} --yes`);
  started.kill = async () => {
    const gone = once(process, "exit");
    process.kill("SIGKILL");
    await gone;
  };
  const ran = await ended;
  expect(point, `there is a write number ${at}:\n${ran.stderr}`).toBeDefined();
  if (cut === "answer dropped") expect([0, 1, 3], ran.stderr).toContain(ran.code);
  else expect(ran.signal, ran.stderr).toBe("SIGKILL");
  proxy.reset();
  return point!;
}

/** The writes of the lease are points too, because a process may die while it holds the lease. */
function isCuttable({ isWrite }: Call): boolean {
  return isWrite;
}

function addressesIn(inventory: Inventory, environment: string): string[] {
  return ours(inventory, environment)
    .map(({ tags }) => tags["infra:resource"]!)
    .sort();
}
