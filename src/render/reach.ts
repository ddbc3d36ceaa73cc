/** Who can reach whom, as text and as JSON. */
import type { Position } from "../diag/diagnostic.ts";
import { addressText } from "../reach/addresses.ts";
import type { Explained, Hop } from "../reach/explain.ts";
import { allFlows, flowsText, isSameFlows, meetFlows, portsByProtocol } from "../reach/flows.ts";
import type { Flow } from "../reach/matrix.ts";
import { isPublic } from "../reach/parties.ts";
import { counted } from "../diag/words.ts";
import { wrap } from "./layout.ts";
import { placed } from "./placed.ts";
import { formatVersion } from "./plan-json.ts";
import { plainText, type TextOptions } from "./text-options.ts";

/** The questions about one environment, and their answers. */
export interface ReachReport {
  readonly project: string;
  readonly environment: string;
  /** The source of the network: the file alone, or AWS. */
  readonly of: "file" | "aws";
  readonly questions: readonly Explained[];
  /** Every flow, when there was no particular question. */
  readonly flows?: readonly Flow[];
  /** Things that were not considered and could make an answer wrong. */
  readonly notWeighed: readonly string[];
  /** The environment's own file. */
  readonly file: string;
  /** Returns the position in the YAML of a part of a resource. */
  at(id: string, path: string | undefined): Position | undefined;
}

export function reachText(report: ReachReport, options: TextOptions = plainText): string {
  const blocks = report.questions.map((question) => questionLines(report, question, options).join("\n"));
  if (report.flows) blocks.push(flowLines(report.flows, options).join("\n"));
  const notWeighed = report.notWeighed.map((what) =>
    wrap(`Not considered, so answers are not certain: ${what}`, options.width, "", "    ").join("\n"),
  );
  if (notWeighed.length > 0) blocks.push(notWeighed.join("\n"));
  return `${blocks.join("\n\n")}\n`;
}

// ───────────────────────────────────────────────────────────── one question

function questionLines(report: ReachReport, question: Explained, options: TextOptions): string[] {
  const { paint, width } = options;
  const { from, to, asked, answer, hops, blockedAt, needs } = question;
  const colour = answer === "reachable" ? paint.added : answer === "blocked" ? paint.removed : paint.changed; // "partly" is neither
  const what = isSameFlows(asked, allFlows) ? "" : ` ${flowsText(asked)}`;
  const lines = wrap(`${from} → ${to}${what}: ${answerText(question)}`, width, "", "    ").map(colour);
  let number = 0;
  const nameWidth = Math.min(40, Math.max(0, ...hops.map((hop) => hop.what.length)));
  for (const hop of hops) {
    const lead = hop.isBack ? "back" : String(++number).padStart(4);
    const mark = hop.passes === "yes" ? " " : hop.passes === "no" ? "✗" : "?";
    const text = `  ${lead} ${mark} ${hop.what.padEnd(nameWidth)}  ${hop.says}`;
    const paintText = hop.passes === "yes" ? (line: string) => line : hop.passes === "no" ? paint.removed : paint.changed;
    lines.push(...placed(text, placeOf(report, hop), options, paintText, " ".repeat(nameWidth + 11)));
  }
  if (needs) lines.push(...wrap(`to open it, add to ${needs.id}: ${needs.rule}`, width, "  ", "    "));
  const others = new Set(blockedAt.map((hop) => hop.what));
  others.delete(blockedAt[0]?.what ?? "");
  if (others.size > 0) lines.push(...wrap(`also blocked at ${[...others].join(", ")}`, width, "  ", "    "));
  return lines;
}

function blockedText({ from, to, hops, blockedAt }: Explained): string {
  if (blockedAt[0]) return `blocked at ${blockedAt[0].what}`;
  if (from === to) return "blocked: traffic from a resource to itself crosses no network";
  if (hops.length === 0) return "blocked: they have no addresses of the same family";
  return "blocked at its port: it does not listen there";
}

function answerText(explained: Explained): string {
  const { answer, verdict, asked, such } = explained;
  if (answer === "blocked") return blockedText(explained);
  if (answer === "partly" && such !== undefined) return `only for some of these addresses, for example ${addressText(such)}`;
  if (answer === "unknown") return `unknown: ${verdict.unknown.join("; ") || "it depends on what AWS picks"}`;
  const passing = meetFlows(verdict.must, asked);
  if (answer === "partly") return `only in part: ${flowsText(passing)}`;
  return isSameFlows(passing, asked) ? "reachable, whatever addresses AWS picks" : `reachable: ${flowsText(passing)}`;
}

/** Returns the line number, with the file in front when it is not the environment's own file. */
function placeOf({ at, file }: ReachReport, { id, path }: Hop): string {
  const position = id === undefined ? undefined : at(id, path);
  if (!position) return "";
  return position.file === file ? `line ${position.line}` : `${position.file}:${position.line}`;
}

// ───────────────────────────────────────────────────────────── all flows

function flowLines(flows: readonly Flow[], { width, paint }: TextOptions): string[] {
  if (flows.length === 0) return ["Nothing reaches anything."];
  const lines = flows.flatMap((flow) => {
    const isCertain = isSameFlows(flow.may, flow.must);
    const text = `${flow.from} → ${flow.to}  ${flowsText(flow.may)}${isCertain ? "" : "  (not all of it is certain)"}`;
    return wrap(text, width, "", "    ").map(isPublic(flow.from) ? paint.changed : (line: string) => line);
  });
  return [...lines, "", `${counted(flows.length, "flow")}. See docs/reach.md for what is not modelled.`];
}

// ───────────────────────────────────────────────────────────── JSON

export function reachJson(report: ReachReport) {
  return {
    formatVersion,
    project: report.project,
    environment: report.environment,
    of: report.of,
    notWeighed: report.notWeighed,
    ...(report.flows ? { flows: report.flows.map(flowJson) } : { questions: report.questions.map((one) => questionJson(report, one)) }),
  };
}

function flowJson({ from, to, may, must }: Flow) {
  return { from, to, possible: portsByProtocol(may), certain: portsByProtocol(must) };
}

function questionJson(report: ReachReport, { from, to, asked, answer, such, verdict, hops, needs }: Explained) {
  return {
    from,
    to,
    asked: portsByProtocol(asked),
    answer,
    ...(such === undefined ? {} : { such: addressText(such) }),
    possible: portsByProtocol(verdict.may),
    certain: portsByProtocol(verdict.must),
    unknown: verdict.unknown,
    hops: hops.map((hop) => {
      const position = hop.id === undefined ? undefined : report.at(hop.id, hop.path);
      return {
        what: hop.what,
        ...(hop.id === undefined ? {} : { id: hop.id }),
        direction: hop.isBack ? "back" : "there",
        passes: hop.passes,
        says: hop.says,
        ...(position ? { at: { file: position.file, line: position.line, column: position.column } } : {}),
      };
    }),
    ...(needs ? { needs } : {}),
  };
}
