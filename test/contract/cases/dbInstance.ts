import type { Case } from "../case.ts";
import { network } from "../network.ts";

export const dbInstance: Case = {
  kind: "dbInstance",
  world: { ...network, dbSubnetGroups: { net: { subnets: ["a", "b"] } }, dbParameterGroups: { one: { family: "mysql8.4" } } },
  bare: {
    engine: "mysql",
    engineVersion: "8.4",
    instanceClass: "db.t4g.medium",
    allocatedStorage: 20,
    masterUsername: "dbadmin",
    subnetGroup: "net",
  },
  full: {
    engine: "mysql",
    engineVersion: "8.4",
    instanceClass: "db.t4g.medium",
    allocatedStorage: 20,
    masterUsername: "dbadmin",
    subnetGroup: "net",
    securityGroups: ["one"],
    parameterGroup: "one",
    backupRetention: 7,
    backupWindow: "17:00-17:30",
    maintenanceWindow: "sat:18:00-sat:19:00",
    deletionProtection: false,
    applyImmediately: true,
  },
  changes: [
    { field: "instanceClass", to: "db.t4g.large", action: "restart" },
    { field: "securityGroups", to: ["two"], action: "update" },
    { field: "backupRetention", to: 14, action: "update" },
    { field: "backupWindow", to: "20:00-20:30", action: "update" },
    { field: "maintenanceWindow", to: "sun:18:00-sun:19:00", action: "update" },
    { field: "deletionProtection", to: true, action: "update" },
  ],
};
