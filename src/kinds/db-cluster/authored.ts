import type { Authored, Remark } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { isPostgres, portOf } from "../shared/rds/engines.ts";
import type { LiveCluster } from "./live.ts";
import type { DbCluster, MemberSpec } from "./schema.ts";
import { isAwsOwnGroup } from "../shared/rds/parameter-groups.ts";

/** A cluster as an author writes it. A password that AWS does not manage is known only to its owner. */
export function authored(spec: Partial<DbCluster>, live: LiveCluster): Authored<DbCluster> {
  const remarks: Remark[] = [];
  const isUnmanaged = typeof spec.masterPassword === "object";
  if (isUnmanaged) remarks.push({ text: "AWS does not return its password" });
  if (live.handle.waiting.length > 0)
    remarks.push({ text: `AWS has not made these changes yet, and the values below include them: ${live.handle.waiting.join(", ")}` });
  const left: (keyof DbCluster)[] = [
    ...(isUnmanaged ? (["masterPassword"] as const) : []),
    ...(isAwsOwnGroup(spec.parameterGroup) ? (["parameterGroup"] as const) : []),
    "snapshot",
    "restoreToPointInTime",
    "applyImmediately",
  ];
  const given = {
    monitoringRole: "",
    monitoringInterval: 0,
    performanceInsights: false,
    performanceInsightsRetention: 7,
    databaseInsightsMode: "standard",
    httpEndpoint: false,
    localWriteForwarding: false,
    backtrackWindow: 0,
    storageType: "aurora",
    port: portOf(spec.engine),
    logExports: [],
    iamAuthentication: false,
    copyTagsToSnapshot: false,
  };
  const plain = without(omit(spec, left), given);
  const instances = Object.entries(spec.instances ?? {}).map(([key, member]) => [key, memberAuthored(member)]);
  return {
    spec: {
      ...plain,
      ...(plain.engineVersion !== undefined && { engineVersion: versionOf(spec) }),
      ...(instances.length > 0 ? { instances: Object.fromEntries(instances) as DbCluster["instances"] & object } : {}),
    },
    remarks,
  };
}

function memberAuthored(member: MemberSpec): MemberSpec {
  const left: (keyof MemberSpec)[] = isAwsOwnGroup(member.parameterGroup) ? ["parameterGroup"] : [];
  return without(omit(member, left), { promotionTier: 1, publiclyAccessible: false }) as MemberSpec;
}

/** The version to write. Where AWS upgrades the cluster by itself, only the part that no such upgrade changes. */
function versionOf({ engine, engineVersion = "", autoMinorVersionUpgrade }: Partial<DbCluster>): string {
  if (autoMinorVersionUpgrade === false) return engineVersion;
  return engineVersion
    .split(".")
    .slice(0, isPostgres(engine) ? 1 : 2)
    .join(".");
}
