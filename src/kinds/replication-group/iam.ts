import { serviceRole, useKey } from "../../resource/iam.ts";
import type { Grant, IamPlace, ResourceIndex } from "../kind.ts";
import type { ReplicationGroup } from "./schema.ts";

/** ElastiCache User Guide, "Encryption at rest: using customer managed keys from AWS KMS". */
const storageActions = ["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext"];

export function permissions({ kmsKey }: ReplicationGroup, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  return [
    ...(kmsKey === undefined ? [] : [useKey(kmsKey, "elasticache", storageActions, index, place)]),
    serviceRole("elasticache.amazonaws.com"),
  ];
}
