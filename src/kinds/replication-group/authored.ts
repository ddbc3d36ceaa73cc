import type { Authored } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import type { LiveGroup } from "./observe.ts";
import { canFailOver, defaults, hasShards, type ReplicationGroup } from "./schema.ts";

/** Returns a group as an author writes it, without AWS's defaults and without the patch level of its version. */
export function authored(spec: Partial<ReplicationGroup>, live: LiveGroup): Authored<ReplicationGroup> {
  const left: (keyof ReplicationGroup)[] = [
    ...(spec.parameterGroup?.startsWith("default.") ? (["parameterGroup"] as const) : []),
    ...(spec.description === "" || spec.description === live.id ? (["description"] as const) : []),
    ...(hasShards(spec) ? (["automaticFailover"] as const) : []),
  ];
  const given = {
    numCacheClusters: defaults.numCacheClusters,
    replicasPerNodeGroup: defaults.replicasPerNodeGroup,
    automaticFailover: canFailOver(spec),
    multiAz: defaults.multiAz,
    transitEncryption: defaults.transitEncryption,
    atRestEncryption: defaults.atRestEncryption,
    autoMinorVersionUpgrade: defaults.autoMinorVersionUpgrade,
    snapshotRetention: 0,
    port: 6379,
    userGroups: [],
    logDelivery: {},
  };
  const plain = without(omit(spec, left), given);
  const version = spec.engineVersion?.split(".").slice(0, 2).join(".");
  return { spec: { ...plain, ...(version !== undefined && { engineVersion: version }) } };
}
