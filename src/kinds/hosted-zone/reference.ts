/**
 * The caller reference of a zone. A zone is created without tags, so until it has them its reference shows the owner. Route 53 never
 * accepts a reference twice, not even after its zone is gone (Route 53 API, CreateHostedZone). The reference therefore contains a day and
 * the token.
 */
import { ownership } from "../../resource/ownership.ts";
import type { Tags } from "../kind.ts";
import { ownerHash, ownerOf, ownerTags, type Owner } from "../shared/dns/owner.ts";

const longest = 128;
const day = 86_400_000;

/** The maximum length of a zone's name in the file for which its reference has room. */
export const longestZoneName = longest - "infra/0123456789abcdef//00000/0123456789abcdef".length;

/** Returns the reference of a new zone. It is the same in every process that makes the same attempt on the same day. */
export function referenceFor(tags: Tags, token: string, now: number): string {
  const name = (tags[ownership.resource] ?? "").replace(/^[^/]*\//, "");
  return `infra/${inRegion(ownerOf(tags))}/${name}/${Math.floor(now / day)}/${token.slice(0, 16)}`;
}

/**
 * Returns the ownership tags that a reference stands for. Undefined where the reference does not belong to this environment. An older
 * reference, from before the region tag, names no region.
 */
export function ownerIn(reference: string | undefined, owner: Owner): Tags | undefined {
  const [, hash, name] = /^infra\/([0-9a-f]{16})\/([^/]+)\/\d+\/[0-9a-f]{16}$/.exec(reference ?? "") ?? [];
  if (name === undefined) return undefined;
  if (hash === inRegion(owner)) return ownerTags(owner, `hostedZone/${name}`);
  return hash === ownerHash(owner) ? ownerTags({ ...owner, region: undefined }, `hostedZone/${name}`) : undefined;
}

function inRegion({ project, environment, region }: Owner): string {
  return ownerHash({ project, environment: region === undefined ? environment : `${environment}/${region}` });
}
