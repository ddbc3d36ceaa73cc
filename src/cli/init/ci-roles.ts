/**
 * Writes the file with the two roles that the workflows of `infra init --github` assume. It has the policies of the environments that
 * exist.
 */
import type { PolicyDocument } from "../../iam/subject.ts";

/** The permissions that the roles need for one environment, split by purpose into documents that fit into managed policies. */
export interface RolesFor {
  readonly name: string;
  readonly plan: readonly PolicyDocument[];
  /**
   * Absent for the environment of the roles itself. That one is applied by hand, because a role that could change itself would have every
   * right.
   */
  readonly apply?: readonly PolicyDocument[];
}

export interface RolesFile {
  readonly project: string;
  readonly region: string;
  /** The account, if the environments name it. */
  readonly account?: string;
  /** `owner/name` of GitHub. */
  readonly repository: string;
  readonly environments: readonly RolesFor[];
}

export const ciRolesName = "ci-roles";

/** The most managed policies that a role can have (IAM User Guide, "IAM and AWS STS quotas"). */
export const mostPolicies = 20;

export function ciRoles({ project, region, account, repository, environments }: RolesFile): string {
  const policies = environments.flatMap(({ name, plan, apply = [] }) => [
    ...plan.map((document, i) => ({ name: nameOf("plan", name, i, plan.length), of: `What a plan of ${name} reads`, document })),
    ...apply.map((document, i) => ({ name: nameOf("apply", name, i, apply.length), of: `What an apply of ${name} does`, document })),
  ]);
  const named = (purpose: string) => policies.filter(({ name }) => name.startsWith(`${purpose}-`)).map(({ name }) => name);
  const applied = environments.filter(({ apply }) => apply !== undefined).map(({ name }) => `repo:${repository}:environment:${name}`);
  return `# yaml-language-server: $schema=.schema.json
#
# The two roles that the workflows in .github/ take on, and the provider by which GitHub Actions does so without a stored key.
# Apply this once by hand, as an administrator: \`infra apply ${ciRolesName}\`. \`infra output ${ciRolesName}\` then prints the ARNs that
# GitHub wants as variables. The policies are those that \`infra iam-policy\` prints: when an environment gets other kinds of
# resources, \`infra init --github --repository ${repository} --force\` writes them again.

format: 1
project: ${project}
environment: ${ciRolesName}
region: ${region}
${account === undefined ? `# account: "123456789012"       # refuses any other account` : `account: "${account}"`}

oidcProviders:
  # An account has one provider per URL. If yours already has GitHub's, add \`adopt: { id: ARN }\` here.
  github:
    url: https://token.actions.githubusercontent.com
    clientIds: [sts.amazonaws.com]

iamRoles:
  # Reads, for plans of pull requests and for drift. Whoever can open a pull request can use it, so it can change nothing.
  plan:
    description: Plans of pull requests, and drift
    managedPolicies: [${named("plan").join(", ")}]
    trust:
${trust([`repo:${repository}:pull_request`, `repo:${repository}:ref:refs/heads/main`])}
  # Changes. Each GitHub environment decides by its reviewers and its branch rule who may use it.
  apply:
    description: Applies of what was approved
    maxSessionDuration: 7200
    managedPolicies: [${named("apply").join(", ")}]
    trust:
${trust(applied)}
iamPolicies:
${policies.map(({ name, of, document }) => `  ${name}:\n    description: ${of}\n    document:\n${statements(document)}`).join("\n")}

outputs:
  planRole: "\${iamRole.plan.arn}"      # the repository's variable INFRA_PLAN_ROLE
  applyRole: "\${iamRole.apply.arn}"    # the variable INFRA_APPLY_ROLE of each GitHub environment
`;
}

function nameOf(purpose: string, environment: string, i: number, count: number): string {
  return count === 1 ? `${purpose}-${environment}` : `${purpose}-${environment}-${i + 1}`;
}

/**
 * Returns the trust policy. Each of GitHub's tokens names the repository and the branch, pull request or environment of its workflow
 * (GitHub Docs, "Configuring OpenID Connect in Amazon Web Services").
 */
function trust(subjects: readonly string[]): string {
  return `      document:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: { Federated: "\${oidcProvider.github.arn}" }
            Action: sts:AssumeRoleWithWebIdentity
            Condition:
              StringEquals:
                token.actions.githubusercontent.com:aud: sts.amazonaws.com
                token.actions.githubusercontent.com:sub: [${subjects.map((one) => `"${one}"`).join(", ")}]
`;
}

/** Writes each statement on one line as JSON, which YAML can read. Escapes `${`, so that it is not read as an expression. */
function statements(document: PolicyDocument): string {
  const lines = document.Statement.map((statement) => `        - ${JSON.stringify(statement).replaceAll("${", () => "$${")}`);
  return [`      Version: "2012-10-17"`, "      Statement:", ...lines].join("\n");
}
