/**
 * Whose a thing of Route 53 is where it can have no tags. The owner is a hash, because public DNS and other people's listings need
 * not tell the names of projects.
 */
import { createHash } from "node:crypto";
import { ownership } from "../../resource/ownership.ts";
import type { Tags } from "../kind.ts";

export interface Owner {
  readonly project: string;
  readonly environment: string;
  /** Zones and records belong to no region: which one their environment is in. */
  readonly region?: string | undefined;
}

/** 16 hexadecimal digits for an environment. */
export function ownerHash({ project, environment }: Owner): string {
  return createHash("sha256").update(`${project}/${environment}`).digest("hex").slice(0, 16);
}

export function ownerOf(tags: Tags): Owner {
  const { [ownership.project]: project = "", [ownership.environment]: environment = "", [ownership.region]: region } = tags;
  return { project, environment, region };
}

/** The tags that an owner's object has. */
export function ownerTags({ project, environment, region }: Owner, resource: string): Tags {
  return {
    [ownership.project]: project,
    [ownership.environment]: environment,
    [ownership.resource]: resource,
    ...(region !== undefined && { [ownership.region]: region }),
  };
}
