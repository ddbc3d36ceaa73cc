import type { Case } from "../case.ts";

export const dbParameterGroup: Case = {
  kind: "dbParameterGroup",
  world: {},
  bare: { family: "mysql8.4" },
  full: { family: "mysql8.4", description: "Settings", parameters: { max_connections: 200 } },
  changes: [{ field: "parameters", to: { max_connections: 300 }, action: "update" }],
  elsewhere: {
    family: "a change is refused: test/kinds/db-groups.test.ts",
    description: "a change is a note: test/kinds/db-groups.test.ts",
  },
};
