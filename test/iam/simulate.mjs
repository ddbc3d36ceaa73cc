/**
 * A separate process, because @cloud-copilot/iam-simulate is under the AGPL and none of our code may link to it. Each input line is a list
 * of requests as JSON, and each output line the list of answers.
 */
import { createInterface } from "node:readline";
import { runSimulation, runUnsafeSimulation } from "@cloud-copilot/iam-simulate";

const account = "123456789012";

/** A key's own policy can make policies of roles count, and the policy of a new key does (KMS Developer Guide, "Default key policy"). */
const usualKeyPolicy = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*", Resource: "*" }],
};

/** The reference lists these actions for one type of resource; the service accepts them for all that have tags (ELB API, AddTags). */
const unlisted = new Set(["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"]);

for await (const line of createInterface({ input: process.stdin })) {
  const answers = [];
  for (const request of JSON.parse(line)) answers.push(await answer(request));
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}

async function answer({ statements, action, resource, context }) {
  const simulation = {
    request: {
      principal: `arn:aws:iam::${account}:role/infra-apply`,
      action,
      resource: { resource, accountId: account },
      contextVariables: context,
    },
    identityPolicies: [{ name: "printed", policy: { Version: "2012-10-17", Statement: statements } }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(action.startsWith("kms:") ? { resourcePolicy: usualKeyPolicy } : {}),
  };
  if (unlisted.has(action) || isPublicParameter(resource)) return { result: runUnsafeSimulation(simulation, {}), ignored: [] };
  const outcome = await runSimulation(simulation, {});
  if (outcome.resultType === "error") return { error: JSON.stringify(outcome.errors) };
  const results = outcome.resultType === "single" ? [outcome.result] : outcome.results;
  return { result: outcome.overallResult, ignored: results.flatMap(({ ignoredContextKeys = [] }) => ignoredContextKeys) };
}

/**
 * The reference gives every parameter an account, but AWS's own have none (Systems Manager User Guide, "Calling AMI public parameters").
 */
function isPublicParameter(resource) {
  return /^arn:aws:ssm:[^:]+::parameter\/aws\//.test(resource);
}
