/** Decides which of the found objects a file may declare, and why the others stay outside of it. Pure. */
import type { AwsId, Kind, Live, Spec } from "../kinds/kind.ts";
import { idsOf, makerOf } from "../resource/ownership-check.ts";
import { ownership } from "../resource/ownership.ts";
import type { Remark } from "../kinds/kind.ts";
import type { Discovered } from "./discover.ts";

/** An object that the file declares: its spec as an author writes it, with AWS ids where it refers to others. */
export interface Taken {
  readonly kind: Kind;
  readonly live: Live;
  readonly spec: Spec;
  readonly remarks: readonly Remark[];
  /** The name that people use, when AWS has no name for the object. */
  readonly called?: string | undefined;
}

/** An object that the file can only refer to by `{ id }`. */
export interface Outside {
  readonly kind: Kind;
  readonly live: Live;
  readonly why: string;
  /**
   * "service": made by AWS or by a service; "stack": made by a CloudFormation stack; "owned": another environment has it; "shared": another
   * account owns it; "unsayable": no file can describe it.
   */
  readonly how: "service" | "stack" | "owned" | "shared" | "unsayable";
}

export interface Classified {
  readonly taken: readonly Taken[];
  readonly outside: readonly Outside[];
}

/** Sorts the found objects. `gone`: the ids of stacks that no longer manage their objects, or that are about to let go of them. */
export function classify({ lives }: Discovered, account: string, gone: ReadonlySet<string> = new Set()): Classified {
  const taken: Taken[] = [];
  const outside: Outside[] = [];
  const own = [...lives].flatMap(([kind, some]) => [...some.values()].map((live) => ({ kind, live })));
  const isLeft = new Map(own.map(({ kind, live }) => [live, whyOutside(live, account, kind, gone)]));
  const specOf = specsOf(own.filter(({ live }) => !isLeft.get(live)));
  for (const { kind, live } of own) {
    const left = isLeft.get(live);
    const authored = left ?? kind.authored!(live.spec, live, specOf);
    if ("why" in authored) outside.push(authored);
    else if ("madeByAws" in authored) outside.push({ kind, live, why: authored.madeByAws, how: "service" });
    else if ("left" in authored) outside.push({ kind, live, why: authored.left, how: "unsayable" });
    else {
      const remarks = [...(authored.remarks ?? []), ...unfinished(live)];
      taken.push({ kind, live, spec: authored.spec as Spec, remarks, called: authored.called });
    }
  }
  return withoutOrphans({ taken, outside });
}

/**
 * Moves parts whose holder is not in the file to the objects outside, and then the parts of these parts. They cannot be adopted, because
 * only the tags of the holder could say who owns them.
 */
function withoutOrphans({ taken, outside }: Classified): Classified {
  const orphans = taken.flatMap((one): Outside[] => {
    const holder = outside.find((other) => other.how !== "owned" && isToldBy(one, other));
    if (!holder) return [];
    const why = `its owner is known only from the tags of ${holder.kind.section} ${holder.live.id}, which is left out`;
    return [{ kind: one.kind, live: one.live, why, how: "unsayable" }];
  });
  if (orphans.length > 0) {
    const left = new Set(orphans.map(({ live }) => live));
    return withoutOrphans({ taken: taken.filter(({ live }) => !left.has(live)), outside: [...outside, ...orphans] });
  }
  return { outside, taken: taken.map((one) => (taken.some((other) => isToldBy(one, other)) ? one : withHolder(one))) };
}

function withHolder(one: Taken): Taken {
  const { toldBy } = one.live;
  if (!toldBy) return one;
  const text = `its owner is known only from the tags of ${toldBy.kind} ${toldBy.id}: adopt that in this environment first, or together with it`;
  return { ...one, remarks: [...one.remarks, { text }] };
}

function isToldBy({ live: { toldBy } }: Pick<Taken, "live">, { kind, live }: Pick<Taken, "kind" | "live">): boolean {
  return toldBy !== undefined && toldBy.kind === kind.name && idsOf(live).includes(toldBy.id);
}

type SpecOf = (id: AwsId, kind?: string) => Spec | undefined;

/** Returns a look-up of specs by id and alias. It takes a kind, too, because an alias may equal the id of an object of another kind. */
export function specsOf(objects: Iterable<{ readonly kind: Kind; readonly live: Live }>): SpecOf {
  const specs = new Map<string, Spec>();
  for (const { kind, live } of objects)
    for (const id of idsOf(live)) for (const key of [id, `${kind.name} ${id}`]) specs.set(key, live.spec as Spec);
  return (id, kind) => specs.get(kind === undefined ? id : `${kind} ${id}`);
}

/** Returns one object as an author writes it; undefined when nobody would write it. */
export function taken(kind: Kind, live: Live, specOf: SpecOf): Taken | undefined {
  const authored = kind.authored!(live.spec, live, specOf);
  return "spec" in authored ? { kind, live, spec: authored.spec as Spec, remarks: authored.remarks ?? [] } : undefined;
}

/** Returns a remark about an object that is not ready, because AWS does not yet tell all of it. */
function unfinished({ state }: Live): Remark[] {
  if (state === "ready") return [];
  return [{ text: state === "pending" ? "it is not ready yet: import it again when AWS has finished" : "AWS reports that it failed" }];
}

function whyOutside(live: Live, account: string, kind: Kind, gone: ReadonlySet<string>): Outside | undefined {
  if (live.owner !== undefined && live.owner !== account) return { kind, live, why: `it belongs to account ${live.owner}`, how: "shared" };
  const maker = makerOf(live, gone);
  if (maker) return { kind, live, why: `made by ${maker.who}`, how: maker.tag.startsWith("aws:cloudformation:") ? "stack" : "service" };
  const { [ownership.environment]: environment, [ownership.project]: project, [ownership.resource]: resource } = live.tags;
  if (environment === undefined || resource === undefined) return undefined;
  return { kind, live, why: `it is ${resource} of ${project ?? "no project"}/${environment}`, how: "owned" };
}
