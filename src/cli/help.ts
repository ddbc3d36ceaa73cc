/** A command line without `infra`, and its purpose. */
export type Example = readonly [line: string, what: string];

/** The examples that `--help` shows for each command: lines to copy. `test/cli/help.test.ts` parses each of them. */
export const helpExamples: Readonly<Record<string, readonly Example[]>> = {
  init: [
    ["init", "environments/dev.yaml, a small network"],
    ["init prod --region us-east-1", "another one, in another region"],
    ["init --template", "list the environments that ship with infra"],
    ["init office --template wizard-vpn", "one of them, under your own name"],
    ["init dev --github", "also the workflows for GitHub"],
    ["init dev --gitlab", "also the pipeline for GitLab"],
  ],
  validate: [
    ["validate", "everything under environments/"],
    ["validate dev prod", "these two"],
    ["validate dev --resolved", "the environment with variables and expressions resolved"],
    ["validate --format sarif --output problems.sarif", "for code scanning"],
  ],
  plan: [
    ["--sandbox plan dev", "without an account or a network"],
    ["plan dev -v", "with every field of new resources"],
    ["plan dev --out dev.plan", "saved, to apply exactly this later"],
    ["plan dev --target subnet/a", "this resource and those that it needs"],
    ["plan --all --detailed-exitcode", "all of environments/; 2 when there is something to do"],
    ["plan dev --format markdown --output plan.md", "as a comment on a pull request"],
  ],
  apply: [
    ["--sandbox apply dev", "without an account or a network"],
    ["apply dev", "shows the plan and asks"],
    ["apply dev --yes", "without a terminal"],
    ["apply dev --plan dev.plan", "the saved plan, if it still matches"],
    ["apply dev --yes --allow-deletes 2", "without a terminal, up to two deletes"],
    ["apply dev --preflight", "permissions, quotas and names; changes nothing"],
  ],
  drift: [
    ["drift", "all of environments/; 2 when AWS differs"],
    ["drift prod", "one of them"],
    ["drift prod --format junit --output drift.xml", "for a build server"],
  ],
  import: [
    ["import vpc-0123456789abcdef0 --name prod", "everything in this VPC, to stdout"],
    ["import Name=prod --name prod --output environments/prod.yaml", "everything with this tag"],
    ["import dbInstance/main arn:aws:sns:eu-west-1:123456789012:ops", "only these"],
    ["import --from terraform.tfstate --name prod", "the resources of a Terraform state, under its names"],
    ["import --from-stack shop --name prod", "the resources of a stack, under its logical ids"],
    ["import vpc-0123456789abcdef0 --depth linked", "with keys, roles and everything else that it refers to"],
  ],
  adopt: [
    ["adopt prod", "shows the plan, which writes tags only, and asks"],
    ["adopt prod vpc/main subnet/a", "these first"],
    ["adopt prod --tidy", "and remove the `adopt:` lines from the file"],
  ],
  release: [["release prod vpc/main subnet/a", "they stay as they are, and infra no longer owns them"]],
  destroy: [
    ["destroy dev", "shows what will be deleted, and asks for its name"],
    ["destroy dev --confirm 123456789012/eu-west-1/dev", "without a terminal"],
    ["destroy --project shop --environment dev --region eu-west-1", "when the YAML is gone"],
  ],
  unlock: [
    ["unlock dev", "after a run on another machine died"],
    ["unlock --project shop --environment dev --region eu-west-1", "when the YAML is gone"],
  ],
  freeze: [
    ["freeze prod", "is it frozen, by whom, and why?"],
    ["freeze prod --reason 'sale until Monday'", "block applies from now on"],
    ["freeze prod --thaw", "allow applies again"],
    ["freeze --project shop --environment prod --region eu-west-1", "when the YAML is gone"],
  ],
  status: [
    ["status dev", "what exists, with its addresses"],
    ["status dev -o wide", "with every output in full"],
    ["status dev --format json", "for scripts"],
  ],
  reach: [
    ["reach dev internet instance/web 22", "exits with 0 if it is reachable, with 2 if not or not certainly"],
    ["reach dev instance/web dbInstance/main 3306", "each hop, and the missing rule"],
    ["reach dev", "every flow"],
    ["reach dev --live", "every flow in the state of AWS"],
  ],
  output: [
    ["output dev", "all of them, as NAME=VALUE"],
    ["output dev vpc/main", "its id, alone"],
    ["output dev loadBalancer/web.dnsName", "one output"],
    ["output dev url", "one of the environment's own `outputs:`"],
    ["output dev --format github", "`outputs:` as lines for $GITHUB_OUTPUT; env is the same for a shell"],
  ],
  graph: [
    ["graph dev --output network.svg", "as the YAML says; without AWS"],
    ["graph dev --live --output network.svg", "as AWS has it"],
    ["graph dev --vpc main --output main.svg", "one network of several"],
    ["graph dev --check docs/network.svg", "exits with 2 when that file is not up to date"],
    ["graph dev --format mermaid", "every resource and its references"],
  ],
  explain: [
    ["explain", "list everything"],
    ["explain subnet", "a kind with its fields"],
    ["explain subnet.cidrBlock", "a field, and what its change costs"],
    ["explain AWS::SQS::Queue", "a type of AWS with its properties"],
    ["explain unknown-ref", "an error's cause and cure"],
  ],
  types: [
    ["types", "those that were tried one by one"],
    ["types queue", "those with `queue` in their names"],
  ],
  environments: [
    ["environments", "those that have YAML here"],
    ["environments --live", "those that exist in AWS, with YAML or without"],
    ["environments --json --changed main", "a CI matrix of those that differ from main"],
  ],
  "iam-policy": [
    ["iam-policy dev", "to plan: reads only"],
    ["iam-policy dev --for apply --split", "to apply, as managed policies"],
    ["iam-policy dev --for guard --except arn:aws:iam::123456789012:role/ci", "for all others"],
  ],
  sandbox: [
    ["--sandbox apply dev", "any command can use the sandbox instead of AWS"],
    ["sandbox serve", "so can any AWS client"],
    ["sandbox add role monitoring", "an object that your account has, for references"],
    ["sandbox reset", "start again with an empty sandbox"],
  ],
  "sandbox add": [
    ["sandbox add role monitoring", "the environment may name this role"],
    ["sandbox add certificate 1234abcd-12ab-34cd-56ef-1234567890ab", "the id is what follows certificate/ in the ARN"],
  ],
  "sandbox serve": [
    ["sandbox serve --port 4599", "then AWS_ENDPOINT_URL=http://127.0.0.1:4599"],
    ["sandbox serve --in-memory --faults faults.json", "for tests; docs/sandbox.md describes faults"],
  ],
  lsp: [["lsp", "editors start it; docs/editor.md says how"]],
  schema: [
    ["schema", "infra schema > environments/.schema.json, after an upgrade"],
    ["schema dev", "the same, with the properties of the AWS types that dev uses"],
    ["schema parts/web-tier.yaml", "the parameters that `with:` of a use may give this part"],
    ["schema --part", "the schema of the file of a part"],
  ],
  completion: [
    ["completion bash", "source <(infra completion bash)"],
    ["completion zsh", 'infra completion zsh > "${fpath[1]}/_infra"'],
    ["completion fish", "infra completion fish > ~/.config/fish/completions/infra.fish"],
  ],
};

/** The widest line of a help text. Every terminal and every page of a manual can show it. */
export const helpWidth = 80;

const files = ["--directory"];
const output = ["--format", "--output", "--verbose"];
const variables = ["--var", "--var-file"];
const aws = ["--sandbox", "--sandbox-time", "--profile", "--trace"];
const ofAnEnvironment = [...files, ...variables, ...aws, ...output, "--no-github"];

/** The global flags that a command uses. A command that is missing here uses every flag that has to do with an environment. */
const globalFlags: Readonly<Record<string, readonly string[]>> = {
  init: files,
  validate: [...files, ...variables, ...output, "--no-github"],
  explain: ["--format", "--output"],
  types: ["--format", "--output"],
  completion: [],
  environments: [...files, ...aws],
  lsp: files,
  schema: files,
  sandbox: files,
};

/** Returns the global flags that `infra COMMAND --help` lists. */
export function globalFlagsOf(command: string): readonly string[] {
  return globalFlags[command] ?? ofAnEnvironment;
}
