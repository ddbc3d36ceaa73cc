import type { Authored, Drawn, Kind, Live, NetworkPart, ResourceIndex, Slot, Subject } from "../kind.ts";
import { without } from "../shared/authored.ts";
import { refKey } from "../shared/network/network-index.ts";
import { privateAddressSlot } from "../shared/slots.ts";
import { check } from "./check.ts";
import { foreign } from "./foreign.ts";
import { iam } from "./iam.ts";
import type { Handle } from "./observe.ts";
import { fields, runbook } from "./rules.ts";
import { schema, type FileSystem } from "./schema.ts";

export const fileSystem: Kind<FileSystem, Handle> = {
  name: "fileSystem",
  section: "fileSystems",
  file: "data",
  idPrefix: "fs-",
  doc: "An EFS file system, which many instances can mount at the same time over NFS, with its mount targets and access points. It is deleted only when `allowDestroy` names it, and AWS keeps nothing of it except existing backups.",
  wanted: ["dnsName"],
  outputs: {
    arn: "The ARN.",
    dnsName: "The host name for mounts; in a VPC with DNS host names it resolves to the mount target in the instance's zone.",
  },
  foreign,
  schema,
  fields,
  stages: [
    { name: "create" },
    { name: "settings", fields: ["lifecycle", "backup", "policy", "replicationOverwriteProtection"] },
    { name: "mountTargets", fields: ["mountTargets"] },
    { name: "accessPoints", fields: ["accessPoints"] },
  ],
  create: "token",
  slots,
  replace: "create-first",
  dataLoss: "data",
  neverReplaced: runbook,
  waits: { create: { typical: 20, limit: 600 }, delete: { typical: 120, limit: 3600 }, poll: 3 },
  tagIndex: { type: "elasticfilesystem:file-system" },
  // All file systems of the account, a hundred in a page. For each of ours, its mount targets and the security groups of each. Each setting
  // that the YAML writes is one more call.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + n.ours + (n.parts ?? 0),
  iam,
  check,
  network,
  authored,
  drawn,
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/efs.ts")),
};

/** The slots of the addresses that its mount targets will have. */
function slots({ spec }: Subject<Partial<FileSystem>>): readonly Slot[] {
  return Object.entries(spec.mountTargets ?? {}).flatMap(([subnet, { ipAddress }]) =>
    ipAddress === undefined ? [] : [privateAddressSlot(subnet, ipAddress, `mountTargets.${subnet}.ipAddress`)],
  );
}

/**
 * Only NFS is open (Amazon EFS User Guide, "Using VPC security groups"). Where mount targets have different groups, traffic that any of
 * them lets in counts as let in. A mount target without groups gets the VPC's default group if it is still to be created. If AWS is
 * creating it, AWS does not show its groups yet.
 */
function network({ address, spec }: Subject<Partial<FileSystem>>, _index: ResourceIndex, live?: Live<FileSystem>): readonly NetworkPart[] {
  const targets = Object.entries(spec.mountTargets ?? {});
  if (targets.length === 0) return [];
  const groups = targets.map(([, { securityGroups }]) => securityGroups?.map(refKey));
  const isUntold = Object.values(live?.spec.mountTargets ?? {}).some(({ securityGroups }) => securityGroups === undefined);
  return [
    {
      is: "endpoint",
      id: address,
      subnets: targets.map(([subnet]) => subnet),
      firewalls: groups.every((own) => own !== undefined) ? [...new Set(groups.flat())] : isUntold ? "unread" : "default",
      public: "no",
      listens: [{ protocol: "tcp", from: 2049, to: 2049 }],
    },
  ];
}

function drawn({ spec }: Subject<Partial<FileSystem>>): Drawn {
  const targets = Object.entries(spec.mountTargets ?? {});
  const sub = ["file system", spec.throughputMode].filter(Boolean).join(" · ");
  if (targets.length === 0) return { as: "beside", glyph: "part", sub };
  return {
    as: "bar",
    at: targets.map(([subnet]) => subnet),
    glyph: "part",
    sub,
    chips: [...new Set(targets.flatMap(([, { securityGroups = [] }]) => securityGroups.map(refKey)))],
    sends: [],
  };
}

/** A file system as an author writes it, without values that AWS fills in by itself and without the addresses of mount targets. */
function authored(spec: Partial<FileSystem>): Authored<FileSystem> {
  const { mountTargets = {}, accessPoints = {}, encrypted, ...rest } = spec;
  const plain = without<FileSystem>(rest, {
    performanceMode: "generalPurpose",
    throughputMode: "bursting",
    backup: spec.availabilityZone !== undefined,
    lifecycle: {},
    replicationOverwriteProtection: true,
  });
  const targets = Object.entries(mountTargets).map(([subnet, { securityGroups }]) => [subnet, securityGroups ? { securityGroups } : {}]);
  return {
    spec: {
      ...(encrypted === false ? { encrypted } : {}),
      ...plain,
      ...(targets.length > 0 ? { mountTargets: Object.fromEntries(targets) as FileSystem["mountTargets"] } : {}),
      ...(Object.keys(accessPoints).length > 0 ? { accessPoints } : {}),
    } as Partial<FileSystem>,
  };
}
