import type { Diagnostic, Position } from "../diag/diagnostic.ts";
import type { Plan, ReachChange } from "../plan/plan.ts";
import { isPublic } from "../reach/parties.ts";
import type { DriftReport, Urgency } from "./drift.ts";
import { findingSentence } from "./drift-text.ts";
import { reachSentence } from "./reach-changes.ts";

/** GitHub shows the first 5,000 results of a run and refuses more than 25,000. */
const mostResults = 5_000;

/** The documentation of the rules: the table of codes, which the command line passes in. */
export type RuleDocs = Readonly<Record<string, { readonly title: string; readonly cause: string; readonly cure: string }>>;

export interface SarifProblem {
  readonly rule: string;
  readonly level: "error" | "warning" | "note";
  readonly text: string;
  readonly at: Position;
  /** A text that stays the same when lines move. GitHub uses it to match results from one run to the next. */
  readonly fingerprint: string;
}

/** Returns diagnostics as problems. Those without a position get `fallback`. */
export function problemsOfDiagnostics(diagnostics: readonly Diagnostic[], fallback: Position): SarifProblem[] {
  return diagnostics.map(({ code, severity, summary, hint, at }) => ({
    rule: code,
    level: severity,
    text: hint === undefined ? summary : `${summary}\n${hint}`,
    at: at ?? fallback,
    fingerprint: `${code}:${summary}`,
  }));
}

/** Returns drift as problems on the lines of the YAML. */
export function problemsOfDrift(report: DriftReport, fallback: Position): SarifProblem[] {
  return report.findings.map((finding) => ({
    rule: `drift-${finding.group}`,
    level: levels[finding.urgency],
    text: findingSentence(finding),
    at: finding.at ?? fallback,
    fingerprint: [report.project, report.environment, finding.address, finding.path, finding.item].filter(Boolean).join(":"),
  }));
}

/** Returns the flows that a plan opens and closes, as problems on the lines that cause them. */
export function problemsOfReach({ project, environment, reach }: Plan, fallback: Position): SarifProblem[] {
  const told = (verb: "opens" | "closes") => (change: ReachChange) => {
    const isDanger = verb === "opens" && isPublic(change.from);
    return {
      rule: isDanger ? "opens-to-internet" : `plan-${verb}`,
      level: isDanger ? ("warning" as const) : ("note" as const),
      text: `This change ${verb} ${reachSentence(change)}.`,
      // The last line on the way, so that it is a rule and not a route.
      at: change.via.findLast(({ at }) => at !== undefined)?.at ?? fallback,
      fingerprint: [project, environment, verb, change.from, change.to, JSON.stringify(change.flows)].join(":"),
    };
  };
  return [...(reach?.opens ?? []).map(told("opens")), ...(reach?.closes ?? []).map(told("closes"))];
}

/** Returns a SARIF 2.1.0 log with one run. */
export function sarif(problems: readonly SarifProblem[], version: string, docs: RuleDocs): object {
  const shown = problems.slice(0, mostResults);
  const ids = [...new Set(shown.map(({ rule }) => rule))];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "infra", semanticVersion: version, rules: ids.map((id) => rule(id, docs[id] ?? driftDocs[id] ?? reachDocs[id])) },
        },
        columnKind: "unicodeCodePoints",
        results: shown.map((problem) => ({
          ruleId: problem.rule,
          ruleIndex: ids.indexOf(problem.rule),
          level: problem.level,
          message: { text: problem.text },
          locations: [location(problem.at)],
          partialFingerprints: { "infra/v1": problem.fingerprint.slice(0, 500) },
        })),
        ...(problems.length > shown.length && { properties: { omitted: problems.length - shown.length } }),
      },
    ],
  };
}

const levels: Readonly<Record<Urgency, SarifProblem["level"]>> = {
  exposure: "error",
  safety: "error",
  traffic: "warning",
  object: "warning",
  setting: "warning",
  label: "note",
};

const driftDocs: RuleDocs = {
  "drift-changed": {
    title: "AWS differs from the YAML",
    cause: "Somebody or something changed it outside of infra.",
    cure: "`infra apply` restores the value; or write the new value into the YAML.",
  },
  "drift-missing": {
    title: "In the YAML and not in AWS",
    cause: "It was deleted outside of infra, or never applied.",
    cure: "`infra apply` creates it; or remove it from the YAML.",
  },
  "drift-added": {
    title: "In AWS and not in the YAML",
    cause: "It was added outside of infra, or removed from the YAML and not applied.",
    cure: "`infra apply` removes it; or write it into the YAML.",
  },
};

const reachDocs: RuleDocs = {
  "opens-to-internet": {
    title: "The plan opens something to the internet",
    cause: "When the plan is done, addresses of the internet can open a connection that they could not open before.",
    cure: "Narrow the rule or the route on this line. An assertion (`assert:`) forbids it permanently; `infra reach ENV internet TO PORT` shows every hop.",
  },
  "plan-opens": {
    title: "The plan opens a connection",
    cause: "When the plan is done, one resource can open a connection to another that it could not open before.",
    cure: "If you want this, there is nothing to do. `infra reach ENV FROM TO PORT` shows every hop.",
  },
  "plan-closes": {
    title: "The plan closes a connection",
    cause: "A connection that can be opened now cannot be opened when the plan is done.",
    cure: "If you want this, there is nothing to do. `infra reach ENV FROM TO PORT` shows what blocks it.",
  },
};

function rule(id: string, doc: RuleDocs[string] | undefined): object {
  if (!doc) return { id, shortDescription: { text: id } };
  return { id, shortDescription: { text: doc.title }, fullDescription: { text: doc.cause }, help: { text: `${doc.cause}\n\n${doc.cure}` } };
}

function location({ file, line, column, length }: Position): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" },
      region: { startLine: line, startColumn: column, ...(length !== undefined && { endColumn: column + length }) },
    },
  };
}
