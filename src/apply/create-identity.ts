import type { Address, AwsId, CreateIdentity, Desired, Kind, Spec } from "../kinds/kind.ts";
import { ownership } from "../resource/ownership.ts";
import { hashOf } from "../plan/hash.ts";
import { createMarks } from "../plan/entry-marks.ts";
import { declaredTags, hashTags, ourTags } from "../plan/tags.ts";

/** Everything that distinguishes one create from another. Same values, same token: in this process, and in the next one after a crash. */
export interface IdentityInput {
  readonly account: string;
  readonly region: string;
  readonly project: string;
  readonly environment: string;
  /** Ids that AWS shows under the address, of live and deleted objects. */
  readonly shown: readonly AwsId[];
  readonly attempt: number;
  /** The hour (since 1970) in which AWS answered an earlier token with a deleted object; absent before that. */
  readonly hour?: number | undefined;
}

/** Returns the tags, client token and name of a new object. */
export function createIdentityOf(place: IdentityInput, kind: Kind, desired: Desired, name: string): CreateIdentity {
  const token = hashOf([
    place.account,
    place.region,
    place.project,
    place.environment,
    desired.address,
    [...place.shown].sort(),
    place.attempt,
    name,
    ...(place.hour === undefined ? [] : [place.hour]),
  ]);
  const tags = {
    ...declaredTags(desired),
    ...ourTags(place, kind, desired, name),
    ...hashTags(kind, desired.spec as Spec),
    ...createMarks(kind, desired.spec as Spec),
    ...(kind.create === "token" ? { [ownership.token]: token } : {}),
  };
  return { tags, token, name };
}

/**
 * Returns the AWS name of a new object: the declared one. Beside an old object that still holds that name, it is a name that no earlier run
 * used.
 */
export function nameFor(kind: Kind, desired: Desired, beside: readonly AwsId[]): string {
  const name = desired.awsName ?? desired.name;
  if (!kind.naming || beside.length === 0 || desired.awsNameWritten) return name;
  const suffix = hashOf([desired.address satisfies Address, [...beside].sort()]).slice(0, 6);
  const ending = kind.naming.ending?.(desired.spec as Spec) ?? "";
  const bare = name.slice(0, name.length - ending.length);
  return `${bare.slice(0, kind.naming.max - 7 - ending.length).replace(/-$/, "")}-${suffix}${ending}`;
}
