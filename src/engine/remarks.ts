/** Notes of a plan about things that it does not change: contested fields, objects that are in no file, environments under another name. */
import type { Aws } from "../aws/aws.ts";
import { isDenied } from "../aws/errors.ts";
import type { Environment } from "../config/environment.ts";
import type { AwsId, Kind } from "../kinds/kind.ts";
import { liveEnvironments } from "../observe/environments.ts";
import type { Drivers } from "../observe/drivers.ts";
import type { Planned } from "../plan/planned.ts";
import type { Observed } from "../plan/observed.ts";
import type { Note } from "../plan/plan.ts";
import { idsOf } from "../resource/ownership-check.ts";

/** The values that earlier applies have set matter only to a plan that would set some. */
export function unreadHistory({ denied }: { readonly denied?: string }, { plan }: Planned): Note[] {
  if (denied === undefined || !plan.steps.some(({ action }) => action === "update" || action === "restart")) return [];
  return [{ code: "not-looked-at", text: `infra could not read which fields are contested: ${denied}` }];
}

/** Returns a note for each object in our networks that is in no YAML and belongs to nobody that we know of. */
export async function unmanagedIn(kinds: readonly Kind[], drivers: Drivers, aws: Aws, observed: Observed): Promise<Note[]> {
  const ours = new Map<string, Set<AwsId>>();
  const known = new Map<string, Set<AwsId>>();
  for (const { kind, live } of [...observed.objects.values(), ...observed.leftovers]) {
    ours.set(kind.name, (ours.get(kind.name) ?? new Set()).add(live.id));
    known.set(kind.name, new Set([...(known.get(kind.name) ?? []), ...idsOf(live)]));
  }
  // The plan says more about objects that may be ours, and about copies with our tags.
  const told = new Set(observed.notes.flatMap(({ code, id }) => (code === "copy" && id !== undefined ? [id] : [])));
  for (const { live } of observed.doubles ?? []) told.add(live.id);
  const found = await Promise.all(
    kinds.map(async (kind): Promise<Note[]> => {
      const driver = await drivers.of(kind);
      try {
        const members = (await driver.within?.(aws, ours)) ?? [];
        const unmanaged = members.filter(({ id, isMadeByService }) => !isMadeByService && !known.get(kind.name)?.has(id) && !told.has(id));
        return unmanaged.map(({ id, what }) => ({ code: "stranger", id, text: `${id} (${what}) is not in the YAML; it is left alone` }));
      } catch (error) {
        if (!isDenied(error)) throw error;
        const text = `infra could not look for ${kind.section} of others in these networks: ${error.operation} was denied (${error.code})`;
        return [{ code: "not-looked-at", text }];
      }
    }),
  );
  return found.flat();
}

/** A plan that would create everything may belong to an old environment under a new name. */
export async function namesakes(aws: Aws, environment: Environment, known: readonly string[]): Promise<Note[]> {
  try {
    const live = await liveEnvironments(aws, environment.project);
    const others = [...live].filter(([name]) => name !== environment.name && !known.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1));
    if (others.length === 0) return [];
    const names = others.map(([name, objects]) => `${name} (${objects} object${objects === 1 ? "" : "s"})`).join(", ");
    return [
      {
        code: "live-without-yaml",
        text: `project ${environment.project} has environments in AWS without YAML here: ${names}; was this environment renamed?`,
        at: environment.at,
      },
    ];
  } catch (error) {
    if (!isDenied(error)) throw error;
    return [
      {
        code: "not-looked-at",
        text: `infra could not look for other environments of the project: ${error.operation} was denied (${error.code})`,
      },
    ];
  }
}
