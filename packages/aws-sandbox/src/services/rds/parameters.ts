/** A small part of the engines' parameters, with true defaults and RDS's allowed values. */
import type { Parameter } from "@aws-sdk/client-rds";
import { invalidValue, notModelled } from "./faults.ts";
import type { ParameterGroupRecord } from "./state.ts";

interface Definition {
  readonly name: string;
  /** The default that RDS sets ("system") or the engine has. When absent, the engine decides at its start. */
  readonly value?: string;
  readonly source?: "system";
  readonly type: "static" | "dynamic";
  readonly data: "boolean" | "integer" | "float" | "string" | "list";
  readonly allowed?: string;
  readonly fixed?: true;
}

/**
 * One parameter in each line: `name type data default allowed`. `-` stands for an absent value. `!` before a name means that it cannot be
 * modified. `*` before a default means that RDS sets it.
 */
const mysqlLike = table(`
  autocommit dynamic boolean - 0,1
  binlog_format dynamic string *MIXED ROW,STATEMENT,MIXED,OFF
  character_set_client dynamic string - ascii,latin1,utf8,utf8mb3,utf8mb4
  character_set_server dynamic string - ascii,latin1,utf8,utf8mb3,utf8mb4
  collation_server dynamic string - latin1_swedish_ci,utf8_general_ci,utf8mb4_0900_ai_ci,utf8mb4_general_ci,utf8mb4_unicode_ci,utf8mb4_bin
  connect_timeout dynamic integer - 2-31536000
  !datadir static string */rdsdbdata/db/ -
  event_scheduler dynamic string - ON,OFF
  general_log dynamic boolean - 0,1
  innodb_buffer_pool_size static integer *{DBInstanceClassMemory*3/4} 5242880-9223372036854775807
  innodb_flush_log_at_trx_commit dynamic integer - 0-2
  innodb_lock_wait_timeout dynamic integer - 1-1073741824
  innodb_log_file_size static integer *134217728 4194304-273804165120
  innodb_print_all_deadlocks dynamic boolean - 0,1
  interactive_timeout dynamic integer - 1-31536000
  local_infile dynamic boolean *1 0,1
  log_bin_trust_function_creators dynamic boolean - 0,1
  log_output dynamic list *TABLE TABLE,FILE,NONE
  long_query_time dynamic float - 0-31536000
  lower_case_table_names static integer - 0-1
  max_allowed_packet dynamic integer - 1024-1073741824
  max_connections dynamic integer *{DBInstanceClassMemory/12582880} 1-100000
  net_read_timeout dynamic integer - 1-31536000
  performance_schema static boolean *0 0,1
  !port static integer *{EndPointPort} 1-65535
  read_only dynamic string *{TrueIfReplica} 0,1,{TrueIfReplica}
  require_secure_transport dynamic boolean *0 0,1
  slow_query_log dynamic boolean - 0,1
  sql_mode dynamic list - -
  table_open_cache dynamic integer - 1-1048576
  time_zone dynamic string - UTC,Asia/Seoul,Asia/Tokyo,Europe/Berlin,Europe/London,US/Eastern,US/Pacific
  tls_version static list - -
  transaction_isolation dynamic string - READ-UNCOMMITTED,READ-COMMITTED,REPEATABLE-READ,SERIALIZABLE
  wait_timeout dynamic integer - 1-31536000
`);

const mysqlOnly = table(`
  gtid-mode dynamic string *OFF_PERMISSIVE OFF,OFF_PERMISSIVE,ON_PERMISSIVE,ON
  enforce_gtid_consistency dynamic string *OFF OFF,WARN,ON
  binlog_row_image dynamic string *full full,minimal,noblob
`);

const mariadbOnly = table(`
  gtid_strict_mode dynamic boolean *1 0,1
  server_audit_logging dynamic boolean - 0,1
`);

const postgresOnly = table(`
  autovacuum dynamic boolean *1 0,1
  checkpoint_timeout dynamic integer *300 30-3600
  deadlock_timeout dynamic integer - 1-2147483647
  default_transaction_isolation dynamic string - -
  effective_cache_size dynamic integer *{DBInstanceClassMemory/16384} 1-2147483647
  idle_in_transaction_session_timeout dynamic integer *86400000 0-2147483647
  log_connections dynamic boolean - 0,1
  log_lock_waits dynamic boolean - 0,1
  log_min_duration_statement dynamic integer - -1-2147483647
  log_statement dynamic string - none,ddl,mod,all
  maintenance_work_mem dynamic integer *GREATEST({DBInstanceClassMemory*1024/63963136},65536) 1024-2147483647
  max_connections static integer *LEAST({DBInstanceClassMemory/9531392},5000) 6-262143
  max_wal_size dynamic integer *2048 128-201326592
  password_encryption dynamic string - md5,scram-sha-256
  !port static integer *{EndPointPort} 1-65535
  random_page_cost dynamic float - -
  rds.accepted_password_auth_method dynamic string *md5+scram md5+scram,scram
  rds.force_ssl dynamic boolean *1 0,1
  rds.logical_replication static boolean *0 0,1
  shared_buffers static integer *{DBInstanceClassMemory/32768} 16-1073741823
  shared_preload_libraries static list *pg_stat_statements auto_explain,orafce,pgaudit,pglogical,pg_bigm,pg_cron,pg_hint_plan,pg_prewarm,pg_similarity,pg_stat_statements,pg_tle,pg_transport,plprofiler
  ssl_max_protocol_version dynamic string - TLSv1,TLSv1.1,TLSv1.2,TLSv1.3
  ssl_min_protocol_version dynamic string *TLSv1.2 TLSv1,TLSv1.1,TLSv1.2,TLSv1.3
  statement_timeout dynamic integer - 0-2147483647
  timezone dynamic string *UTC Asia/Seoul,Asia/Tokyo,Europe/Berlin,Europe/London,US/Eastern,US/Pacific,UTC
  track_activity_query_size static integer *4096 100-1048576
  wal_sender_timeout dynamic integer *30000 0-3600000
  work_mem dynamic integer - 64-2147483647
`);

/**
 * Parameters that all instances of a cluster share. Each instance has its own values of the others (Aurora User Guide, "Parameter groups").
 */
const shared: ReadonlySet<string> = new Set(
  `binlog_format binlog_row_image character_set_client character_set_server collation_server enforce_gtid_consistency gtid-mode
   innodb_flush_log_at_trx_commit lower_case_table_names require_secure_transport time_zone tls_version
   password_encryption rds.accepted_password_auth_method rds.force_ssl rds.logical_replication shared_preload_libraries
   ssl_max_protocol_version ssl_min_protocol_version timezone autovacuum`.split(/\s+/),
);

/** The parameters of a family. A group of a cluster also has the parameters of instances, as values for all of them. */
export function definitionsOf(family: string, scope: "instance" | "cluster" = "instance"): readonly Definition[] {
  if (!family.startsWith("aurora-")) return ofEngine(family);
  const all = ofEngine(family.replace(/^aurora-/, ""));
  return scope === "cluster" ? all : all.filter(({ name }) => !shared.has(name));
}

function ofEngine(family: string): readonly Definition[] {
  if (family.startsWith("postgres")) return postgresOnly;
  return [...mysqlLike, ...(family.startsWith("mariadb") ? mariadbOnly : mysqlOnly)].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The definition of a modifiable parameter. If the sandbox does not model the name, only AWS knows whether the family has it. */
export function needParameter(family: string, name: string | undefined, scope: "instance" | "cluster" = "instance"): Definition {
  const found = definitionsOf(family, scope).find((definition) => definition.name === name?.toLowerCase());
  if (!found && isNoParameter(family, name)) throw invalidValue(`Could not find parameter with name: ${name}`);
  if (!found) throw notModelled(`the parameter ${name} of ${family}`);
  if (found.fixed) throw invalidValue(`The parameter ${found.name} cannot be modified.`);
  return found;
}

/** Whether AWS's family certainly has no such parameter: the name is not valid, or only another engine has it. */
function isNoParameter(family: string, name: string | undefined): boolean {
  if (name === undefined || !/^[A-Za-z][A-Za-z0-9_.-]*$/.test(name)) return true;
  if (family.startsWith("aurora-") && shared.has(name.toLowerCase())) return true;
  const isPostgres = family.replace("aurora-", "").startsWith("postgres");
  const others = isPostgres ? [...mysqlLike, ...mysqlOnly, ...mariadbOnly] : postgresOnly;
  return others.some((definition) => definition.name === name.toLowerCase());
}

/** Throws RDS's error for a value that is not allowed. Formulas with the instance's memory are not checked. */
export function checkParameterValue({ name, allowed, data }: Definition, value: string): void {
  if (allowed === undefined || /^(\{.*\}|(GREATEST|LEAST|SUM)\(.*\))$/.test(value)) return;
  const range = /^(-?\d+)-(\d+)$/.exec(allowed);
  const given = data === "list" ? value.split(",") : [value];
  const fits = range
    ? Number(value) >= Number(range[1]) && Number(value) <= Number(range[2]) && /^-?\d+(\.\d+)?$/.test(value)
    : given.every((one) => allowed.split(",").includes(one));
  if (!fits) throw invalidValue(`Invalid parameter value: ${value} for: ${name} allowed values are: ${allowed}`);
}

/** Describes a parameter of a group. A value that equals the default counts as the system's, not as the user's. */
export function describeParameter(definition: Definition, group: Pick<ParameterGroupRecord, "values"> | undefined): Parameter {
  const set = group?.values[definition.name];
  const value = set ?? definition.value;
  const source = set !== undefined && set !== definition.value ? "user" : (definition.source ?? "engine-default");
  return {
    ParameterName: definition.name,
    ...(value === undefined ? {} : { ParameterValue: value }),
    Source: source,
    ApplyType: definition.type,
    DataType: definition.data,
    ...(definition.allowed === undefined ? {} : { AllowedValues: definition.allowed }),
    IsModifiable: !definition.fixed,
    ApplyMethod: definition.type === "static" || set === undefined ? "pending-reboot" : "immediate",
  };
}

function table(text: string): readonly Definition[] {
  return text
    .trim()
    .split("\n")
    .map((line): Definition => {
      const [name, type, data, dflt, allowed] = line.trim().split(" ") as [string, Definition["type"], Definition["data"], string, string];
      return {
        name: name.replace(/^!/, ""),
        type,
        data,
        ...(dflt === "-" ? {} : { value: dflt.replace(/^\*/, ""), source: "system" as const }),
        ...(allowed === "-" ? {} : { allowed }),
        ...(name.startsWith("!") ? { fixed: true as const } : {}),
      };
    });
}
