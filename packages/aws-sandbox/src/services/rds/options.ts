/** A small part of the catalogue of options, with true values: options of the modelled engines, with their settings. */
import { engines, type EngineName } from "./engines.ts";

export interface Setting {
  readonly name: string;
  readonly dflt?: string;
  /** The allowed values in RDS's form, `ON,OFF` or `1-100`; absent when any text is allowed. */
  readonly allowed?: string;
  readonly isCollection?: true;
}

export interface OptionDefinition {
  readonly name: string;
  readonly description: string;
  readonly majors: Readonly<Partial<Record<EngineName, readonly string[]>>>;
  /** The option's own port, which security groups must open. */
  readonly port?: number;
  readonly settings: readonly Setting[];
}

const everyMajor = (engine: EngineName) => Object.keys(engines[engine].versions);

/** The options. Source: RDS User Guide, "MariaDB Audit Plugin support for MySQL" (and "for MariaDB"), "MySQL memcached support". */
const optionDefinitions: readonly OptionDefinition[] = [
  {
    name: "MARIADB_AUDIT_PLUGIN",
    description: "Audit plugin",
    majors: { mysql: everyMajor("mysql"), mariadb: everyMajor("mariadb") },
    settings: [
      { name: "SERVER_AUDIT_FILE_PATH", dflt: "/rdsdbdata/log/audit/", allowed: "/rdsdbdata/log/audit/" },
      { name: "SERVER_AUDIT_FILE_ROTATE_SIZE", dflt: "1000000", allowed: "1-1000000000" },
      { name: "SERVER_AUDIT_FILE_ROTATIONS", dflt: "9", allowed: "0-100" },
      {
        name: "SERVER_AUDIT_EVENTS",
        dflt: "CONNECT,QUERY",
        allowed: "CONNECT,QUERY,QUERY_DDL,QUERY_DML,QUERY_DML_NO_SELECT,QUERY_DCL",
        isCollection: true,
      },
      { name: "SERVER_AUDIT_INCL_USERS" },
      { name: "SERVER_AUDIT_EXCL_USERS" },
      { name: "SERVER_AUDIT_LOGGING", dflt: "ON", allowed: "ON" },
      { name: "SERVER_AUDIT_QUERY_LOG_LIMIT", dflt: "1024", allowed: "0-2147483647" },
    ],
  },
  {
    name: "MEMCACHED",
    description: "Innodb Memcached for MySQL",
    majors: { mysql: ["8.0"] },
    port: 11211,
    settings: [
      { name: "BACKLOG_QUEUE_LIMIT", dflt: "1024", allowed: "1-2048" },
      { name: "BINDING_PROTOCOL", dflt: "auto", allowed: "auto,ascii,binary" },
      { name: "CAS_DISABLED", dflt: "0", allowed: "0,1" },
      { name: "CHUNK_SIZE", dflt: "48", allowed: "1-48" },
      { name: "CHUNK_SIZE_GROWTH_FACTOR", dflt: "1.25", allowed: "1-2" },
      { name: "ERROR_ON_MEMORY_EXHAUSTED", dflt: "0", allowed: "0,1" },
      { name: "MAX_SIMULTANEOUS_CONNECTIONS", dflt: "1024", allowed: "1-1024" },
      { name: "VERBOSITY", dflt: "v", allowed: "v,vv,vvv" },
    ],
  },
];

export function optionsOf(engine: string, major: string): readonly OptionDefinition[] {
  return optionDefinitions.filter(({ majors }) => majors[engine as EngineName]?.includes(major));
}

/** Whether a setting allows a value. */
export function isAllowed({ allowed, isCollection }: Setting, value: string): boolean {
  if (allowed === undefined) return true;
  const range = /^(\d+)-(\d+)$/.exec(allowed);
  if (range) return /^\d+(\.\d+)?$/.test(value) && Number(value) >= Number(range[1]) && Number(value) <= Number(range[2]);
  const all = allowed.split(",");
  return isCollection ? value.split(",").every((one) => all.includes(one.trim())) : all.includes(value);
}
