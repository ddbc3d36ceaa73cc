/** Recognises files of other tools by their keys, so that one sentence says it instead of an error for each key. */
import type { Diagnostic } from "../../diag/diagnostic.ts";
import { error } from "../yaml/problem.ts";
import { positionOf, type Source, type Spot } from "../yaml/source.ts";
import { entryOf, valueOf, type MapTree, type Tree } from "../yaml/tree.ts";

interface Tool {
  /** "a CloudFormation template" */
  readonly what: string;
  /** Returns the key that shows the tool; undefined when the file is another one. */
  readonly sign: (tree: MapTree) => string | undefined;
}

const tools: readonly Tool[] = [
  { what: "a CloudFormation template", sign: cloudFormation },
  { what: "a file of eksctl", sign: (tree) => (textOf(tree, "apiVersion").startsWith("eksctl.io/") ? "apiVersion" : undefined) },
  { what: "a Kubernetes manifest", sign: all("apiVersion", "kind") },
  { what: "a Helm chart", sign: all("apiVersion", "appVersion") },
  {
    what: "a Docker Compose file",
    sign: (tree) => (hasOnly(tree, ["services", "volumes", "networks", "version", "name", "configs", "secrets"]) ? "services" : undefined),
  },
  {
    what: "a Terraform configuration",
    sign: (tree) => ["terraform", "resource", "provider", "module", "locals"].find((key) => isMap(tree, key)),
  },
  { what: "a Pulumi program", sign: all("runtime", "name") },
  { what: "a serverless.yml", sign: all("service", "provider", "functions") },
  { what: "a workflow of GitHub Actions", sign: all("on", "jobs") },
];

/** Returns the one problem of a file that belongs to another tool; undefined when nothing shows that. */
export function foreignFile(tree: Tree): Diagnostic | undefined {
  if (tree.type === "list") return playbook(tree);
  if (tree.type !== "map" || entryOf(tree, "project")) return undefined;
  for (const { what, sign } of tools) {
    const key = sign(tree);
    if (key !== undefined) return foreign(what, tree, key);
  }
  return undefined;
}

/**
 * Does the same for a text that is no YAML with keys, when its content begins with a Terraform block such as `resource "aws_vpc" "main" {`.
 */
export function foreignText(source: Source): Diagnostic | undefined {
  const comments = /^(?:\s+|#.*|\/\/.*|\/\*[^]*?\*\/)*/.exec(source.text)![0].length;
  const block = /^(?:terraform|provider|resource|data|variable|locals|module|output|import|moved|check)\b(?:[ \t]+"[^"\n]*")*[ \t]*\{/;
  const found = block.exec(source.text.slice(comments, comments + 1000));
  return found ? told("a Terraform configuration", { source, start: comments, end: comments + found[0].length }) : undefined;
}

function foreign(what: string, tree: MapTree, key: string): Diagnostic {
  return told(what, entryOf(tree, key)?.key ?? tree.spot);
}

function told(what: string, spot: Spot): Diagnostic {
  return error(
    "foreign-file",
    positionOf(spot),
    `This is ${what}, not an environment of infra.`,
    "an environment begins with `project:` and `region:`, then `vpcs:`, `subnets:` and so on; `infra init` writes an example",
  );
}

function cloudFormation(tree: MapTree): string | undefined {
  if (entryOf(tree, "AWSTemplateFormatVersion")) return "AWSTemplateFormatVersion";
  const resources = valueOf(tree, "Resources");
  const isTyped = resources?.type === "map" && [...resources.entries.values()].some(({ value }) => entryOf(value, "Type"));
  return isTyped ? "Resources" : undefined;
}

function playbook(tree: Tree): Diagnostic | undefined {
  const first = tree.type === "list" ? tree.items[0] : undefined;
  if (first?.type !== "map" || !entryOf(first, "hosts")) return undefined;
  return foreign("an Ansible playbook", first, "hosts");
}

function all(...keys: readonly string[]) {
  return (tree: MapTree) => (keys.every((key) => entryOf(tree, key)) ? keys[0] : undefined);
}

function hasOnly(tree: MapTree, keys: readonly string[]): boolean {
  return isMap(tree, keys[0]!) && [...tree.entries.keys()].every((key) => keys.includes(key) || key.startsWith("x-"));
}

function isMap(tree: MapTree, key: string): boolean {
  return valueOf(tree, key)?.type === "map";
}

function textOf(tree: MapTree, key: string): string {
  const value = valueOf(tree, key);
  return value?.type === "scalar" ? value.raw : "";
}
