import type { Case } from "../case.ts";

export const dbClusterParameterGroup: Case = {
  kind: "dbClusterParameterGroup",
  index: {},
  bare: { family: "aurora-postgresql16" },
  forms: [
    {
      full: { family: "aurora-mysql8.0", description: "Settings", parameters: { character_set_server: "utf8mb4" } },
      changes: [
        ["family", "mysql8.0", "refused"],
        ["description", "Other settings", "note"],
        ["parameters", { character_set_server: "latin1" }],
        ["parameters", { character_set_server: "utf8mb4", require_secure_transport: true }],
        ["parameters", {}],
      ],
    },
  ],
};
