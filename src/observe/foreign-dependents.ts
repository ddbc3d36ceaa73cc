/** Finds the users of objects that a plan would delete or replace, before anything is tried, since AWS would refuse. */
import type { Aws } from "../aws/aws.ts";
import { withMakers } from "../aws/interface-makers.ts";
import type { Address, AwsId, Blocker, Kind, Live } from "../kinds/kind.ts";
import type { Decision } from "../plan/decision.ts";
import type { Observed } from "../plan/observed.ts";
import type { Standing, StandsIn } from "../plan/work.ts";
import type { Users } from "../plan/safety.ts";
import type { Drivers } from "./drivers.ts";

/**
 * The objects that block deletes: `users` are foreign objects, which go neither by themselves nor with ours; `standing` are objects of
 * ours.
 */
export interface InTheWay {
  readonly users: Users;
  readonly standing: Standing;
}

/** Finds the objects that block the deletes and replacements of a plan. */
export async function foreignDependentsOf(
  aws: Aws,
  drivers: Drivers,
  decisions: Iterable<Decision>,
  observed: Observed,
): Promise<InTheWay> {
  const leaving = new Map<Kind, Decision[]>();
  for (const one of decisions)
    if (one.found && (one.action === "delete" || one.action === "replace")) leaving.set(one.kind, [...(leaving.get(one.kind) ?? []), one]);
  const users = new Map<AwsId, readonly Blocker[]>();
  const standing = new Map<Address, readonly StandsIn[]>();
  if (leaving.size === 0) return { users, standing };
  const ours = idsOfOurs(observed);
  const addressOf = addressesBy(observed);
  await Promise.all(
    [...leaving].map(async ([kind, those]) => {
      const driver = await drivers.of(kind);
      const lives: readonly Live[] = those.map(({ found }) => found!.live);
      const blockers = (await driver.blockers?.(aws, lives)) ?? new Map<AwsId, readonly Blocker[]>();
      for (const { address, found } of those) {
        const all = await withMakers(aws, blockers.get(found!.live.id) ?? [], (owner) => addressOf(owner) !== undefined);
        const others = all.filter(({ holder }) => holder !== undefined && !ours.has(holder));
        if (others.length > 0) users.set(found!.live.id, others);
        const own = all.flatMap(({ id, holder, owner, what }) => {
          const one = addressOf(holder ?? owner ?? id);
          return one === undefined ? [] : [{ ...one, what: `${id} (${what}) is in it` }];
        });
        if (own.length > 0) standing.set(address, own);
      }
    }),
  );
  return { users, standing };
}

/** Returns every id by which AWS may name our objects, including the instances of our Auto Scaling groups. */
export function idsOfOurs({ objects, leftovers, shown }: Observed): ReadonlySet<AwsId> {
  const lives = [...objects.values(), ...leftovers].map(({ live }) => live);
  return new Set([
    ...[...shown.values()].flat(),
    ...lives.flatMap(({ id, aliases, parts = [] }) => [id, ...aliases, ...parts.map((part) => part.id)]),
  ]);
}

/** Returns a function that finds the owner of an id. The end of an ARN is enough. */
function addressesBy({ objects, leftovers }: Observed): (id: string) => Omit<StandsIn, "what"> | undefined {
  const owners = new Map<string, Omit<StandsIn, "what">>();
  for (const { address, live } of [...objects.values(), ...leftovers]) {
    for (const id of [live.id, ...live.aliases]) {
      owners.set(id, { by: address });
      if (id.startsWith("arn:")) owners.set(id.slice(id.lastIndexOf(":") + 1), { by: address });
    }
    for (const part of live.parts ?? []) owners.set(part.id, { by: address, isPart: true });
  }
  return (id) => owners.get(id);
}
