/** Which role to take on, and if none, why: a role needs the job's identity token, which forks do not get. */
import { appendFileSync } from "node:fs";

const { ROLE: role = "", REGION: region = "", ACCOUNT: account = "", ACTIONS_ID_TOKEN_REQUEST_URL: token = "", GITHUB_OUTPUT: outputs } = process.env;

const why = whyNone();
appendFileSync(outputs, why === undefined ? `arn=${arnOf()}\n` : `arn=\nwhy=${why}\n`);

function whyNone() {
  if (role === "") return "no role is set for it";
  if (region === "") return "its YAML has errors";
  if (token === "") return "this run has no identity token, as pull requests from forks have none";
  if (!role.startsWith("arn:") && account === "") return `its YAML names no account in which the role ${role} could be`;
  return undefined;
}

function arnOf() {
  if (role.startsWith("arn:")) return role;
  const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return `arn:${partition}:iam::${account}:role/${role}`;
}
