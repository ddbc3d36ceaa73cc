/**
 * Weights between target groups belong to whoever changed them last. A tag on the listener or rule keeps the weights that we last wrote to
 * it. While the YAML still has those weights, weights that a deployment tool moved stay. Other weights in the YAML are a change to make.
 */
import type { Tags } from "../kind.ts";
import { tailOf } from "../shared/elbv2/objects.ts";
import type { Weighted } from "./schema.ts";

export const weightsTag = "infra:weights";

/** The value of the tag, by the last part of each group's ARN: `50dc6c495c0c9188=90 4d3cf7a8b1e2f605=10`. A single group has no weight. */
export function weightsText(groups: readonly Weighted[]): string | undefined {
  if (groups.length < 2) return undefined;
  return groups
    .map((group) => `${tailOf(group.targetGroup)}=${group.weight ?? 1}`)
    .sort()
    .join(" ");
}

/** The live groups with the weights that were last written, or with the live weights where no written ones are known. */
export function writtenWeights(live: readonly Weighted[], tags: Tags): Weighted[] {
  const written = parse(tags);
  return live.map((group) => ({ ...group, weight: written.get(tailOf(group.targetGroup)) ?? group.weight ?? 1 }));
}

/** Whether somebody else moved weights that we wrote. */
export function areMoved(live: readonly Weighted[], tags: Tags): boolean {
  return live.length > 1 && weightsText(live) !== weightsText(writtenWeights(live, tags));
}

/**
 * The weights to send when a forward changes for any reason: the desired weights where they are new, the live ones where the desired
 * weights are still those last written. A group that replaces another takes its live weight.
 */
export function weightsToSend(request: readonly Weighted[], live: readonly Weighted[], tags: Tags): Weighted[] {
  const written = parse(tags);
  const leaving = live.filter((group) => !request.some((resolved) => resolved.targetGroup === group.targetGroup));
  return request.map((group) => {
    const weight = group.weight ?? 1;
    const before =
      live.find((one) => one.targetGroup === group.targetGroup) ??
      takeOne(leaving, (one) => written.get(tailOf(one.targetGroup)) === weight);
    const isOld = before !== undefined && written.get(tailOf(before.targetGroup)) === weight;
    return { targetGroup: group.targetGroup, weight: isOld ? (before.weight ?? 1) : weight };
  });
}

function takeOne(from: Weighted[], fits: (group: Weighted) => boolean): Weighted | undefined {
  const at = from.findIndex(fits);
  return at < 0 ? undefined : from.splice(at, 1)[0];
}

function parse(tags: Tags): Map<string, number> {
  const pairs = (tags[weightsTag] ?? "").split(" ").filter(Boolean);
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), Number(pair.slice(pair.indexOf("=") + 1))]));
}
