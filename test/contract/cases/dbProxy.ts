import type { Case } from "../case.ts";
import { network } from "../network.ts";

const database = { engine: "postgres", instanceClass: "db.t4g.micro", allocatedStorage: 20, subnetGroup: "net", masterUsername: "dbadmin" };

const cluster = {
  engine: "aurora-postgresql",
  instances: { a: { instanceClass: "db.t4g.medium" } },
  subnetGroup: "net",
  masterUsername: "dbadmin",
};

export const dbProxy: Case = {
  kind: "dbProxy",
  index: {
    ...network,
    iamRoles: { proxy: { trust: "rds.amazonaws.com" }, other: { trust: "rds.amazonaws.com" } },
    secrets: { one: {}, two: {} },
  },
  bare: { engineFamily: "POSTGRESQL", subnets: ["a", "b"], role: "proxy", auth: [{ login: "one" }] },
  forms: [
    {
      index: {
        dbSubnetGroups: { net: { subnets: ["a", "b"] } },
        dbInstances: { main: database, other: database },
      },
      full: {
        engineFamily: "POSTGRESQL",
        dbInstance: "main",
        subnets: ["a", "b"],
        securityGroups: ["one"],
        role: "proxy",
        auth: [{ login: "one", iamAuth: "DISABLED", clientPasswordAuthType: "POSTGRES_SCRAM_SHA_256", description: "Programs" }],
        requireTls: true,
        idleClientTimeout: 600,
        debugLogging: false,
        connectionPool: {
          maxConnectionsPercent: 90,
          maxIdleConnectionsPercent: 40,
          connectionBorrowTimeout: 60,
          sessionPinningFilters: ["EXCLUDE_VARIABLE_SETS"],
          initQuery: "SET x=1",
        },
      },
      changes: [
        ["engineFamily", "MYSQL", "replace", { also: { dbInstance: undefined, auth: [{ login: "one" }] } }],
        ["dbInstance", "other", "restart"],
        ["subnets", ["b", "c"], "replace"],
        ["securityGroups", ["two"]],
        ["role", "other"],
        ["auth.0.login", "two"],
        ["auth.0.iamAuth", "REQUIRED"],
        ["auth.0.clientPasswordAuthType", "POSTGRES_MD5"],
        ["auth.0.description", "People"],
        ["requireTls", false],
        ["idleClientTimeout", 900],
        ["debugLogging", true],
        ["connectionPool.maxConnectionsPercent", 80],
        ["connectionPool.maxIdleConnectionsPercent", 30],
        ["connectionPool.connectionBorrowTimeout", 30],
        ["connectionPool.sessionPinningFilters", []],
        ["connectionPool.initQuery", "SET x=2"],
      ],
    },
    {
      index: {
        dbSubnetGroups: { net: { subnets: ["a", "b"] } },
        dbClusters: { main: cluster, other: cluster },
      },
      full: { engineFamily: "POSTGRESQL", dbCluster: "main", subnets: ["a", "b"], role: "proxy", auth: [{ login: "one" }] },
      changes: [["dbCluster", "other", "restart"]],
    },
  ],
};
