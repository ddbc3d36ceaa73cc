/** Fields, names and permissions that all caches share. */
import { serviceRole, useKey } from "../../../resource/iam.ts";
import type { Grant, IamPlace, Naming, ResourceIndex } from "../../kind.ts";

/** ElastiCache User Guide, "Encryption at rest: using customer managed keys from AWS KMS". */
const storageActions = ["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext"];

/** Returns the permissions that a caller needs in addition to the calls for a cache. */
export function besides({ kmsKey }: { readonly kmsKey?: unknown }, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  return [
    ...(kmsKey === undefined ? [] : [useKey(kmsKey as string, "elasticache", storageActions, index, place)]),
    serviceRole("elasticache.amazonaws.com"),
  ];
}

/** ElastiCache API: CreateReplicationGroup, CreateServerlessCache (40 characters), CreateCacheCluster (50). */
export function namesOfCaches(max: number): Naming {
  return {
    max,
    forbidden: /[^A-Za-z0-9-]/,
    lower: true,
    whyNot: (name) =>
      /^[A-Za-z](-?[A-Za-z0-9])*$/.test(name)
        ? undefined
        : "it must begin with a letter, must not end with a hyphen, and must not have two hyphens in a row",
  };
}
