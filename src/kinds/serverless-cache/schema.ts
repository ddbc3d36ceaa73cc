import type { Static } from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";

const usageLimits = object(
  {
    dataStorage: optional(
      object(
        {
          minimum: optional(
            integer("GB that are paid for even when they are empty, so that a sudden load finds room.", { minimum: 1, maximum: 5000 }),
          ),
          maximum: optional(integer("GB at which it grows no more: keys without use go, or writes fail.", { minimum: 1, maximum: 5000 })),
        },
        "How much it may hold.",
      ),
    ),
    ecpuPerSecond: optional(
      object(
        {
          minimum: optional(integer("Units a second that are paid for even when nobody asks.", { minimum: 1000, maximum: 15_000_000 })),
          maximum: optional(integer("Units a second above which requests are slowed down.", { minimum: 1000, maximum: 15_000_000 })),
        },
        "How much it may do: a simple read or write of a kilobyte is one unit.",
      ),
    ),
  },
  "Between which bounds it grows and shrinks. Without limits it grows as far as it is used, and so does the bill.",
);

export const schema = object({
  description: optional(
    string("What it is for. AWS's description ends with whose the cache is: `(infra PROJECT/ENVIRONMENT NAME)`.", {
      minLength: 1,
      maxLength: 100,
      pattern: "^[^()]*$",
    }),
  ),
  engine: oneOf(["valkey", "redis", "memcached"], "The engine. Redis OSS can become Valkey in place, and there is no way back."),
  majorEngineVersion: optional(
    string("The major version: `8` of Valkey, `7` of Redis OSS, `1.6` of Memcached. AWS's newest when left out. There is no way back.", {
      pattern: "^\\d+(\\.\\d+)?$",
      examples: ["8", "7", "1.6"],
    }),
  ),
  usageLimits: optional(usageLimits),
  subnets: list(ref("subnet", "A subnet."), "The subnets in which it has its addresses, of one VPC and of two or three zones; for good.", {
    minItems: 2,
    maxItems: 3,
  }),
  securityGroups: optional(
    list(ref("securityGroup", "A security group."), "Who may reach it. The VPC's default group when left out.", { minItems: 1 }),
  ),
  kmsKey: optional(keyRef("The KMS key that encrypts what it keeps; a key of AWS when left out. For good.")),
  userGroup: optional(string("The id of a user group: who may log in (RBAC). Not with Memcached.", { examples: ["programs"] })),
  snapshotRetention: optional(
    integer("Days for which the daily snapshots are kept; 0: none are taken. Not with Memcached.", { minimum: 0, maximum: 35 }),
  ),
  dailySnapshotTime: optional(
    string("When the daily snapshot begins, UTC. Not with Memcached.", { pattern: "^\\d{2}:\\d{2}$", examples: ["03:00"] }),
  ),
  finalSnapshot: optional(
    boolean(
      "Whether a last snapshot is taken when it is deleted; kept in a tag, so that it holds when this block is gone. Of Memcached AWS takes none.",
    ),
  ),
});

export type ServerlessCache = Static<typeof schema>;

/** Values sent at creation for fields that the author left out. */
export const defaults = { finalSnapshot: true } as const satisfies Partial<{ [F in keyof ServerlessCache]: unknown }>;
