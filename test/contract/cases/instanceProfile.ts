import type { Case } from "../case.ts";

export const instanceProfile: Case = {
  kind: "instanceProfile",
  index: { iamRoles: { web: { trust: "ec2.amazonaws.com" }, jobs: { trust: "ec2.amazonaws.com" } } },
  bare: { role: "web" },
  forms: [
    {
      full: { role: "web", path: "/service/" },
      changes: [
        ["role", "jobs"],
        ["role", { name: "others" }],
        ["role", { arn: "arn:aws:iam::123456789012:role/others" }],
        ["path", "/other/", "replace"],
      ],
    },
  ],
};
