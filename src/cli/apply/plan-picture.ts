import { resourceIndexOf } from "../../config/kind-checks.ts";
import type { Diagnostic } from "../../diag/diagnostic.ts";
import { kindsFor, type Environment } from "../../config/environment.ts";
import type { PlanRun } from "../../engine.ts";
import { kinds } from "../../kinds/index.ts";
import type { Kind, Live } from "../../kinds/kind.ts";
import { inputOfPlan } from "../../picture/changes.ts";
import { pictureOf } from "../../picture/picture.ts";
import type { PictureInput } from "../../picture/input.ts";
import { aimedIndex } from "../../plan/index-after.ts";
import { resourceIndexOf as foundIndexOf, subjectOfFound } from "../../plan/resource-index.ts";
import type { Observed } from "../../plan/observed.ts";
import { planHtml } from "../../render/html/plan.ts";

/** Returns the network of a plan as SVG. */
export function planPicture(run: PlanRun): string {
  return pictureOf(inputOfRun(run));
}

/** Returns a plan as an HTML page with its picture. */
export function planPage(run: PlanRun, diagnostics: readonly Diagnostic[], commit: string | undefined): string {
  const input = inputOfRun(run);
  return planHtml({ plan: run.plan, diagnostics, picture: pictureOf(input, false), reached: input, commit });
}

/** Returns the found and the planned resources as the input of a picture. It computes who can reach whom as the plan does. */
export function inputOfRun({ plan, planned, observed, environment }: PlanRun): PictureInput {
  const before = [...observed.objects.values()].map(subjectOfFound);
  const wanted = plan.goal === "destroy" ? [] : environment.nodes;
  const lives = livesIn(observed);
  const isMade = new Set(plan.steps.flatMap(({ action, address }) => (action === "create" || action === "replace" ? address : [])));
  return inputOfPlan({
    kinds: kindsIn(environment, observed),
    plan,
    before,
    wanted,
    index: (subjects) => resourceIndexOf(plan.region, subjects),
    reached: {
      before: { subjects: before, index: foundIndexOf(plan.region, new Map(), observed), lives },
      after: {
        subjects: wanted,
        index: aimedIndex(plan.region, planned.decisions, observed),
        lives: new Map([...lives].filter(([address]) => !isMade.has(address))),
      },
    },
  });
}

/** Returns the kinds of all declared and found resources. Kinds for AWS types are made only when something names them. */
export function kindsIn(environment: Environment, observed?: Observed): readonly Kind[] {
  return [...new Set([...kindsFor(kinds, environment), ...[...(observed?.objects.values() ?? [])].map(({ kind }) => kind)])];
}

export function livesIn({ objects }: Observed): ReadonlyMap<string, Live> {
  return new Map([...objects.values()].map(({ address, live }) => [address, live]));
}
