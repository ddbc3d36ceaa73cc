/** The input of a picture: every object, how its kind draws it, the action of a plan, and the objects that it names. */
import type { Address, Drawn, Kind, Live, ResourceIndex, Subject } from "../kinds/kind.ts";
import { lateIn } from "../resource/late.ts";
import { refsOf } from "../resource/references.ts";
import { type Reached, reachedIn } from "./reached.ts";

/** Everything that a picture is made from. */
export interface PictureInput extends Reached {
  /** "project/environment". */
  readonly title: string;
  readonly region: string;
  readonly shown: readonly Shown[];
  /** The picture shows a plan, even when no object has a mark. */
  readonly isPlan?: true;
  /** The picture shows only the objects that change. */
  readonly isPart?: true;
}

/** One object and how its kind draws it. */
export interface Shown {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly drawn: Drawn;
  readonly mark?: Mark;
  /** The addresses of the objects that it names. */
  readonly names?: readonly Address[];
}

/** The action of a plan on an object. */
export type Mark = "create" | "update" | "restart" | "replace" | "delete" | "retag" | "keep";

/** Returns the input of a picture of declared resources, or of found ones. */
export function pictureInputOf(
  place: Pick<PictureInput, "title" | "region">,
  kinds: readonly Kind[],
  subjects: readonly Subject[],
  index: ResourceIndex,
  lives?: ReadonlyMap<Address, Live>,
): PictureInput {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const ids = idsOf(lives);
  const shown = subjects.flatMap((subject) => shownOf(byName, subject, index, undefined, ids) ?? []);
  return { ...place, shown, ...reachedIn(kinds, { subjects, index, lives }) };
}

export function shownOf(
  kinds: ReadonlyMap<string, Kind>,
  subject: Subject,
  index: ResourceIndex,
  mark?: Mark,
  ids?: Ids,
): Shown | undefined {
  const kind = kinds.get(subject.kind);
  if (!kind) return undefined;
  const { address, name } = subject;
  const named = namedBy(kind, subject, ids);
  return {
    address,
    kind: subject.kind,
    name,
    drawn: kind.drawn(subject, index),
    ...(mark === undefined ? {} : { mark }),
    ...(named.length > 0 && { names: named }),
  };
}

/** The ids and ARNs by which AWS knows our objects, with the address of each. */
type Ids = ReadonlyMap<string, Address>;

function idsOf(lives: ReadonlyMap<Address, Live> = new Map()): Ids {
  const ids = new Map<string, Address>();
  for (const [address, { id, aliases = [], outputs = {} }] of lives)
    for (const known of [id, ...aliases, ...Object.values(outputs).filter((one) => one.startsWith("arn:"))]) ids.set(known, address);
  return ids;
}

/**
 * Returns the addresses that a resource names: its references, the resources whose late values it waits for, and, for a found resource, the
 * objects whose ids (`ids`) are in its texts.
 */
export function namedBy(kind: Kind, { address, spec }: Subject, ids?: Ids): readonly Address[] {
  const refs = refsOf(kind.schema, spec).flatMap(({ value }) => (typeof value === "string" ? value : []));
  const named = new Set([...refs, ...lateIn(spec).map((late) => late.address), ...(ids && ids.size > 0 ? knownIn(spec, ids) : [])]);
  named.delete(address);
  return [...named];
}

function knownIn(value: unknown, ids: Ids): readonly Address[] {
  if (typeof value === "string") return ids.has(value) ? [ids.get(value)!] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap((inner) => knownIn(inner, ids)) : [];
}

/** Returns one network with everything that lies in it. */
export function withFrame(input: PictureInput, frame: string): PictureInput {
  const cells = new Set(input.shown.flatMap(({ address, drawn }) => (drawn.as === "cell" && drawn.in === frame ? address : [])));
  const isIn = (drawn: Drawn): boolean => {
    if (drawn.as === "cell") return drawn.in === frame;
    if (drawn.as === "door") return drawn.of === frame || drawn.also === frame;
    return (drawn.as === "card" || drawn.as === "bar") && drawn.at.some((cell) => cells.has(cell));
  };
  const inside = input.shown.filter(({ address, drawn }) => address === frame || isIn(drawn));
  const named = new Set(inside.flatMap(({ address, drawn }) => [address, ...namesIn(drawn)]));
  const around = input.shown.filter(
    ({ address, drawn }) => named.has(address) || (drawn.as === "fact" && drawn.on.some((on) => named.has(on))),
  );
  return { ...input, shown: around };
}

function namesIn(drawn: Drawn): readonly string[] {
  if (drawn.as === "card" || drawn.as === "bar") return drawn.chips;
  return drawn.as === "cell" && drawn.by !== undefined ? [drawn.by] : [];
}
