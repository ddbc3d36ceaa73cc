import type { Case } from "../case.ts";
import { network } from "../network.ts";

export const dbOptionGroup: Case = {
  kind: "dbOptionGroup",
  index: network,
  bare: { engine: "mysql", majorEngineVersion: "8.4" },
  forms: [
    {
      full: {
        engine: "mysql",
        majorEngineVersion: "8.0",
        description: "Audit",
        options: {
          MEMCACHED: { port: 11211, securityGroups: ["one"], settings: { CHUNK_SIZE: 32 } },
          MARIADB_AUDIT_PLUGIN: { settings: { SERVER_AUDIT_EVENTS: "CONNECT", SERVER_AUDIT_EXCL_USERS: "rdsadmin" } },
        },
        applyImmediately: false,
      },
      changes: [
        ["engine", "mariadb", "refused", { also: { majorEngineVersion: "10.11", options: {} } }],
        ["majorEngineVersion", "8.4", "refused", { also: { options: {} } }],
        ["description", "Other", "note"],
        ["options.MEMCACHED.port", 11212],
        ["options.MEMCACHED.securityGroups", ["two"]],
        ["options.MEMCACHED.settings", { CHUNK_SIZE: 48, VERBOSITY: "vv" }],
        ["options.MEMCACHED", undefined],
        // The setting has no default, so its option is removed and added again.
        ["options.MARIADB_AUDIT_PLUGIN.settings", { SERVER_AUDIT_EVENTS: "QUERY,CONNECT" }],
        ["applyImmediately", true, "nothing"],
      ],
    },
  ],
};
