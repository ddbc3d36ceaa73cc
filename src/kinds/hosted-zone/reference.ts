/**
 * The caller reference of a zone. A zone is made without tags, so its reference says whose it is until it has them. A reference is
 * never taken twice, not even when its zone is gone (Route 53 API, CreateHostedZone): a day and the token are part of it.
 */
import { ownership } from "../../resource/ownership.ts";
import type { Tags } from "../kind.ts";
import { ownerHash, ownerOf, ownerTags, type Owner } from "../shared/dns-owner.ts";

const longest = 128;
const day = 86_400_000;

/** The longest name of a zone in the file for which its reference has room. */
export const longestZoneName = longest - "infra/0123456789abcdef//00000/0123456789abcdef".length;

/** The reference of a new zone: the same in every process that makes the same attempt on the same day. */
export function referenceFor(tags: Tags, token: string, now: number): string {
  const name = (tags[ownership.resource] ?? "").replace(/^[^/]*\//, "");
  return `infra/${inRegion(ownerOf(tags))}/${name}/${Math.floor(now / day)}/${token.slice(0, 16)}`;
}

/** The ownership tags that a reference stands for; undefined where it is not one of this environment's. One of before there was the tag tells no region. */
export function ownerIn(reference: string | undefined, owner: Owner): Tags | undefined {
  const [, hash, name] = /^infra\/([0-9a-f]{16})\/([^/]+)\/\d+\/[0-9a-f]{16}$/.exec(reference ?? "") ?? [];
  if (name === undefined) return undefined;
  if (hash === inRegion(owner)) return ownerTags(owner, `hostedZone/${name}`);
  return hash === ownerHash(owner) ? ownerTags({ ...owner, region: undefined }, `hostedZone/${name}`) : undefined;
}

function inRegion({ project, environment, region }: Owner): string {
  return ownerHash({ project, environment: region === undefined ? environment : `${environment}/${region}` });
}
