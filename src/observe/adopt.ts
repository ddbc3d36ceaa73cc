/**
 * Decides whether an object that `adopt:` names may be adopted. `adopt:` never creates, so an object that may not be adopted is an error.
 */
import type { Environment } from "../config/environment.ts";
import type { Desired, Kind, Live } from "../kinds/kind.ts";
import { inYaml } from "../resource/naming.ts";
import type { StackFate } from "../aws/stacks.ts";
import { addressOfTag, ownership, stackTag } from "../resource/ownership.ts";
import type { Unadoptable } from "../plan/observed.ts";
import { isAlive, isOfOtherRegion, makerOf, whyNotOwned } from "../resource/ownership-check.ts";

export interface Adopter {
  readonly environment: Pick<Environment, "project" | "name" | "region">;
  readonly account: string;
  /** The state, in CloudFormation, of the stacks that the tags of objects name, by the stacks' ids. */
  readonly stacks: ReadonlyMap<string, StackFate>;
}

/** The result of `adopt:`: an object that may be tagged, an object that already has the tags of this address, or a reason against it. */
export type Adoptable = "free" | "ours" | Unadoptable;

/** Judges the object that AWS shows under the id in the `adopt:` of `node`. */
export function adoptable(kind: Kind, node: Desired, live: Live | undefined, adopter: Adopter): Adoptable {
  const id = node.adopt!;
  if (!live || !isAlive(live)) return missing(kind, node, live, adopter);
  const says = `${id} is to be adopted as ${node.address}`;
  if (live.owner !== undefined && live.owner !== adopter.account)
    return {
      code: "adopt-owned",
      summary: `${says}, but it belongs to account ${live.owner}.`,
      hint: `refer to it by \`{ id: ${id} }\`; an object that another account shares can be used, but not changed`,
    };
  const maker = makerOf(live, goneAmong(adopter.stacks));
  if (maker) {
    const isUntold = maker.tag === stackTag && adopter.stacks.get(live.tags[stackTag]!) === "unknown";
    return {
      code: "adopt-made-by-other",
      summary: `${says}, but it was created by ${maker.who} (tag ${maker.tag}). An object that a service creates and deletes cannot be adopted.`,
      hint: isUntold ? `${maker.hint}; cloudformation:DescribeStacks was denied, or the stack belongs to another account` : maker.hint,
    };
  }
  return adoptableByTags(kind, node, live, adopter, says);
}

/** Returns the stacks that are gone. Only objects that they kept are left of them. */
export function goneAmong(stacks: ReadonlyMap<string, StackFate>): ReadonlySet<string> {
  return new Set([...stacks].flatMap(([id, fate]) => (fate === "gone" ? [id] : [])));
}

/** Returns the ids of the stacks whose tags could keep objects from being adopted. */
export function stacksOf(lives: Iterable<Live>): Set<string> {
  return new Set(
    [...lives].flatMap(({ tags }) => (tags[stackTag] !== undefined && makerOf({ tags })?.tag === stackTag ? [tags[stackTag]] : [])),
  );
}

/** Returns the error for an object that another node of the same file adopts, too. */
export function adoptedTwice(node: Desired, first: Desired): Unadoptable {
  return {
    code: "adopt-owned",
    summary: `${node.adopt} is to be adopted both as ${node.address} and as ${first.address}.`,
    hint: "an object has one address: remove one of the two `adopt:` lines",
  };
}

function missing({ name }: Kind, node: Desired, live: Live | undefined, { environment, account }: Adopter): Unadoptable {
  const what = live ? `that ${name} is deleted` : `there is no such ${name}`;
  return {
    code: "adopt-missing",
    summary: `${node.adopt} is to be adopted as ${node.address}, but ${what} in ${environment.region} for account ${account}.`,
    hint: "check the id, the region and the account; `adopt:` never creates",
  };
}

function adoptableByTags(kind: Kind, node: Desired, live: Live, { environment, account }: Adopter, says: string): Adoptable {
  const { [ownership.project]: project, [ownership.environment]: name, [ownership.resource]: resource } = live.tags;
  if (name === undefined || resource === undefined) return "free";
  const owner = addressOfTag(resource);
  const isHere = project === environment.project && name === environment.name && !isOfOtherRegion(kind, live.tags, environment.region);
  // The tags of this address are on an object that we did not make, so they were copied (a restored database). Adoption makes them true.
  if (isHere && owner === node.address) return whyNotOwned(kind, live, account) === undefined ? "ours" : "free";
  const region = isOfOtherRegion(kind, live.tags, environment.region) ? ` in ${live.tags[ownership.region]}` : "";
  return {
    code: "adopt-owned",
    summary: `${says}, but it belongs to ${isHere ? owner : `${owner} of ${project ?? "no project"}/${name}${region}`}.`,
    hint: isHere
      ? `to give it this address, write \`moved: [{ from: ${inYaml(owner)}, to: ${inYaml(node.address)} }]\` instead`
      : "release it from that environment first (`infra release`), or remove its tags infra:* by hand",
    ...(isHere ? { holder: owner } : {}),
  };
}
