import type { Case } from "../case.ts";

const document = (Action: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "arn:aws:s3:::assets/*" }],
});
const trusted = (Principal: object) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }] });

export const iamRole: Case = {
  kind: "iamRole",
  index: { iamPolicies: { bound: { document: document("s3:*") }, more: { document: document("s3:PutObject") } } },
  bare: { trust: "ec2.amazonaws.com" },
  forms: [
    {
      full: {
        trust: "ec2.amazonaws.com",
        managedPolicies: ["more", "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"],
        policies: { read: document("s3:GetObject"), text: JSON.stringify(document("s3:ListBucket")) },
        permissionsBoundary: "bound",
        path: "/service/",
        maxSessionDuration: 7200,
        description: "Runs the web",
      },
      changes: [
        ["trust", ["ec2.amazonaws.com", "ssm.amazonaws.com"]],
        ["trust", { document: trusted({ AWS: "123456789012" }) }],
        ["managedPolicies", ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]],
        ["policies.read", document("s3:GetObjectVersion")],
        ["policies", { other: document("s3:GetObject") }],
        ["permissionsBoundary", "more"],
        ["permissionsBoundary", "none"],
        ["path", "/other/", "replace"],
        ["maxSessionDuration", 3600],
        ["description", "Runs the jobs"],
      ],
    },
    {
      full: { trust: { document: trusted({ AWS: "123456789012" }) } },
      changes: [["trust.document", trusted({ Service: "ec2.amazonaws.com", AWS: "arn:aws:iam::123456789012:role/monitoring" })]],
    },
  ],
};
