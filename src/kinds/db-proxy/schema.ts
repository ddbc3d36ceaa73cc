import type { Static } from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, refOr, set, string } from "../../resource/fields.ts";

const auth = object({
  login: refOr(
    "^arn:[^:]+:secretsmanager:",
    "secret",
    "The secret with user name and password (`username`, `password`), as which the proxy logs in: one of ours, or its ARN. Of a database with a managed password: `${dbInstance.NAME.secret}`.",
    { named: true },
  ),
  iamAuth: optional(
    oneOf(
      ["DISABLED", "REQUIRED", "ENABLED"],
      "Whether programs log in with IAM: not, only so, or (SQL Server) either way. DISABLED when left out.",
    ),
  ),
  clientPasswordAuthType: optional(
    oneOf(
      ["MYSQL_NATIVE_PASSWORD", "MYSQL_CACHING_SHA2_PASSWORD", "POSTGRES_SCRAM_SHA_256", "POSTGRES_MD5", "SQL_SERVER_AUTHENTICATION"],
      "How programs prove their password to the proxy; AWS's choice for the engine when left out.",
    ),
  ),
  description: optional(string("Whose login it is.", { minLength: 1, maxLength: 255 })),
});

const connectionPool = object(
  {
    maxConnectionsPercent: optional(
      integer("Connections that it may open, in percent of what the database takes; 100 when left out.", { minimum: 1, maximum: 100 }),
    ),
    maxIdleConnectionsPercent: optional(
      integer("Idle ones that it keeps open, in the same percent; 50 when left out, of SQL Server 5.", { minimum: 0, maximum: 100 }),
    ),
    connectionBorrowTimeout: optional(
      integer("Seconds for which a program waits for a connection; 120 when left out.", { minimum: 0, maximum: 300 }),
    ),
    sessionPinningFilters: optional(set(oneOf(["EXCLUDE_VARIABLE_SETS"], "A filter."), "What does not tie a program to one connection.")),
    initQuery: optional(
      string("What is run on each new connection: `SET x=1`. No secrets: it stands in the plan.", { minLength: 1, maxLength: 2000 }),
    ),
  },
  "How it shares the connections of the database.",
);

export const schema = object({
  engineFamily: oneOf(
    ["MYSQL", "POSTGRESQL", "SQLSERVER"],
    "Which engines it speaks to: MYSQL also MariaDB and Aurora MySQL, POSTGRESQL also Aurora PostgreSQL. For good.",
  ),
  dbInstance: optional(ref("dbInstance", "The database behind it, where it is an instance.")),
  dbCluster: optional(ref("dbCluster", "The database behind it, where it is a cluster: all of its instances.")),
  subnets: list(ref("subnet", "A subnet."), "Where it stands: subnets of one VPC in two zones at least; for good.", { minItems: 2 }),
  securityGroups: optional(
    list(ref("securityGroup", "A security group."), "Who may reach it. The VPC's default group when left out.", { minItems: 1 }),
  ),
  role: ref("iamRole", "The role with which it reads the secrets; `rds.amazonaws.com` must be trusted by it.", { named: true }),
  auth: set(auth, "The logins that it may use, by their secrets.", { minItems: 1, maxItems: 200 }),
  requireTls: optional(boolean("Whether programs must use TLS. True when left out.")),
  idleClientTimeout: optional(
    integer("Seconds after which a silent program is cut off; 1800 when left out.", { minimum: 1, maximum: 28_800 }),
  ),
  debugLogging: optional(boolean("Whether SQL stands in its log, which it switches off by itself after a day.")),
  connectionPool: optional(connectionPool),
});

export type DbProxy = Static<typeof schema>;

/** Values that a create sends where the author wrote nothing. AWS itself would accept connections without TLS. */
export const defaults = { requireTls: true } as const satisfies Partial<{ [F in keyof DbProxy]: unknown }>;

export function portOf(family: string | undefined): number {
  return family === "POSTGRESQL" ? 5432 : family === "SQLSERVER" ? 1433 : 3306;
}
