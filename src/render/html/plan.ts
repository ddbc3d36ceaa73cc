/** A plan as an HTML page. */
import type { Diagnostic } from "../../diag/diagnostic.ts";
import type { Reached } from "../../picture/reached.ts";
import { escape, signs } from "../../picture/svg.ts";
import type { Action, Plan, ReachChange, Step } from "../../plan/plan.ts";
import { isPublic } from "../../reach/parties.ts";
import { linesOfChange, linesOfTags, type ChangeLine } from "../change-lines.ts";
import { planJson } from "../plan-json.ts";
import { agreementOr, leftSentences, narrowedSentence } from "../plan-text.ts";
import { flowText, publicFirst, viaText } from "../reach-changes.ts";
import { countSteps, describeCounts, describeLosses } from "../summary.ts";
import { placeOf } from "../values.ts";
import { flowsHtml } from "./flows.ts";
import { pageHtml, type Section } from "./page.ts";

export interface PlanPage {
  readonly plan: Plan;
  readonly diagnostics: readonly Diagnostic[];
  /** The picture as SVG without its own style. */
  readonly picture: string;
  readonly reached: Reached;
  readonly commit?: string | undefined;
}

export function planHtml({ plan, diagnostics, picture, reached, commit }: PlanPage): string {
  const losses = describeLosses(plan.steps);
  const counts = countSteps(plan.steps);
  const left = leftSentences(plan);
  const notes = [
    ...diagnostics.map(diagnosticHtml),
    ...plan.notes.map(({ address, text, at }) => item(`${address === undefined ? "" : `${address}: `}${text}`, placeOf(at))),
  ];
  return pageHtml({
    title: `Plan of ${plan.project}/${plan.environment}`,
    heading: `Plan of ${plan.project}/${plan.environment}`,
    lines: [
      `Account ${plan.account}, ${plan.region}${commit === undefined ? "" : `, commit ${commit.slice(0, 12)}`}`,
      counts.changes === 0 ? agreementOr(left, plan) : `${describeCounts(counts)}.`,
      ...[narrowedSentence(plan), counts.changes === 0 ? "" : left].filter((line) => line !== ""),
      ...(losses === undefined ? [] : [losses]),
    ],
    sections: [
      { id: "changes", title: "Changes", html: changesHtml(plan.steps) },
      networkSection(picture, true),
      ...reachSections(plan),
      { id: "reach", title: "Who can reach whom", html: flowsHtml(reached) },
      ...(notes.length > 0 ? [{ id: "notes", title: "Notes", html: `<ul>${notes.join("")}</ul>` }] : []),
    ],
    data: planJson(plan, diagnostics),
  });
}

/** A network as a page of its own. */
export function networkHtml(title: string, line: string, picture: string, reached: Reached): string {
  return pageHtml({
    title: `Network of ${title}`,
    heading: title,
    lines: [line],
    sections: [networkSection(picture, false), { id: "reach", title: "Who can reach whom", html: flowsHtml(reached) }],
  });
}

/** Returns the sections with the flows that the plan opens and closes, with everything on their way considered. */
function reachSections({ reach }: Plan): readonly Section[] {
  const section = (verb: "opens" | "closes", changes: readonly ReachChange[] = []): readonly Section[] =>
    changes.length === 0
      ? []
      : [
          {
            id: verb,
            title: `This change ${verb}`,
            html: `<ul class="lines">${publicFirst(changes)
              .map((change) => reachItem(change, verb))
              .join("")}</ul>`,
          },
        ];
  return [...section("opens", reach?.opens), ...section("closes", reach?.closes)];
}

function reachItem(change: ReachChange, verb: "opens" | "closes"): string {
  const { from, to, flows, certain, via } = change;
  const isDanger = verb === "opens" && isPublic(from);
  const head = `<code>${escape(`${from} → ${to} ${flowText(flows)}`)}</code>${certain ? "" : " (possible; not certain)"}`;
  const by = via.map((hop) => item(viaText(hop), placeOf(hop.at))).join("");
  return `<li>${isDanger ? `<span class="warn">${head}</span>` : head}${by === "" ? "" : `<ul>${by}</ul>`}</li>`;
}

function networkSection(picture: string, hasStates: boolean): Section {
  const button = (state: string, text: string) =>
    `<button type="button" data-show="${state}" aria-pressed="${state === "both"}">${text}</button>`;
  const states = `<div class="tools" data-script hidden role="group" aria-label="What the picture shows">${button("both", "Both")}${button("before", "Before")}${button("after", "After")}</div>`;
  const html = `${hasStates ? states : ""}<div class="picture" tabindex="0" role="region" aria-label="Picture of the network">${picture}</div>`;
  return { id: "network", title: "Network", html };
}

const actions: readonly Action[] = ["create", "update", "restart", "replace", "delete", "retag", "keep"];

function changesHtml(steps: readonly Step[]): string {
  if (steps.length === 0) return "<p>None.</p>";
  const counts = countSteps(steps);
  const toggles = actions
    .filter((action) => counts[action] > 0)
    .map(
      (action) =>
        `<button type="button" data-toggle="${action}" aria-pressed="true">${escape(signs[action])} ${action} (${counts[action]})</button>`,
    );
  const tools = `<div class="tools" data-script hidden role="search"><label for="filter">Filter</label><input type="search" id="filter" placeholder="address, field, value or file; / focuses" autocomplete="off"><fieldset><legend>Show</legend>${toggles.join("")}</fieldset><span role="status" id="shown"></span></div>`;
  return `${tools}<ul class="steps">\n${steps.map(stepHtml).join("\n")}\n</ul>`;
}

function stepHtml(step: Step): string {
  const changes = "changes" in step ? step.changes : [];
  const lines = [...changes.flatMap((change) => linesOfChange(change, step.because)), ...("tags" in step ? linesOfTags(step.tags) : [])];
  const loses = "loses" in step && step.loses !== undefined ? ` <span class="warn">loses ${escape(step.loses)}</span>` : "";
  const id = "id" in step ? ` <span class="at">${escape(step.id)}</span>` : "";
  const place = placeOf(step.at);
  const summary = `<summary><span class="sign" aria-hidden="true">${escape(signs[step.action])}</span>${step.action} <code>${escape(step.address)}</code>${id} <span class="because">${escape(step.because)}</span>${loses}</summary>`;
  const body = [...lines.map((line) => lineHtml(line, step.at)), ...(place === "" ? [] : [`<li class="at">${escape(place)}</li>`])].join(
    "",
  );
  return `<li class="a-${step.action}" data-action="${step.action}" data-address="${escape(step.address)}"><details>${summary}<ul class="lines">${body}</ul></details></li>`;
}

const classes = { "+": "add", "-": "del", "~": "chg", " ": "" } as const;

/**
 * Returns a line of a step. A position in the step's own file is shown by its line number alone. The step's own line number is left out,
 * because the step's last line shows it.
 */
function lineHtml({ mark, text, at, nested, warning }: ChangeLine, ofStep: Step["at"]): string {
  const isNear = at !== undefined && at.via === undefined && at.file === ofStep?.file;
  const place = !isNear ? placeOf(at) : at.line === ofStep.line ? "" : `line ${at.line}`;
  const kind = `${classes[mark]}${nested ? " nested" : ""}`.trim();
  return `<li${kind === "" ? "" : ` class="${kind}"`}>${mark} ${escape(text)}${warning === undefined ? "" : ` <span class="warn">! ${escape(warning)}</span>`}${place === "" ? "" : ` <span class="at">${escape(place)}</span>`}</li>`;
}

function diagnosticHtml({ severity, code, summary, hint, at }: Diagnostic): string {
  return item(`${severity} ${code}: ${summary}${hint === undefined ? "" : ` ${hint}`}`, placeOf(at));
}

function item(text: string, place: string): string {
  return `<li>${escape(text)}${place === "" ? "" : ` <span class="at">${escape(place)}</span>`}</li>`;
}
