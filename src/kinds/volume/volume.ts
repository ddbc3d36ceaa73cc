import { useKey } from "../../resource/iam.ts";
import type { Authored, Impact, Kind, Slot, Subject } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { diskActions } from "../shared/instances/iam.ts";
import { isSameKmsKey } from "../shared/instances/launch.ts";
import { refKey } from "../shared/network/network-index.ts";
import { checkVolumeOf } from "./check.ts";
import { drawn } from "./drawn.ts";
import { foreign } from "./foreign.ts";
import type { Handle } from "./live.ts";
import { schema, type Volume } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

export const volume: Kind<Volume, Handle> = {
  name: "volume",
  section: "volumes",
  idPrefix: "vol-",
  doc: "An EBS volume that is kept when the instances that use it are terminated.",
  outputs: { zone: "The Availability Zone.", size: { doc: "The size in GiB.", type: "number", changesWith: ["size"] } },
  foreign,
  schema,
  fields: {
    availabilityZone: { change: "replace", because: "a volume cannot move to another zone" },
    size: { change: (was, now) => (was !== undefined && now !== undefined && now < was ? refuseShrink : "update") },
    type: { change: "update", default: { value: "gp3", class: "create-only" } },
    iops: { change: "update" },
    throughput: { change: "update" },
    snapshot: { change: "replace", because: "a volume gets its data from a snapshot only at creation" },
    // An account that encrypts by default also encrypts a volume without this setting.
    encrypted: {
      change: "replace",
      same: (request, have) => request === have || have === true,
      because: "a volume cannot be encrypted in place",
      urgency: "safety",
    },
    kmsKey: {
      change: "replace",
      same: (request, have) => isSameKmsKey(request, have),
      because: "the KMS key of a volume cannot be changed",
      urgency: "safety",
    },
    multiAttach: {
      // EBS User Guide, "Attach an EBS volume to multiple EC2 instances using Multi-Attach": io2 changes in place, io1 takes it at creation
      // only.
      change: (_was, _now, { now }) => (now.type === "io2" ? "update" : "replace"),
      default: { value: false, class: "create-only" },
      because: { replace: "Multi-Attach can only be changed in place for an io2 volume" },
    },
    attachments: {
      change: "update",
      as: "map",
      whileGone: "free",
      outlives: true,
      default: { value: {}, class: "enforced" },
    },
  },
  summary: ({ size, type, availabilityZone }) => ({
    line: `${size === undefined ? "" : `${size} GiB `}${type ?? "gp3"} in ${String(availabilityZone)}`,
    tells: ["size", "type", "availabilityZone"],
  }),
  stages: [{ name: "create" }, { name: "attachments", fields: ["attachments"] }],
  create: "token",
  slots,
  replace: "create-first",
  dataLoss: "data",
  waits: { create: { typical: 10, limit: 300 }, delete: { typical: 15, limit: 600 } },
  tagIndex: ec2Index("volume"),
  readCost: ({ ours }) => Math.max(1, Math.ceil(ours / 1000)),
  iam: {
    read: ["ec2:DescribeVolumes", "ec2:DescribeVolumesModifications", "ec2:DescribeInstances"],
    write: [
      "ec2:CreateVolume",
      "ec2:DeleteVolume",
      "ec2:ModifyVolume",
      "ec2:AttachVolume",
      "ec2:DetachVolume",
      "ec2:StopInstances",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteVolume", "ec2:DetachVolume"],
    onlyFor: {
      "ec2:ModifyVolume": ["size", "type", "iops", "throughput", "multiAttach"],
      "ec2:AttachVolume": ["attachments"],
      "ec2:StopInstances": ["attachments"],
    },
    access: {
      "ec2:CreateVolume": { made: ["volume/*"], any: ["*:snapshot/*"] },
      "ec2:AttachVolume": { ours: ["volume/*"], free: ["instance/*"] },
      "ec2:DetachVolume": { ours: ["volume/*"], free: ["instance/*"] },
      "ec2:StopInstances": { ours: ["instance/*"] },
    },
    implied: ({ spec: { encrypted, kmsKey } }, index, place) =>
      encrypted === true || kmsKey !== undefined ? [useKey(kmsKey, "ec2", diskActions, index, place)] : [],
  },
  check: checkVolumeOf,
  authored,
  drawn,
  withoutNetwork: "it passes no packets",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

const refuseShrink: Impact = { refuse: "a volume cannot shrink; declare a smaller one beside it and copy the data" };

/** Returns the slots of device names. An instance has one volume for each device name. */
function slots({ spec }: Subject<Partial<Volume>>): readonly Slot[] {
  return Object.entries(spec.attachments ?? {}).map(([machine, { device }]) => ({
    space: `devices of ${refKey(machine)}`,
    value: device.replace(/^\/dev\//, ""),
    path: `attachments.${machine}`,
    what: `the device ${device} of ${refKey(machine)}`,
    of: [machine],
  }));
}

/**
 * Returns a volume without AWS's defaults. Only some types take provisioned performance; a gp3 volume has 3,000 operations and 125 MiB a
 * second (EC2 API, CreateVolume).
 */
function authored(spec: Partial<Volume>): Authored<Volume> {
  const isProvisioned = spec.type === "io1" || spec.type === "io2" || spec.type === "gp3";
  const kept = omit(spec, [...(isProvisioned ? [] : ["iops" as const]), ...(spec.type === "gp3" ? [] : ["throughput" as const])]);
  const usual = spec.type === "gp3" ? { iops: 3000, throughput: 125 } : {};
  return { spec: without(kept, { encrypted: false, multiAttach: false, attachments: {}, ...usual }) };
}
