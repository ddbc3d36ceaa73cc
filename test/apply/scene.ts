/** The executor without AWS: a plan from one text to another, objects in a map, and a record of every driver call. */
import { VirtualClock } from "@plumbline/clock";
import { KnownIds } from "../../src/apply/known-ids.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Address, AwsId, Driver, Kind, Live, Spec } from "../../src/kinds/kind.ts";
import type { Drivers } from "../../src/observe/drivers.ts";
import type { Decision } from "../../src/plan/decision.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import type { Found, Observed } from "../../src/plan/observed.ts";
import { addressOfTag, ownership } from "../../src/resource/ownership.ts";
import { inputOf, type Outputs } from "../plan/pure.ts";
import { awsOf } from "./services.ts";

export interface SceneOptions {
  /**
   * The result of a call, by its name ("create vpc/main", "ec2 DescribeImages"): an error that is thrown, or the answer. `nth` counts the
   * calls of that name from 1.
   */
  readonly answers?: Readonly<Record<string, (nth: number, seconds: number) => unknown>>;
  /** Methods that the drivers have in addition or instead, by kind. */
  readonly drivers?: Readonly<Record<string, Partial<Driver>>>;
  /** Seconds until a new object is ready, and until a deleted one is gone. */
  readonly takes?: Readonly<Record<Address, number>>;
  readonly outputs?: Outputs;
  /** Changes the observed objects that the first text gives. */
  readonly observed?: (observed: Observed) => Observed;
  /** Changes the decisions that the two texts give. */
  readonly decide?: (decision: Decision) => Decision;
}

export type Scene = ReturnType<typeof sceneOf>;

/** Plans the change from one text to the other, and makes an account in which the plan can run. */
export function sceneOf(before: string, after: string, options: SceneOptions = {}) {
  const clock = new VirtualClock();
  const began = clock.now();
  const seconds = () => (clock.now() - began) / 1000;
  const input = inputOf(before, after, options.outputs);
  const observed = (options.observed ?? ((same) => same))(withIds(input.observed));
  const made = makePlan({ ...input, observed });
  const decide = options.decide ?? ((same) => same);
  const planned = { ...made, decisions: new Map([...made.decisions].map(([address, one]) => [address, decide(one)])) };
  const asked: Asked[] = [];
  const call = async (what: string, details: unknown): Promise<unknown> => {
    const nth = 1 + asked.filter((one) => one.what === what).length;
    asked.push({ at: seconds(), what, details });
    const answer = options.answers?.[what]?.(nth, seconds());
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const objects = new Map<AwsId, Thing>([...observed.objects.values()].map(({ live }) => [live.id, { live, ready: 0, gone: Infinity }]));
  const account: Account = { call, objects, seconds, takes: options.takes ?? {} };
  const drivers = { of: async (kind: Kind) => ({ ...driverOf(kind, account), ...options.drivers?.[kind.name] }) } as unknown as Drivers;
  return { kinds, clock, seconds, aws: awsOf(clock, call), environment: input.environment, observed, planned, drivers, asked, objects };
}

/** A call: its second, its name and its input. */
export interface Asked {
  readonly at: number;
  readonly what: string;
  readonly details: unknown;
}

interface Account {
  readonly call: (what: string, details: unknown) => Promise<unknown>;
  readonly objects: Map<AwsId, Thing>;
  readonly seconds: () => number;
  readonly takes: Readonly<Record<Address, number>>;
}

/** An object, and the seconds at which it is ready and gone. */
interface Thing {
  readonly live: Live;
  readonly ready: number;
  readonly gone: number;
  readonly isDeleted?: true;
}

function driverOf(kind: Kind, { call, objects, seconds, takes }: Account): Driver {
  const seen = (id: AwsId): Live | undefined => {
    const thing = objects.get(id);
    if (!thing || seconds() >= thing.gone) return undefined;
    return { ...thing.live, state: thing.isDeleted ? "deleting" : seconds() >= thing.ready ? thing.live.state : "pending" };
  };
  const put = (id: AwsId, change: Partial<Thing>) => objects.set(id, { ...objects.get(id)!, ...change });
  return {
    async *list() {
      await call(`list ${kind.section}`, undefined);
      yield* [...objects.keys()].flatMap((id) => seen(id) ?? []).filter((live) => addressOf(live).startsWith(`${kind.name}/`));
    },
    async get(_aws, ids) {
      await call(`get ${ids.join(", ")}`, undefined);
      return new Map(ids.flatMap((id) => [[id, seen(id)] as const]).filter((one): one is [AwsId, Live] => one[1] !== undefined));
    },
    async create(_aws, request, { tags, name, token }) {
      const address = addressOfTag(tags[ownership.resource]!);
      await call(`create ${address}`, { request, tags, name, token });
      const id = `new ${address}`;
      const live: Live = { id, aliases: [], tags, spec: request, handle: {}, state: "ready", name };
      objects.set(id, { live, ready: seconds() + (takes[address] ?? 0), gone: Infinity });
      return id;
    },
    async update(_aws, stage, live, _request, changes) {
      await call(`update ${addressOf(live)} ${stage}`, changes);
    },
    async detach(_aws, stage, live) {
      await call(`detach ${addressOf(live)} ${stage}`, undefined);
    },
    async shrink(_aws, stage, live) {
      await call(`shrink ${addressOf(live)} ${stage}`, undefined);
    },
    async delete(_aws, live) {
      await call(`delete ${addressOf(live)}`, undefined);
      put(live.id, { isDeleted: true, gone: seconds() + (takes[addressOf(live)] ?? 0) });
    },
    async tag(_aws, live, set, remove) {
      await call(`tag ${addressOf(live)}`, { set, remove });
      const old = objects.get(live.id)!.live;
      const left = Object.entries({ ...old.tags, ...set }).filter(([key]) => !remove.includes(key));
      put(live.id, { live: { ...old, tags: Object.fromEntries(left) } });
    },
    async claim(_aws, live, field, keys) {
      await call(`claim ${addressOf(live)} ${field}`, keys);
    },
  };
}

function addressOf(live: Live): Address {
  return addressOfTag(live.tags[ownership.resource] ?? "");
}

/** Puts ids where the texts have addresses, because drivers get ids. */
function withIds(observed: Observed): Observed {
  const ids = new KnownIds(observed);
  const read = (found: Found): Found => ({ ...found, live: { ...found.live, spec: ids.in(found.kind, found.live.spec as Spec) } });
  return { ...observed, objects: new Map([...observed.objects].map(([address, found]) => [address, read(found)])) };
}
