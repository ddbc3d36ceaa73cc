/** Which role to take on, and if none, why: a role needs the job's identity token, which forks do not get. */
import { appendFileSync, readFileSync } from "node:fs";

const {
  ROLE: role = "",
  REGION: region = "",
  ACCOUNT: account = "",
  ACTIONS_ID_TOKEN_REQUEST_URL: token = "",
  GITHUB_OUTPUT: outputs,
} = process.env;
const { pull_request: pull } = JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH, "utf8"));

/** As src/resource/partition.ts has them: the action runs before infra is there. */
const partitions = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["us-iso-", "aws-iso"],
  ["us-isob-", "aws-iso-b"],
  ["us-isof-", "aws-iso-f"],
  ["eu-isoe-", "aws-iso-e"],
  ["eusc-", "aws-eusc"],
];

const why = whyNone();
appendFileSync(outputs, why === undefined ? `arn=${arnOf()}\n` : `arn=\nwhy=${why}\n`);

function whyNone() {
  if (pull && pull.head.repo?.full_name !== process.env.GITHUB_REPOSITORY) return "a pull request from a fork gets no access to AWS";
  if (role === "") return "no role is set for it";
  if (region === "") return "its YAML has errors";
  if (token === "") return "this run has no identity token (`id-token: write`)";
  if (!role.startsWith("arn:") && account === "") return `its YAML has no \`account\`, so the account of the role ${role} is unknown`;
  return undefined;
}

function arnOf() {
  if (role.startsWith("arn:")) return role;
  const [, partition = "aws"] = partitions.find(([start]) => region.startsWith(start)) ?? [];
  return `arn:${partition}:iam::${account}:role/${role}`;
}
