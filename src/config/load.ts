import { dirname, resolve } from "node:path";
import type { Code } from "../diag/codes.ts";
import type { Diagnostic, Position } from "../diag/diagnostic.ts";
import { didYouMean } from "../diag/did-you-mean.ts";
import type { Desired, Kind } from "../kinds/kind.ts";
import { assertionsOf, checkAssertions } from "./assertions.ts";
import { checkResources, checkTags, whyNotTag } from "./checks.ts";
import { commonNames } from "./schema/common-fields.ts";
import { repositoryOf } from "./files/boundary.ts";
import { checkCycles } from "./cycles.ts";
import { Declared, type Declaration } from "./references/declared.ts";
import { findEnvironment, nameOf, readDocument } from "./files/documents.ts";
import type { Environment } from "./environment.ts";
import { resolvedDocument } from "./resolved-document.ts";
import { environmentTypes, typesIn } from "./type-sections.ts";
import type { Kinds, TypeKinds } from "./kinds.ts";
import { expand, type Caller, type Expanded } from "./expand/expand.ts";
import { withExamples, withUnknown } from "./example-values.ts";
import { Files, kindOfPath } from "./files/files.ts";
import { allowDestroyOf, movesOf } from "./moves.ts";
import { overridesOf } from "./expand/overrides.ts";
import { desiredOf, type Surroundings } from "./resources.ts";
import { error, type Report } from "./yaml/problem.ts";
import { redact } from "./files/secrets.ts";
import { withHintForStray } from "./yaml/stray.ts";
import { positionOf, type Spot } from "./yaml/source.ts";
import { entryOf, toPlain, valueOf, type MapTree } from "./yaml/tree.ts";
import { validateDocument, type Validated } from "./validate.ts";
import { checkKinds, resourceIndexOf } from "./kind-checks.ts";
import { withHintForExpression } from "./mistakes/foreign-expressions.ts";
import { type WrittenPlace, writtenPlace } from "./written-place.ts";
import { regions } from "./values/zones.ts";

export { listEnvironments, type Listed } from "./files/documents.ts";

export interface LoadInput {
  /** ENV of the command line: a name under environments/, or a path to a file or folder. */
  readonly nameOrPath: string;
  readonly cwd: string;
  /** The folder that holds environments/; `cwd` when absent. */
  readonly home?: string;
  readonly kinds: readonly Kind[];
  /** The source of the kinds for AWS types. Without it, a section named after a type is unknown. */
  readonly types?: TypeKinds;
  /** `--var NAME=VALUE`. */
  readonly vars?: Readonly<Record<string, string>>;
  /** `--var-file`, in order; relative to `cwd`. */
  readonly varFiles?: readonly string[];
  /** The process's environment, for INFRA_VAR_NAME. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Texts that an editor holds and has not saved, by absolute path. They are read instead of the files. */
  readonly unsaved?: ReadonlyMap<string, string>;
  /**
   * Which assertions that do not hold in the file are reported: all when absent. "certain" leaves out those that the file alone cannot
   * decide, since AWS's answers may, and violations that are only warnings, which a plan reports itself. "none" is for callers that do not
   * use assertions, or that show why they do not hold.
   */
  readonly asserted?: "certain" | "none";
  /** The facts about the caller, when AWS was asked. */
  readonly caller?: Caller;
}

export interface Loaded {
  /** Absent when there is an error among the diagnostics. */
  readonly environment?: Environment;
  /** The place of an environment with errors, where they leave no doubt about it. */
  readonly place?: WrittenPlace;
  /** All problems at once, in the order of files and lines. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Text → merged tree → validated document → desired resources → checks. Problems are returned, never thrown. */
export function loadEnvironment(input: LoadInput): Loaded {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => void diagnostics.push(diagnostic);
  const files = new Files(input.cwd, report, input.unsaved);
  const { environment, place } = load(input, files, report);
  const finished = finish(diagnostics, files);
  const isGood = environment && !finished.some(({ severity }) => severity === "error");
  if (!isGood) {
    const known = place?.(diagnostics);
    return { ...(known && { place: known }), diagnostics: finished };
  }
  const { asksCaller } = environment;
  return {
    environment: asksCaller ? { ...environment, asksCaller: { ...asksCaller, said: finished } } : environment,
    diagnostics: finished,
  };
}

interface Read {
  readonly environment?: Environment;
  /** Returns the place of the environment, as far as these problems leave no doubt about it. */
  place?(problems: readonly Diagnostic[]): WrittenPlace | undefined;
}

function load(input: LoadInput, files: Files, report: Report): Read {
  const found = unwritten(input) ?? findEnvironment(input.nameOrPath, input.cwd, input.home ?? input.cwd);
  if ("problem" in found) {
    report(found.problem);
    return {};
  }
  files.keepWithin(found.repositories);
  const written = readDocument(found.path, files, report);
  const overrides = overridesOf({ vars: {}, varFiles: [], env: {}, ...definedOf(input) }, files, report);
  if (!written) return {};
  const fileName = nameOf(found.path);
  const { kinds, told } = typesIn(written.tree, input.kinds, input.types, report);
  const expanded = expand(written.tree, { kinds: kinds.all, fileName, overrides, files, report, caller: input.caller });
  const { variables, asks } = expanded;
  const place = (problems: readonly Diagnostic[]) =>
    written.isWhole ? writtenPlace(expanded.tree, written.texts, fileName, problems) : undefined;
  const broken = new Set([...expanded.broken, ...told.map((spot) => keyOf(positionOf(spot)))]);
  const without = ({ spot }: { readonly spot: Spot }) => void broken.add(keyOf(positionOf(spot)));
  const tree = asks.size > 0 ? withExamples(expanded.tree, regionOf(expanded.tree), without) : expanded.tree;
  for (const [name, { text, mustBeDeclared }] of overrides)
    if (!mustBeDeclared && variables.has(name)) files.inline(`INFRA_VAR_${name}`, `${name}=${text}`);
  const reportNew: Report = (diagnostic) => {
    if (!broken.has(spotKey(diagnostic)) && (written.isWhole || !mayStandInBase.has(diagnostic.code))) report(diagnostic);
  };
  const validated = validateDocument(tree, kinds);
  validated.diagnostics.forEach(reportNew);
  const environment = assemble(kinds, input, fileName, { ...expanded, tree }, validated, files, reportNew);
  if (asks.size === 0) return { environment, place };
  const plain = toPlain(expanded.tree) as Validated["plain"];
  const shown = assemble(kinds, { ...input, asserted: "none" }, fileName, expanded, { ...validated, plain }, files, () => {});
  const nodes = new Map(shown.nodes.map((node) => [node.address, node]));
  const nodesWith = (text: string | undefined) => environment.nodes.map((node) => withUnknown(nodes.get(node.address) ?? node, text));
  const asksCaller = { what: asks, said: [], nodesWith, answered: (caller: Caller) => loadEnvironment({ ...input, caller }) };
  return { environment: { ...environment, nodes: nodesWith(undefined), document: shown.document!, asksCaller }, place };
}

function regionOf(tree: MapTree): string {
  const region = valueOf(tree, "region");
  return region?.type === "scalar" ? String(region.value) : "";
}

/** Finds a file, or a folder, that an editor holds in memory and that is not on the disk yet. */
function unwritten({ nameOrPath, cwd, unsaved }: LoadInput): { path: string; repositories: readonly string[] } | undefined {
  const path = resolve(cwd, nameOrPath);
  const isHeld = [...(unsaved?.keys() ?? [])].some((held) => held === path || dirname(held) === path);
  return isHeld && kindOfPath(path) === undefined ? { path, repositories: [repositoryOf(path, cwd)] } : undefined;
}

/** Codes of problems that an environment may have only because a file that it extends cannot be read. That file is the one cause. */
const mayStandInBase: ReadonlySet<Code> = new Set<Code>(["missing-field", "unknown-ref"]);

function definedOf({ vars, varFiles, env }: LoadInput) {
  return { ...(vars && { vars }), ...(varFiles && { varFiles }), ...(env && { env }) };
}

function assemble(
  { all: kinds, types }: Kinds,
  input: LoadInput,
  fileName: string,
  { tree, repetitions, prefixes, variables, outputs, mayLack, isWhole }: Expanded,
  validated: Validated,
  files: Files,
  report: Report,
): Environment {
  const top = validated.plain as Top;
  const name = String(top.environment ?? fileName);
  const region = String(top.region ?? "");
  checkTop(tree, name, region, report);
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const known = new Set(validated.diagnostics.map(spotKey));
  const declared = new Declared(kinds, tree, validated.plain, repetitions, prefixes, mayLack);
  const tags = isMapping(top.tags) ? top.tags : {};
  const project = String(top.project ?? "");
  const account = top.account === undefined ? undefined : String(top.account);
  const around = { project, environment: name, region, account, tags, tagsTree: valueOf(tree, "tags"), declared, files, report };
  const nodes = declared.all.flatMap((declaration): Desired | readonly Desired[] => {
    const broken = validated.broken(declaration.kind.section, declaration.name);
    if (!broken) return desiredOf(declaration, around) ?? [];
    checkRest(declaration, broken, known, around);
    return [];
  });
  const index = resourceIndexOf(region, nodes);
  const cycles = checkCycles(nodes, byName);
  const others = nodes.filter(({ address }) => !cycles.members.has(address));
  for (const check of [checkResources(nodes, byName, tags), cycles.diagnostics, checkKinds(others, index, declared, byName)])
    check.forEach(report);
  const assertions = assertionsOf(tree, (assertion) => validated.broken("assert", assertion) !== undefined, report);
  if (isWhole && declared.all.length === nodes.length && !cycles.members.size && input.asserted !== "none")
    checkAssertions(assertions, kinds, index, name)
      .filter(
        ({ code, severity }) =>
          input.asserted === undefined || (code !== "assert-unknown" && !(code === "assert-violated" && severity === "warning")),
      )
      .forEach(report);
  return {
    format: 1,
    project,
    name,
    region,
    ...(top.account !== undefined && { account: String(top.account), accountAt: positionOf(valueOf(tree, "account")!.spot) }),
    ...(top.assumeRole !== undefined && { assumeRole: String(top.assumeRole) }),
    maxDisruption: top.maxDisruption ?? "replace",
    allowDestroy: allowDestroyOf(tree, declared, report),
    moved: movesOf(tree, declared, report),
    tags,
    nodes,
    ...(assertions.length > 0 && { assertions }),
    ...(input.types && { types: environmentTypes(types, input.types) }),
    outputs,
    document: () => resolvedDocument(validated.plain, outputs, tree.spot.source.folder, around),
    variables: variables.reports(),
    files: [...files.read],
    at: startOf(tree),
  };
}

/** Looks for further mistakes in a resource that has one, so that all problems are reported at once. Nothing builds on the result. */
function checkRest(declaration: Declaration, broken: ReadonlySet<string>, known: ReadonlySet<string>, around: Surroundings): void {
  const report = (diagnostic: Diagnostic) => {
    if (!known.has(spotKey(diagnostic))) around.report(diagnostic);
  };
  const plain = Object.fromEntries(Object.entries(declaration.plain).filter(([field]) => !broken.has(field) || !commonNames.has(field)));
  const rest = desiredOf({ ...declaration, plain }, { ...around, report });
  if (rest) checkTags(rest, declaration.kind, around.tags).forEach(report);
}

/** The top of a document, as far as it fits the schema. */
interface Top {
  readonly project?: unknown;
  readonly environment?: unknown;
  readonly region?: unknown;
  readonly account?: unknown;
  readonly assumeRole?: unknown;
  readonly maxDisruption?: Environment["maxDisruption"];
  readonly tags?: unknown;
}

function checkTop(tree: MapTree, name: string, region: string, report: Report): void {
  if (!entryOf(tree, "environment") && !/^[a-z][a-z0-9-]{0,39}$/.test(name)) {
    const hint = "write `environment:` with lower-case letters, digits and -, at most 40, beginning with a letter";
    report(error("bad-name", startOf(tree), `the file's name would make "${name}" the environment's name, which is not allowed.`, hint));
  }
  checkRegion(tree, region, report);
  const tags = valueOf(tree, "tags");
  if (tags?.type !== "map") return;
  for (const [tag, { key, value }] of tags.entries)
    if (value.type === "scalar" && typeof value.value === "string")
      for (const why of whyNotTag(tag, value.value)) report(error("bad-tag", positionOf(key), `the environment's tags: ${why}.`));
}

/** Warns of an unknown region. It is only a warning, because AWS opens regions more often than we release. */
function checkRegion(tree: MapTree, region: string, report: Report): void {
  const written = valueOf(tree, "region");
  if (!written || !/^([a-z]{2}|eusc)(-[a-z]+)+-\d$/.test(region) || regions.includes(region)) return;
  const near = didYouMean(region, regions);
  const found = error("unknown-region", positionOf(written.spot), `AWS has no region "${region}".`, near && `did you mean "${near}"?`);
  report({ ...found, severity: "warning" });
}

function startOf(tree: MapTree): Position {
  const source = tree.spot.source;
  return { file: source.file, line: 1, column: 1, text: source.line(1) };
}

function isMapping(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const keyOf = (at: Position | undefined) => `${at?.file}:${at?.line}:${at?.column}`;
const spotKey = ({ at }: Diagnostic) => keyOf(at);
const lineKey = ({ at }: Diagnostic) => `${at?.file}:${at?.line}`;

/**
 * Returns the diagnostics sorted by place and each once, without consequences of a line that could not be read, and without the secrets
 * that were found.
 */
function finish(diagnostics: readonly Diagnostic[], files: Files): Diagnostic[] {
  const seen = new Set<string>();
  const distinct = diagnostics.filter(({ code, at, summary }) => {
    // A mistake in a repeated resource is one mistake, however many objects have it.
    const key = `${code}|${at?.file}|${at?.line}|${at?.column}|${withoutOwner(withoutUse(summary, at), at).replace(/\[[^\]]*\]/g, "[]")}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
  const misread = new Set(distinct.filter(({ code }) => code === "bad-expression" || code === "env-in-yaml").map(lineKey));
  const unread = new Set(distinct.filter(({ code, severity }) => code.startsWith("yaml-") && severity === "error").map(lineKey));
  const secret = new Set(distinct.filter(({ code, summary }) => code === "secret-in-text" && summary.includes("password")).map(spotKey));
  const causes = distinct
    .filter((diagnostic) => diagnostic.code !== "bad-value" || !secret.has(spotKey(diagnostic)))
    .filter((diagnostic) => diagnostic.code.startsWith("yaml-") || !unread.has(lineKey(diagnostic)))
    .filter((diagnostic) => !isOfUnreadExpression(diagnostic) || !misread.has(lineKey(diagnostic)))
    .map(withHintForExpression)
    .map(withHintForStray)
    .sort(byPlace);
  return atMost(causes).map((diagnostic) => redact(diagnostic, [...new Set(files.secrets)].slice(0, mostProblems)));
}

/** Takes the name of the use out of a summary. A mistake in a part is one mistake, although its resources have other names in each use. */
function withoutUse(summary: string, at: Diagnostic["at"]): string {
  const prefix = at?.via?.use.slice("use/".length).replace(/\[([^\]]*)\]/g, "-$1");
  return prefix === undefined ? summary : summary.replaceAll(`/${prefix}-`, "/");
}

/**
 * Takes the resource out of a summary. A mistake behind an anchor is one mistake, however many resources and fields name the anchor. An
 * expression is kept, because it has a value in each resource. Without a place, two mistakes cannot be known to be one.
 */
function withoutOwner(summary: string, at: Diagnostic["at"]): string {
  if (at?.text === undefined) return summary;
  const written = at.text.slice(at.column - 1, at.column - 1 + (at.length ?? 1));
  return written.includes("${") ? summary : summary.replace(/^[A-Za-z:]+\/\S+?(?:: [\w.[\]-]+)?(?= |: )/, "");
}

/** Whether a diagnostic is about a text that holds an expression without a value. Then only the expression is wrong. */
function isOfUnreadExpression({ code, summary }: Diagnostic): boolean {
  return /^(bad-cidr|bad-tag|bad-value|bad-zone|unknown-ref|wrong-kind|ambiguous-ref)$/.test(code) && /\$\{|"\$"/.test(summary);
}

/** The most problems that are returned. Nobody reads more, and no reader of JSON should have to hold them. */
const mostProblems = 1_000;

function atMost(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const more = diagnostics.length - mostProblems;
  if (more <= 0) return diagnostics;
  const isError = diagnostics.slice(mostProblems).some(({ severity }) => severity === "error");
  const summary = `There are ${more.toLocaleString("en")} more problems.`;
  const last: Diagnostic = {
    code: "too-many-problems",
    severity: isError ? "error" : "warning",
    summary,
    hint: "correct those above first",
  };
  return [...diagnostics.slice(0, mostProblems), last];
}

function byPlace({ at: a }: Diagnostic, { at: b }: Diagnostic): number {
  const [here, there] = [a?.file ?? "", b?.file ?? ""];
  if (here !== there) return here < there ? -1 : 1;
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
