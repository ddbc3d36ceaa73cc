import type { Case } from "../case.ts";

const document = (Action: string) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

export const iamPolicy: Case = {
  kind: "iamPolicy",
  index: {},
  bare: { document: document("s3:GetObject") },
  forms: [
    {
      full: { document: document("s3:GetObject"), description: "Reads", path: "/shared/" },
      changes: [
        ["document", document("s3:PutObject")],
        ["document", JSON.stringify(document("s3:ListBucket"))],
        ["description", "Writes", "replace"],
        ["path", "/other/", "replace"],
      ],
    },
  ],
};
