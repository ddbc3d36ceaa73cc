/**
 * The owner of a Route 53 object that cannot have tags. It is written as a hash, so that public DNS and listings of other people do not
 * show the names of projects.
 */
import { createHash } from "node:crypto";
import { ownership } from "../../../resource/ownership.ts";
import type { Tags } from "../../kind.ts";

export interface Owner {
  readonly project: string;
  readonly environment: string;
  /** The region of the environment. Zones and records themselves belong to no region. */
  readonly region?: string | undefined;
}

/** Returns 16 hexadecimal digits that stand for an environment. */
export function ownerHash({ project, environment }: Owner): string {
  return createHash("sha256").update(`${project}/${environment}`).digest("hex").slice(0, 16);
}

export function ownerOf(tags: Tags): Owner {
  const { [ownership.project]: project = "", [ownership.environment]: environment = "", [ownership.region]: region } = tags;
  return { project, environment, region };
}

/** Returns the tags that an object of this owner would have. */
export function ownerTags({ project, environment, region }: Owner, resource: string): Tags {
  return {
    [ownership.project]: project,
    [ownership.environment]: environment,
    [ownership.resource]: resource,
    ...(region !== undefined && { [ownership.region]: region }),
  };
}
