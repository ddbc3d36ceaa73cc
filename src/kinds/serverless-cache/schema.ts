import type { Static } from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";

const usageLimits = object(
  {
    dataStorage: optional(
      object(
        {
          minimum: optional(
            integer("The minimum in GB, which is charged even if it is unused, so that a sudden load has room.", {
              minimum: 1,
              maximum: 5000,
            }),
          ),
          maximum: optional(integer("The maximum in GB; beyond it, keys are evicted or writes fail.", { minimum: 1, maximum: 5000 })),
        },
        "The limits on stored data.",
      ),
    ),
    ecpuPerSecond: optional(
      object(
        {
          minimum: optional(
            integer("The minimum in ElastiCache processing units (ECPU) per second, which is charged even if it is unused.", {
              minimum: 1000,
              maximum: 15_000_000,
            }),
          ),
          maximum: optional(
            integer("The maximum in ElastiCache processing units (ECPU) per second; above it, requests are throttled.", {
              minimum: 1000,
              maximum: 15_000_000,
            }),
          ),
        },
        "The limits on requests: a simple read or write of one kilobyte is one unit (ECPU).",
      ),
    ),
  },
  "The limits between which the cache scales. If omitted: it scales with its use, and so do the costs.",
);

export const schema = object({
  description: optional(
    string("A description of the cache. In AWS, the description ends with the owner: `(infra PROJECT/ENVIRONMENT NAME)`.", {
      minLength: 1,
      maxLength: 100,
      pattern: "^[^()]*$",
    }),
  ),
  engine: oneOf(["valkey", "redis", "memcached"], "The engine. Redis OSS can be changed to Valkey in place, which cannot be reverted."),
  majorEngineVersion: optional(
    string(
      "The major version: `8` of Valkey, `7` of Redis OSS, `1.6` of Memcached. If omitted: AWS's newest. An upgrade cannot be reverted.",
      {
        pattern: "^\\d+(\\.\\d+)?$",
        examples: ["8", "7", "1.6"],
      },
    ),
  ),
  usageLimits: optional(usageLimits),
  subnets: list(ref("subnet", "A subnet."), "The subnets of the cache, in one VPC and in two or three zones; they cannot be changed.", {
    minItems: 2,
    maxItems: 3,
  }),
  securityGroups: optional(
    list(
      ref("securityGroup", "A security group."),
      "The security groups, which control access to the cache. If omitted: the default group of the VPC.",
      { minItems: 1 },
    ),
  ),
  kmsKey: optional(keyRef("The KMS key that encrypts data at rest. If omitted: the AWS managed key. It cannot be changed.")),
  userGroup: optional(
    string("The id of the user group that controls who may log in (RBAC). Not with Memcached.", { examples: ["programs"] }),
  ),
  snapshotRetention: optional(
    integer("Number of days for which daily snapshots are kept; 0: none are taken. Not with Memcached.", { minimum: 0, maximum: 35 }),
  ),
  dailySnapshotTime: optional(
    string("The time at which the daily snapshot starts, UTC. Not with Memcached.", { pattern: "^\\d{2}:\\d{2}$", examples: ["03:00"] }),
  ),
  finalSnapshot: optional(
    boolean(
      "Whether a final snapshot is taken before the cache is deleted; a tag records it, so that it also holds after this block is removed. AWS takes no snapshots of Memcached.",
    ),
  ),
});

export type ServerlessCache = Static<typeof schema>;

/** Values sent at creation for fields that the author left out. */
export const defaults = { finalSnapshot: true } as const satisfies Partial<{ [F in keyof ServerlessCache]: unknown }>;
