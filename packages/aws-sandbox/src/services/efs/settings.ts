/** Settings of a file system after its creation: lifecycle, backups, a policy, protection. */
import type {
  DeleteFileSystemPolicyRequest,
  DescribeBackupPolicyRequest,
  DescribeFileSystemPolicyRequest,
  DescribeLifecycleConfigurationRequest,
  PutBackupPolicyRequest,
  PutFileSystemPolicyRequest,
  PutLifecycleConfigurationRequest,
  UpdateFileSystemProtectionRequest,
} from "@aws-sdk/client-efs";
import { AwsFault, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { resourceStatements } from "../resource-policies.ts";
import { badRequest, needAvailable, needFileSystem } from "./state.ts";

const keys = ["TransitionToIA", "TransitionToArchive", "TransitionToPrimaryStorageClass"] as const;

export const settingOperations: Readonly<Record<string, Handler>> = {
  /** Sets the lifecycle. Each call replaces the whole list (EFS API, PutLifecycleConfiguration). */
  PutLifecycleConfiguration(input: PutLifecycleConfigurationRequest, call) {
    const record = needAvailable(call, input.FileSystemId);
    const policies = (input.LifecyclePolicies ?? []).map((policy) => policy as Readonly<Record<string, string>>);
    for (const policy of policies) if (Object.keys(policy).length !== 1) throw badRequest("Each lifecycle policy has one transition.");
    const all = Object.assign({}, ...policies) as Partial<Record<(typeof keys)[number], string>>;
    if (Object.keys(all).length !== policies.length) throw badRequest("A transition can be given once.");
    const { TransitionToIA: ia, TransitionToArchive: archive } = all;
    if (archive !== undefined && (record.throughputMode !== "elastic" || record.performanceMode !== "generalPurpose"))
      throw badRequest("The Archive storage class needs elastic throughput and the General Purpose performance mode.");
    if (ia !== undefined && archive !== undefined && daysOf(archive) <= daysOf(ia))
      throw badRequest("TransitionToArchive must be later than TransitionToIA.");
    record.lifecycle = policies.map((policy) => ({ ...policy }));
    return { LifecyclePolicies: record.lifecycle };
  },

  DescribeLifecycleConfiguration(input: DescribeLifecycleConfigurationRequest, call) {
    return { LifecyclePolicies: needFileSystem(call, input.FileSystemId).lifecycle };
  },

  PutBackupPolicy(input: PutBackupPolicyRequest, call) {
    const record = needAvailable(call, input.FileSystemId);
    const status = input.BackupPolicy!.Status!;
    if (status !== "ENABLED" && status !== "DISABLED") throw badRequest(`Invalid backup status: ${status}`);
    record.backup = status === "ENABLED";
    return { BackupPolicy: { Status: record.backup ? "ENABLING" : "DISABLING" } };
  },

  DescribeBackupPolicy(input: DescribeBackupPolicyRequest, call) {
    return { BackupPolicy: { Status: needFileSystem(call, input.FileSystemId).backup ? "ENABLED" : "DISABLED" } };
  },

  PutFileSystemPolicy(input: PutFileSystemPolicyRequest, call) {
    refuseUnknown(call, input, ["FileSystemId", "Policy", "BypassPolicyLockoutSafetyCheck"]);
    const record = needAvailable(call, input.FileSystemId);
    const text = input.Policy!;
    if (text.length > 20_000) throw new AwsFault("InvalidPolicyException", "The policy is longer than 20000 characters.");
    resourceStatements(call, text, { code: "InvalidPolicyException", unknownPrincipal: "Policy contains invalid Principal block." });
    record.policy = text;
    return { FileSystemId: record.id, Policy: text };
  },

  DescribeFileSystemPolicy(input: DescribeFileSystemPolicyRequest, call) {
    const record = needFileSystem(call, input.FileSystemId);
    if (record.policy === undefined)
      throw new AwsFault("PolicyNotFound", `File system '${record.id}' has no policy other than the default one.`, 404);
    return { FileSystemId: record.id, Policy: record.policy };
  },

  DeleteFileSystemPolicy(input: DeleteFileSystemPolicyRequest, call) {
    delete needAvailable(call, input.FileSystemId).policy;
    return {};
  },

  UpdateFileSystemProtection(input: UpdateFileSystemProtectionRequest, call) {
    const record = needAvailable(call, input.FileSystemId);
    const wanted = input.ReplicationOverwriteProtection!;
    if (wanted !== "ENABLED" && wanted !== "DISABLED") throw badRequest(`Invalid replication overwrite protection: ${wanted}`);
    record.overwriteProtection = wanted;
    return { ReplicationOverwriteProtection: wanted };
  },
};

function daysOf(rule: string): number {
  return Number(/^AFTER_(\d+)_/.exec(rule)?.[1] ?? 0);
}
