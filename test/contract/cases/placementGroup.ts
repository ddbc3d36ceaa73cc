import type { Case } from "../case.ts";

export const placementGroup: Case = {
  kind: "placementGroup",
  index: {},
  bare: {},
  forms: [
    { full: { strategy: "partition", partitionCount: 3 }, changes: [["partitionCount", 2, "replace"]] },
    {
      full: { strategy: "spread", spreadLevel: "rack" },
      changes: [
        ["strategy", "cluster", "replace", { also: { spreadLevel: undefined } }],
        ["spreadLevel", "host", "replace"],
      ],
    },
  ],
};
