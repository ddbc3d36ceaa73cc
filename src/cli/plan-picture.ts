import { resourceIndexOf } from "../config/kind-checks.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { PlanRun } from "../engine.ts";
import { kinds } from "../kinds/index.ts";
import type { Subject } from "../kinds/kind.ts";
import { worldOfPlan } from "../picture/changes.ts";
import { pictureOf } from "../picture/picture.ts";
import type { World } from "../picture/scene.ts";
import type { Found } from "../plan/observed.ts";
import { planHtml } from "../render/html/plan.ts";

/** What a plan makes of a network, as SVG. */
export function planPicture(run: PlanRun): string {
  return pictureOf(worldOfRun(run));
}

/** A plan as an HTML page with its picture. */
export function planPage(run: PlanRun, diagnostics: readonly Diagnostic[], commit: string | undefined): string {
  const world = worldOfRun(run);
  return planHtml({ plan: run.plan, diagnostics, picture: pictureOf(world, false), flows: world.flows, commit });
}

/** What a plan found and what it would make, as a world to draw. */
export function worldOfRun({ plan, observed, environment }: PlanRun): World {
  return worldOfPlan({
    kinds,
    plan,
    before: [...observed.objects.values()].map(subjectOf),
    wanted: plan.goal === "destroy" ? [] : environment.nodes,
    index: (subjects) => resourceIndexOf(plan.region, subjects),
  });
}

/** What was found, as kinds see what is declared. */
export function subjectOf({ address, kind, linked, live }: Found): Subject {
  return { address, kind: kind.name, name: address.slice(address.indexOf("/") + 1), spec: linked, tags: live.tags };
}
