import type { Case } from "../case.ts";

export const oidcProvider: Case = {
  kind: "oidcProvider",
  index: {},
  bare: { url: "https://token.actions.githubusercontent.com", clientIds: ["sts.amazonaws.com"] },
  forms: [
    {
      full: {
        url: "https://token.actions.githubusercontent.com",
        clientIds: ["sts.amazonaws.com"],
        thumbprints: ["6938fd4d98bab03faadb97b34396831e3780aea1"],
      },
      changes: [
        ["url", "https://gitlab.example.com/group", "replace"],
        ["clientIds", ["sts.amazonaws.com", "deploy"]],
        ["clientIds", ["deploy"]],
        ["thumbprints", ["1c58a3a8518e8759bf075b76b750d4f2df264fcd"]],
      ],
    },
  ],
};
