import type { Case } from "../case.ts";
import { network } from "../network.ts";

const database = { engine: "postgres", instanceClass: "db.t4g.micro", allocatedStorage: 20, subnetGroup: "net", masterUsername: "dbadmin" };

export const dbEventSubscription: Case = {
  kind: "dbEventSubscription",
  index: { topics: { one: {}, two: {} }, dbParameterGroups: { one: { family: "mysql8.4" }, two: { family: "mysql8.4" } } },
  bare: { topic: "one" },
  forms: [
    {
      full: {
        topic: "one",
        sourceType: "db-parameter-group",
        sources: ["dbParameterGroup/one"],
        eventCategories: ["configuration change"],
        enabled: true,
      },
      changes: [
        ["topic", "two"],
        ["sourceType", undefined, "replace", { also: { sources: undefined, eventCategories: undefined }, back: "update" }],
        ["sources", ["dbParameterGroup/two"]],
        ["sources", undefined],
        ["eventCategories", undefined, "replace", { back: "update" }],
        ["enabled", false],
      ],
    },
    {
      index: { ...network, dbSubnetGroups: { net: { subnets: ["a", "b"] } }, dbInstances: { main: database } },
      full: { topic: "one", sourceType: "db-instance", sources: ["dbInstance/main"], eventCategories: ["failure", "low storage"] },
      changes: [
        ["eventCategories", ["failure"]],
        [
          "sourceType",
          "db-parameter-group",
          "update",
          { also: { sources: ["dbParameterGroup/one"], eventCategories: ["configuration change"] } },
        ],
      ],
    },
  ],
};
