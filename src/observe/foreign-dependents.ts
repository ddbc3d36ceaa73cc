/** Others who use what a plan would take away: looked for before anything is tried, since AWS would refuse. */
import type { Aws } from "../aws/aws.ts";
import type { AwsId, Blocker, Kind, Live } from "../kinds/kind.ts";
import type { Decision } from "../plan/decide.ts";
import type { Observed } from "../plan/observed.ts";
import type { Drivers } from "./observe.ts";

/** By the id of what is to be deleted or replaced: what others have there, which goes neither by itself nor with what is ours. */
export async function foreignDependentsOf(
  aws: Aws,
  drivers: Drivers,
  decisions: Iterable<Decision>,
  observed: Observed,
): Promise<ReadonlyMap<AwsId, readonly Blocker[]>> {
  const leaving = new Map<Kind, Live[]>();
  for (const { kind, action, found } of decisions)
    if (found && (action === "delete" || action === "replace")) leaving.set(kind, [...(leaving.get(kind) ?? []), found.live]);
  if (leaving.size === 0) return new Map();
  const ours = idsOfOurs(observed);
  const users = new Map<AwsId, readonly Blocker[]>();
  await Promise.all(
    [...leaving].map(async ([kind, lives]) => {
      const driver = await drivers.of(kind);
      for (const [id, blockers] of (await driver.blockers?.(aws, lives)) ?? []) {
        const others = blockers.filter(({ holder }) => holder !== undefined && !ours.has(holder));
        if (others.length > 0) users.set(id, others);
      }
    }),
  );
  return users;
}

/** Every id by which AWS may name what is ours, machines of our groups among them. */
export function idsOfOurs({ objects, leftovers, shown }: Observed): ReadonlySet<AwsId> {
  const lives = [...objects.values(), ...leftovers].map(({ live }) => live);
  return new Set([
    ...[...shown.values()].flat(),
    ...lives.flatMap(({ id, aliases, parts = [] }) => [id, ...aliases, ...parts.map((part) => part.id)]),
  ]);
}
