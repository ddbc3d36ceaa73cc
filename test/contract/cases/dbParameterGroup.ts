import type { Case } from "../case.ts";

export const dbParameterGroup: Case = {
  kind: "dbParameterGroup",
  index: {},
  bare: { family: "mysql8.4" },
  forms: [
    {
      full: { family: "mysql8.4", description: "Settings", parameters: { max_connections: 200 } },
      changes: [
        ["family", "mysql8.0", "refused"],
        ["description", "Other settings", "note"],
        ["parameters", { max_connections: 300 }],
        ["parameters", { max_connections: 200, character_set_server: "utf8mb4" }],
        ["parameters", {}],
      ],
    },
  ],
};
