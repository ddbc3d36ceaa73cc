import type { AwsId, Kind, Live } from "../kinds/kind.ts";
import { addressOfTag, ownership } from "../resource/ownership.ts";

/**
 * Tags find candidates, evidence makes them ours: tags are copied by "launch more like this", by restores, by fleets. Says
 * why a candidate is a copy, or undefined when nothing speaks against it.
 */
export function whyNotOwned(kind: Kind, live: Live, account: string): string | undefined {
  const address = addressOfTag(live.tags[ownership.resource] ?? "");
  if (live.owner !== undefined && live.owner !== account) return `it belongs to account ${live.owner}`;
  if (!address.startsWith(`${kind.name}/`)) return `its tag says ${address || "nothing"}, but it is a ${kind.name}`;
  const mark = otherMaker(live);
  if (mark !== undefined) return `it was made by another (${mark})`;
  if (kind.naming && live.name !== undefined && live.tags[ownership.name] !== live.name)
    return `AWS calls it ${live.name}, its tag ${ownership.name} says ${live.tags[ownership.name] ?? "nothing"}`;
  if (live.token !== undefined && live.tags[ownership.token] !== undefined && live.tags[ownership.token] !== live.token)
    return "it was not made by the call that its tags come from";
  return undefined;
}

/** The tag by which AWS says that a service or a fleet made this. */
function otherMaker(live: Live): string | undefined {
  return Object.keys(live.tags).find((key) => makers.some((maker) => (maker.endsWith(":") ? key.startsWith(maker) : key === maker)));
}

const makers = [
  "aws:autoscaling:groupName",
  "aws:backup:",
  "aws:cloudformation:stack-id",
  "aws:ec2:fleet-id",
  "aws:ec2spot:fleet-request-id",
  "aws:elasticmapreduce:",
  "aws:imagebuilder:",
  "aws:rds:bluegreen",
  "eks:cluster-name",
  "karpenter.sh/nodepool",
];

/** Whether it is still there: what is dead or on its way out does not count. */
export function isAlive(live: Live): boolean {
  return live.state !== "dead" && live.state !== "deleting";
}

export function idsOf(live: Live): readonly AwsId[] {
  return [live.id, ...live.aliases];
}
