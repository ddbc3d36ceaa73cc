/**
 * Translates the names of other tools: `VpcId` of CloudFormation, `cidr_block` of Terraform, `alb` of people. Most are found by the rule by
 * which fields got their names (docs/names.md): AWS's name without the kind's prefix and without Id, Arn or Seconds. The kinds bring the
 * names that the rule does not find (`foreign`). Names that belong to no kind stand here.
 */
import { didYouMean } from "../../diag/did-you-mean.ts";
import type { ForeignNames, Kind } from "../../kinds/kind.ts";

/** Words at the top of a file. */
const topWords: Readonly<Record<string, string>> = {
  extend: "extends",
  inherits: "extends",
  include: "extends",
  includes: "extends",
  import: "extends",
  base: "extends",
  vars: "variables",
  var: "variables",
  variable: "variables",
  locals: "variables",
  Parameters: "variables",
  Mappings: "variables",
  parameters: "variables",
  name: "environment",
  env: "environment",
  stack: "environment",
  workspace: "environment",
  app: "project",
  aws_region: "region",
  AwsRegion: "region",
  location: "region",
  account_id: "account",
  accountId: "account",
  aws_account: "account",
  role: "assumeRole",
  roleArn: "assumeRole",
  assume_role: "assumeRole",
  default_tags: "tags",
  labels: "tags",
  version: "format",
  output: "outputs",
  Outputs: "outputs",
  export: "outputs",
  asserts: "assert",
  assertions: "assert",
  tests: "assert",
  parts: "use",
  uses: "use",
};

/** Words at the top of a file that are no keys here, each with a sentence about what to do instead. */
const topAdvice: Readonly<Record<string, string>> = {
  module: "use a part in place of a Terraform module: `use: { NAME: { part: FILE } }`",
  modules: "use a part in place of a Terraform module: `use: { NAME: { part: FILE } }`",
  resource: "write each resource under the section of its kind, as in `vpcs: { main: { … } }`",
  resources: "write each resource under the section of its kind, as in `vpcs: { main: { … } }`",
  Resources: "write each resource under the section of its kind, as in `vpcs: { main: { … } }`",
  data: "write `{ id: … }` or `{ tags: { … } }` where the field refers to it",
  provider: "leave it out; one environment has one `region:` and one `account:`",
  providers: "leave it out; one environment has one `region:` and one `account:`",
  terraform: "leave it out; there is no state to configure",
  backend: "leave it out; there is no state to configure",
  iam: "write iamRoles, iamPolicies, instanceProfiles or oidcProviders",
  route53: "write hostedZones or records",
  network: "write vpcs, subnets and routeTables",
  networks: "write vpcs, subnets and routeTables",
};

/** Words of other tools for the fields of assertions. */
const assertionWords: Readonly<Record<string, string>> = {
  forbid: "deny",
  denied: "deny",
  not: "deny",
  block: "deny",
  require: "allow",
  permit: "allow",
  allowed: "allow",
  source: "from",
  src: "from",
  destination: "to",
  dest: "to",
  target: "to",
};

/** Words in any resource, each with the field that does the same, or with a sentence about what to do instead. */
const resourceWords: Readonly<Record<string, string>> = {
  labels: "tags",
  Tags: "tags",
  tags_all: "tags",
  annotations: "tags",
  TagSpecifications: "tags",
  TagList: "tags",
  prevent_destroy: "protect",
  DeletionProtection: "protect",
  TerminationProtection: "protect",
  DeletionPolicy: "retain",
  UpdateReplacePolicy: "retain",
  ignore_changes: "ignoreChanges",
  for_each: "count",
  replicas: "count",
  import: "adopt",
  depends_on: "leave it out: the order follows from the references",
  DependsOn: "leave it out: the order follows from the references",
  lifecycle: "write `protect: true` or `ignoreChanges: [FIELD]` in the resource",
  Properties: "write the fields right under the name of the resource",
  spec: "write the fields right under the name of the resource",
  Type: "leave it out: the section says what the resource is",
  type: "leave it out: the section says what the resource is",
  kind: "leave it out: the section says what the resource is",
  Metadata: "write the fields right under the name of the resource",
  metadata: "write the fields right under the name of the resource",
  Condition: "leave it out; what differs between environments goes into an overlay with `extends`",
  provider: "leave it out; one environment has one `region:`, at the top of the file",
  region: "leave it out; one environment has one `region:`, at the top of the file",
};

/** Returns what to do instead of a word of another tool at the top of a file, when the word has no counterpart here. */
export function foreignAdvice(word: string): string | undefined {
  return lookUp(word, topAdvice);
}

/** Returns the key to write for a word of another tool at the top of a file: `aws_vpc`, `AWS::EC2::VPC`, `alb`, `vars`. */
export function foreignSection(word: string, kinds: readonly Kind[]): string | undefined {
  const known = lookUp(word, topWords);
  if (known !== undefined) return known;
  const bare = fold(withoutService(word));
  return kinds.find((kind) => isCalled(kind, bare))?.section;
}

function isCalled({ name, section, foreign }: Kind, bare: string): boolean {
  return [name, section, ...(foreign?.kind ?? [])].some((one) => fold(withoutService(one)) === bare || `${fold(one)}s` === bare);
}

const withoutService = (word: string) => word.replace(/^AWS::\w+::/, "").replace(/^aws_/, "");

/** Returns the kind that a word of another tool means, for `infra explain aws_vpc`. */
export function foreignKind(word: string, kinds: readonly Kind[]): Kind | undefined {
  const section = foreignSection(word, kinds);
  return kinds.find((kind) => kind.section === section);
}

/** Returns an address without a known kind with the kind that was meant, found by similar letters or by what other tools call it. */
export function withKindMeant(address: string, kinds: readonly Kind[]): string | undefined {
  const end = address.indexOf("/");
  const word = address.slice(0, Math.max(0, end));
  if (word === "" || kinds.some(({ name }) => name === word)) return undefined;
  const names = kinds.map(({ name }) => name);
  const meant = foreignKind(word, kinds)?.name ?? didYouMean(word, names);
  return meant && `${meant}${address.slice(end)}`;
}

/** Returns a hint for an address whose kind does not exist. */
export function addressMeant(address: string, kinds: readonly Kind[]): string {
  const meant = withKindMeant(address, kinds);
  return meant ? `did you mean "${meant}"?` : "write kind/name, as `infra status` shows it";
}

/** The meaning of a foreign field: fields that exist here, or a sentence when there is no such field. */
export type Foreign = { readonly fields: readonly string[] } | { readonly advice: string };

/**
 * Returns the meaning of a field of another tool. `known`: the fields of the mapping in which the word stands. `isInside`: the mapping is a
 * part of a resource.
 */
export function foreignField(word: string, known: readonly string[], kind: Kind | undefined, isInside: boolean): Foreign | undefined {
  const said = kind?.foreign?.advice && lookUp(word, kind.foreign.advice);
  if (said !== undefined) return { advice: said };
  const own = byTable(word, kind?.foreign?.fields, known);
  const ruled = own ?? byRule(word, known, kind?.name ?? "") ?? (kind ? undefined : byTable(word, assertionWords, known));
  if (ruled) return { fields: ruled };
  const common = kind && !isInside ? lookUp(word, resourceWords) : undefined;
  if (common === undefined) return undefined;
  return known.includes(common) ? { fields: [common] } : common.includes(" ") ? { advice: common } : undefined;
}

/** Returns the fields of a kind's table that the mapping has: in an ingress rule, `cidr_blocks` is its source. */
function byTable(word: string, table: ForeignNames["fields"], known: readonly string[]): readonly string[] | undefined {
  const fields = table && lookUp(word, table);
  const fitting = fields?.split(" ").filter((field) => known.includes(field));
  return fitting && fitting.length > 0 ? fitting : undefined;
}

function byRule(word: string, known: readonly string[], kind: string): readonly string[] | undefined {
  const variants = new Set(variantsOf(word, kind));
  const found = known.find((field) => fold(field) === fold(word)) ?? known.find((field) => variants.has(singular(fold(field))));
  return found === undefined ? undefined : [found];
}

/**
 * Returns the word without the prefixes and endings of AWS and other tools: `DBSubnetGroupDescription` of a dbSubnetGroup is its
 * description.
 */
function variantsOf(word: string, kind: string): string[] {
  const whole = fold(word);
  const prefixes = ["", "aws", ...prefixesOf(kind)];
  const heads = prefixes.flatMap((prefix) =>
    whole.startsWith(prefix) && whole.length > prefix.length ? [whole.slice(prefix.length)] : [],
  );
  return heads.flatMap((head) => [head, head.replace(/(ids?|arns?|names?|identifiers?|seconds|list)$/, "")]).map(singular);
}

/** Returns the prefixes that a kind gives to names: "securityGroup" → "securitygroup", "group", "security". */
function prefixesOf(kind: string): string[] {
  const words = kind.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  return [words.join(""), ...words];
}

/** Returns a word for comparison: upper case, `_` and `-` mean nothing. */
function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

function singular(word: string): string {
  return word.replace(/s$/, "");
}

function lookUp(word: string, table: Readonly<Record<string, string>>): string | undefined {
  const exact = Object.hasOwn(table, word) ? table[word] : undefined;
  return exact ?? Object.entries(table).find(([name]) => fold(name) === fold(word))?.[1];
}
