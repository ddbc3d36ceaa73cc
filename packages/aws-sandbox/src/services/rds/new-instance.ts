/** The initial values of a new instance, and checks of the settings of instances and clusters. */
import { AwsFault, type Call } from "../../model.ts";
import { authorities, engines, hasPerformanceInsights, type EngineName } from "./engines.ts";
import { invalidCombination, invalidValue, noInstance, required } from "./faults.ts";
import { insightsOfCreate, type InsightsInput } from "./insights.ts";
import { identifier, nameOf } from "./names.ts";
import { plugIn } from "./network.ts";
import { instances, quota, type InstanceRecord } from "./state.ts";

export function needInstance(call: Call, name: string | undefined): InstanceRecord {
  const wanted = nameOf(required(name, "DBInstanceIdentifier"));
  const found = instances.get(call, wanted);
  if (!found || !call.sees(instances.key(wanted), "id")) throw noInstance(wanted);
  return found;
}

/** Checks that a name is free, and returns it in lower case. */
export function newIdentifier(call: Call, text: string | undefined): string {
  const id = identifier(text, "DBInstanceIdentifier", 63);
  if (instances.get(call, id)) throw new AwsFault("DBInstanceAlreadyExists", "DB instance already exists");
  if (instances.all(call).length >= quota(call, "instances"))
    throw new AwsFault("InstanceQuotaExceeded", "The request would result in the user exceeding the allowed number of DB instances.");
  if (call.fault("rds:insufficientCapacity"))
    throw new AwsFault(
      "InsufficientDBInstanceCapacity",
      "The specified DB instance class isn't available in the specified Availability Zone.",
    );
  return id;
}

/** A new resource id: `db-` and 26 letters and digits. */
export function newResourceId(call: Call): string {
  return `db-${`${call.id("x").slice(2)}${call.id("x").slice(2)}`.toUpperCase().slice(0, 26)}`;
}

/** The initial values of every new instance. */
export function blank(call: Call, id: string, resourceId: string) {
  return {
    id,
    resourceId,
    askedAt: call.now,
    status: "creating",
    works: 0,
    making: [],
    replicaIds: [],
    pending: {},
    interfaceIds: [],
    parameterStatus: "in-sync" as const,
  };
}

/** Adds a new instance: makes its interfaces and schedules the end of its creation. */
export function add(call: Call, record: InstanceRecord, ms: number): void {
  plugIn(call, record);
  instances.set(call, record.id, record);
  call.later(ms, "rds:created", { id: record.id, resourceId: record.resourceId });
}

interface Options extends InsightsInput {
  readonly DBInstanceClass?: string | undefined;
  readonly AutoMinorVersionUpgrade?: boolean | undefined;
  readonly CACertificateIdentifier?: string | undefined;
  readonly EnableCloudwatchLogsExports?: readonly string[] | undefined;
  readonly EnableIAMDatabaseAuthentication?: boolean | undefined;
  readonly PubliclyAccessible?: boolean | undefined;
  readonly CopyTagsToSnapshot?: boolean | undefined;
  readonly MonitoringInterval?: number | undefined;
  readonly MonitoringRoleArn?: string | undefined;
  readonly DeletionProtection?: boolean | undefined;
}

/** The settings that can be switched on or off at any time, with AWS's defaults. */
export function options(call: Call, engine: EngineName, input: Options) {
  const monitoring = checkMonitoring(call, input.MonitoringInterval, input.MonitoringRoleArn);
  if (
    input.EnablePerformanceInsights === true &&
    input.DBInstanceClass !== undefined &&
    !hasPerformanceInsights(engine, input.DBInstanceClass)
  )
    throw invalidCombination("Performance Insights not supported for this configuration.");
  return {
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? true,
    caCertificate: checkAuthority(input.CACertificateIdentifier ?? authorities[0]),
    ...insightsOfCreate(call, input),
    logExports: checkLogs(engine, input.EnableCloudwatchLogsExports ?? []),
    iamAuthentication: input.EnableIAMDatabaseAuthentication ?? false,
    publiclyAccessible: input.PubliclyAccessible ?? false,
    copyTagsToSnapshot: input.CopyTagsToSnapshot ?? false,
    deletionProtection: input.DeletionProtection ?? false,
    ...monitoring,
  };
}

export function checkMonitoring(
  call: Call,
  interval: number | undefined,
  role: string | undefined,
): { monitoringInterval: number; monitoringRole?: string } {
  const seconds = interval ?? 0;
  if (![0, 1, 5, 10, 15, 30, 60].includes(seconds)) throw invalidValue(`Invalid MonitoringInterval: ${seconds}`);
  if (seconds > 0 && role === undefined)
    throw invalidCombination("A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.");
  if (seconds === 0 && role !== undefined)
    throw invalidCombination("You must specify a MonitoringInterval value other than 0 when you specify a MonitoringRoleARN value.");
  if (role !== undefined && !call.exists("role", role))
    throw invalidValue(`IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING (${role})`);
  return { monitoringInterval: seconds, ...(role === undefined ? {} : { monitoringRole: role }) };
}

export function checkLogs(engine: EngineName, logs: readonly string[]): string[] {
  const bad = logs.filter((log) => !engines[engine].logs.includes(log));
  if (bad.length > 0)
    throw invalidCombination(
      `You cannot use the log types '${bad.join(", ")}' with engine version ${engine}. For supported log types, see the documentation.`,
    );
  return [...new Set(logs)].sort();
}

export function checkAuthority(name: string): string {
  if (!(authorities as readonly string[]).includes(name)) throw new AwsFault("CertificateNotFound", `Certificate ${name} not found.`, 404);
  return name;
}

export function checkPort(port: number): number {
  if (port < 1150 || port > 65535) throw invalidValue(`Invalid port: ${port}. Valid values are 1150 to 65535.`);
  return port;
}

export function checkRetention(days: number): number {
  if (days < 0 || days > 35) throw invalidValue(`Invalid backup retention period: ${days}. Must be between 0 and 35.`);
  return days;
}

export function checkLimit(most: number | undefined, size: number): void {
  if (most !== undefined && most !== size && most < Math.ceil((size * 11) / 10))
    throw invalidCombination(
      `Invalid max storage size: ${most}. It must be at least 10% greater than the allocated storage of ${size} GiB.`,
    );
}
