import type { Static } from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, refOr, set, string } from "../../resource/fields.ts";

const auth = object({
  login: refOr(
    "^arn:[^:]+:secretsmanager:",
    "secret",
    "The secret with the user name and password (`username`, `password`) of a database user: one of this file, or its ARN. For a database with a managed password: `${dbInstance.NAME.secret}`.",
    { named: true },
  ),
  iamAuth: optional(
    oneOf(
      ["DISABLED", "REQUIRED", "ENABLED"],
      "Whether clients log in with IAM: DISABLED (the default), REQUIRED, or ENABLED for both ways (SQL Server only).",
    ),
  ),
  clientPasswordAuthType: optional(
    oneOf(
      ["MYSQL_NATIVE_PASSWORD", "MYSQL_CACHING_SHA2_PASSWORD", "POSTGRES_SCRAM_SHA_256", "POSTGRES_MD5", "SQL_SERVER_AUTHENTICATION"],
      "The authentication type of client passwords. If omitted: AWS's default for the engine.",
    ),
  ),
  description: optional(string("A description of the login.", { minLength: 1, maxLength: 255 })),
});

const connectionPool = object(
  {
    maxConnectionsPercent: optional(
      integer("The maximum number of connections to the database, in percent of the database's limit. Default: 100, for SQL Server 10.", {
        minimum: 1,
        maximum: 100,
      }),
    ),
    maxIdleConnectionsPercent: optional(
      integer(
        "The maximum number of idle connections to the database, in percent of the database's limit. Default: half of `maxConnectionsPercent`.",
        { minimum: 0, maximum: 100 },
      ),
    ),
    connectionBorrowTimeout: optional(
      integer("Number of seconds for which a client waits for a connection. Default: 120.", { minimum: 0, maximum: 300 }),
    ),
    sessionPinningFilters: optional(
      set(oneOf(["EXCLUDE_VARIABLE_SETS"], "A filter."), "The operations that do not pin a client to one connection."),
    ),
    initQuery: optional(
      string("SQL statements to run on each new connection: `SET x=1`. Write no secrets: the plan shows them.", {
        minLength: 1,
        maxLength: 2000,
      }),
    ),
  },
  "The pool of connections to the database.",
);

export const schema = object({
  engineFamily: oneOf(
    ["MYSQL", "POSTGRESQL", "SQLSERVER"],
    "The engine family; it cannot be changed. MYSQL includes MariaDB and Aurora MySQL, POSTGRESQL includes Aurora PostgreSQL.",
  ),
  dbInstance: optional(ref("dbInstance", "The database instance of the proxy.")),
  dbCluster: optional(ref("dbCluster", "The database cluster of the proxy, with all its instances.")),
  subnets: list(ref("subnet", "A subnet."), "The subnets of the proxy, in one VPC and at least two zones; they cannot be changed.", {
    minItems: 2,
  }),
  securityGroups: optional(
    list(
      ref("securityGroup", "A security group."),
      "The security groups, which control access to the proxy. If omitted: the default group of the VPC.",
      { minItems: 1 },
    ),
  ),
  role: ref("iamRole", "The role with which the proxy reads the secrets; it must trust `rds.amazonaws.com`.", { named: true }),
  auth: set(auth, "The logins to the database, each by its secret.", { minItems: 1, maxItems: 200 }),
  requireTls: optional(boolean("Whether clients must use TLS.")),
  idleClientTimeout: optional(
    integer("Number of seconds after which an idle client is disconnected. Default: 1800.", { minimum: 1, maximum: 28_800 }),
  ),
  debugLogging: optional(boolean("Whether the log of the proxy includes SQL statements; AWS turns it off after a day.")),
  connectionPool: optional(connectionPool),
});

export type DbProxy = Static<typeof schema>;

/** Values that a create sends where the author wrote nothing. AWS itself would accept connections without TLS. */
export const defaults = { requireTls: true } as const satisfies Partial<{ [F in keyof DbProxy]: unknown }>;

export function portOf(family: string | undefined): number {
  return family === "POSTGRESQL" ? 5432 : family === "SQLSERVER" ? 1433 : 3306;
}
