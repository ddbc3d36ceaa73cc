/**
 * A resource under a new name: its declaration, every place that names it, and the lines of `moved:` that keep its objects in AWS. All are
 * edited, then every environment of the project is loaded with the new texts: it must mean what it meant before, or nothing is renamed.
 */
import { exactSpot } from "../config/expand/places.ts";
import type { Loaded } from "../config/load.ts";
import { splitRef } from "../config/values/repetition.ts";
import { namePattern } from "../config/schema/schema.ts";
import type { Address, Kind } from "../kinds/kind.ts";
import {
  declaredIn,
  movedIn,
  referencesIn,
  topEntry,
  whyUnread,
  type Declaration,
  type Name,
  type NamedFiles,
  type Reference,
  type References,
  type TextFile,
} from "./names.ts";
import { isOf, whyNotSame, type Rename } from "./same.ts";

/** An environment of the project. */
export interface ProjectEnvironment {
  /** As commands call it. */
  readonly name: string;
  /** Its files, and those that it extends. A file of several environments is the same object in each. */
  readonly files: readonly TextFile[];
  /** Loads it with these texts in place of files, by path. */
  load(texts: ReadonlyMap<string, string>): Loaded;
}

export interface Renaming {
  readonly kinds: readonly Kind[];
  readonly named: NamedFiles;
  /** The path of the file that declares the resource. */
  readonly home: string;
  readonly environments: readonly ProjectEnvironment[];
  /** A path as people see it. */
  shown(path: string): string;
}

export interface Edit {
  readonly file: TextFile;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Refused {
  readonly refused: string;
}

/** An environment before the rename. */
interface Before extends ProjectEnvironment, References {
  readonly loaded: Loaded;
  /** The file that declares the resource is a part of it. */
  readonly isOwn: boolean;
}

/** Renames a resource everywhere, or says why it cannot. */
export function rename({ kind, name }: Pick<Name, "kind" | "name">, to: string, project: Renaming): readonly Edit[] | Refused {
  const [from, into] = [`${kind}/${name}`, `${kind}/${to}`];
  if (!new RegExp(namePattern).test(to)) return { refused: `"${to}" cannot be a name: letters, digits, - and _` };
  const all = project.environments.map((one): Before => {
    const isOwn = one.files.some(({ path }) => path === project.home);
    return { ...one, isOwn, loaded: one.load(new Map()), ...referencesIn(one.files, project.kinds, project.named) };
  });
  const own = all.filter(({ isOwn }) => isOwn);
  const owners = own.flatMap(({ loaded }) => placeOf(loaded) ?? []);
  const change = { from, to: into, owners };
  const files = [...new Set(own.flatMap((one) => one.files))];
  const declared = declaredIn(files, project.kinds).filter((one) => one.kind === kind);
  if (declared.some((one) => one.name === to)) return { refused: `${into} is declared already` };
  const here = declared.filter((one) => one.name === name);
  const refused = whyNot(here, all, change, project);
  if (refused !== undefined) return { refused };
  const moves = movesFor(here, own, change);
  const references = all.flatMap((one) =>
    one.references.filter((ref) => ref.kind === kind && ref.name === name && isMeant(ref, one, owners)),
  );
  const edits = withoutRepetition([
    ...here.map(({ file, start, end }) => ({ file, start, end, text: to })),
    ...references.map((reference) => renamed(reference, to)),
    ...movedEdits(here[0]!.file, moves, files),
  ]);
  const texts = textsAfter(edits);
  for (const one of all) {
    const why = whyNotSame(one.loaded, one.load(texts), change, one.isOwn, project.kinds);
    if (why !== undefined) return { refused: `${from} cannot be renamed: in ${one.name}, ${why}` };
  }
  return edits;
}

/** The texts of files after their edits, by path. */
export function textsAfter(edits: readonly Edit[]): ReadonlyMap<string, string> {
  const texts = new Map(edits.map(({ file }) => [file.path, file.text]));
  for (const { file, start, end, text } of edits.toSorted((a, b) => b.start - a.start)) {
    const now = texts.get(file.path)!;
    texts.set(file.path, now.slice(0, start) + text + now.slice(end));
  }
  return texts;
}

function placeOf({ environment, place }: Loaded): Rename["owners"][number] | undefined {
  return environment ?? place;
}

/** Whether a reference means a resource of these environments. Without a project it means that of its own environment. */
function isMeant({ of }: Reference, { isOwn, loaded }: Before, owners: Rename["owners"]): boolean {
  const project = of?.project ?? placeOf(loaded)?.project;
  return of ? owners.some((owner) => owner.name === of.environment && owner.project === project) : isOwn;
}

/** Two files may name one template, and one text may name two kinds. */
function withoutRepetition(edits: readonly Edit[]): readonly Edit[] {
  return [...new Map(edits.map((edit) => [`${edit.file.path} ${edit.start} ${edit.end}`, edit])).values()];
}

/** Why the places that name the resource are not all known. */
function whyNot(
  declared: readonly Declaration[],
  all: readonly Before[],
  { from, owners }: Rename,
  { shown }: Renaming,
): string | undefined {
  if (declared.length === 0)
    return `${from} is not declared in the files of this environment: rename it where it is declared, and a resource of a part in the part`;
  const { kind = "", name } = splitRef(from);
  const areKnown = all.every(({ isOwn, loaded }) => !isOwn || placeOf(loaded));
  for (const one of all) {
    const { files, isOwn, loaded, references, uncertain } = one;
    const part = isOwn && files.find((file) => topEntry(file, "part"));
    if (part)
      return `${shown(part.path)} is a part: each environment that uses it needs lines of its own under \`moved:\`, so rename it there by hand`;
    for (const file of files) {
      const unread = isOwn || /\baddress\b/.test(file.text) ? whyUnread(file) : undefined;
      if (unread) return `${shown(file.path)}:${unread.line} cannot be searched for ${from}: ${unread.why}`;
    }
    if (isOwn && loaded.environment && !hasObject(loaded, from))
      return `${from} is not declared in ${one.name} as it is now: its \`when\` is false, or it is repeated for no key. \`moved:\` takes only what is declared, so rename it by hand`;
    const mayBe = (place: References["uncertain"][number]) => isOwn || place.ofOther || place.shownBy === "error";
    const doubt = uncertain.find((place) => mayBe(place) && place.mayName(kind, name) && !isShown(place, one));
    if (doubt) return `${shown(doubt.file.path)}:${doubt.line} may name ${from}, and cannot be renamed with it: it ${doubt.why}`;
    const isUnknown = (of: NonNullable<Reference["of"]>) =>
      !areKnown || (of.project === undefined && !placeOf(loaded) && owners.some((owner) => owner.name === of.environment));
    const other = references.find((ref) => ref.of && ref.kind === kind && ref.name === name && isUnknown(ref.of));
    if (other)
      return `${shown(other.file.path)} may name ${from}, and its project is not known: mend the mistakes of the environments first`;
    if (isOwn && !loaded.environment && declared.some(({ isRepeated }) => isRepeated))
      return `${from} is several objects, and which they are is not known as long as the environment has mistakes: mend those first`;
  }
  return undefined;
}

/** Whether the comparison shows what a computed name comes to. A name of another environment is never an error. */
function isShown({ shownBy, in: resource }: References["uncertain"][number], { isOwn, loaded }: Before): boolean {
  if (resource !== undefined && !hasObject(loaded, resource)) return false;
  return shownBy !== undefined && (loaded.environment !== undefined || (isOwn && shownBy === "error"));
}

function hasObject({ environment }: Loaded, resource: Address): boolean {
  return environment?.nodes.some(({ address }) => isOf(address, resource)) === true;
}

/** A name with a hyphen stands in brackets behind its kind. */
function renamed({ file, start, end, dot, quotes }: Reference, to: string): Edit {
  if (dot === undefined || /^[A-Za-z_]\w*$/.test(to)) return { file, start, end, text: to };
  const quote = quotes === '"' ? "'" : '"';
  return { file, start: dot, end, text: `[${quote}${to}${quote}]` };
}

type Move = Pick<Rename, "from" | "to">;

/** Old and new address of each object. */
function movesFor(declared: readonly Declaration[], own: readonly Before[], { from, to }: Rename): readonly Move[] {
  if (!declared.some(({ isRepeated }) => isRepeated)) return [{ from, to }];
  const objects = own.flatMap(({ loaded }) => loaded.environment?.nodes.map(({ address }) => address) ?? []);
  return [...new Set(objects)].filter((one) => isOf(one, from)).map((one) => ({ from: one, to: to + one.slice(from.length) }));
}

/** Lines for the moves; a line that says the opposite, from an earlier rename, is turned round. */
function movedEdits(home: TextFile, moves: readonly Move[], files: readonly TextFile[]): readonly Edit[] {
  const lines = files.flatMap((file) => movedIn(file).map((line) => ({ file, ...line })));
  const edits: Edit[] = [];
  const more = moves.filter((move) => {
    const opposite = lines.find(({ from, to }) => from.value === move.to && to.value === move.from);
    const { kind = "", name } = splitRef(move.to);
    const spot = opposite && exactSpot(opposite.from, kind.length + 1, kind.length + 1 + name.length);
    if (spot) edits.push({ file: opposite!.file, start: spot.start, end: spot.end, text: splitRef(move.from).name });
    return !spot;
  });
  // Of files that are laid over each other the last list counts: a second one would hide the first.
  const target = [home, ...files].find((file) => topEntry(file, "moved")) ?? home;
  return more.length === 0 ? edits : [...edits, movedLines(target, more)];
}

function movedLines(file: TextFile, moves: readonly Move[]): Edit {
  const quoted = (address: Address) => (address.includes("[") ? `"${address}"` : address);
  const items = moves.map(({ from, to }) => `{ from: ${quoted(from)}, to: ${quoted(to)} }`);
  const entry = topEntry(file, "moved");
  const { text } = file;
  if (entry?.value.type === "list" && text[entry.value.spot.start] === "[") {
    const at = entry.value.spot.start + 1;
    const isEmpty = entry.value.items.length === 0;
    return { file, start: at, end: at, text: `${items.join(", ")}${isEmpty ? "" : ", "}` };
  }
  if (entry) {
    const found = text.indexOf("\n", entry.key.end);
    const at = found < 0 ? text.length : found;
    const indent = /^\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)-/.exec(text.slice(at))?.[1] ?? "  ";
    return { file, start: at, end: at, text: items.map((item) => `\n${indent}- ${item}`).join("") };
  }
  const at = text.length;
  return { file, start: at, end: at, text: `${text.endsWith("\n") ? "" : "\n"}\nmoved:\n${items.map((item) => `  - ${item}\n`).join("")}` };
}
