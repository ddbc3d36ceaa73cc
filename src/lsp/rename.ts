/** A resource under a new name: its declaration, every place that names it, and the lines of `moved:` that keep its objects in AWS. */
import { namePattern } from "../config/schema.ts";
import type { Address } from "../kinds/kind.ts";
import { nameAt, type Project } from "./answers.ts";
import {
  declaredIn,
  movedIn,
  referencesIn,
  topEntry,
  whyUnread,
  type Declaration,
  type Reference,
  type References,
  type TextFile,
} from "./names.ts";

/** What a rename needs besides the files of the environments. */
export interface Renaming extends Project {
  /** The environments that the files make. */
  readonly environments: readonly {
    readonly name: string;
    readonly project: string;
    /** All objects, those of repeated resources by their keys; undefined where the environment has mistakes. */
    readonly objects: readonly Address[] | undefined;
  }[];
  /** Files of other environments, which may name resources of these. */
  readonly elsewhere: readonly TextFile[];
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

interface Move {
  readonly from: Address;
  readonly to: Address;
}

export interface Renamed {
  readonly edits: readonly Edit[];
  readonly from: Address;
  readonly to: Address;
}

/** Undefined where no name stands. A rename is refused as a whole where any place cannot be renamed with it. */
export function rename(file: TextFile, offset: number, to: string, project: Renaming): Renamed | Refused | undefined {
  const name = nameAt(file, offset, project);
  if (!name) return undefined;
  const isSame = (one: { readonly kind: string; readonly name: string }) => one.kind === name.kind && one.name === name.name;
  const [before, after] = [`${name.kind}/${name.name}`, `${name.kind}/${to}`];
  if (!new RegExp(namePattern).test(to)) return { refused: `"${to}" cannot be a name: letters, digits, - and _` };
  const all = declaredIn(project.files, project.kinds).filter(({ kind }) => kind === name.kind);
  if (all.some((one) => one.name === to)) return { refused: `${after} is declared already` };
  const declared = all.filter(isSame);
  const found = referencesIn(project.files, project.kinds, project.named);
  const elsewhere = referencesIn(project.elsewhere, project.kinds, project.named);
  const fromOthers = [...found.ofOthers, ...elsewhere.ofOthers].filter((one) => isSame(one) && isOwn(one, project));
  const refused =
    whyNot(before, declared, project) ??
    whyUncertain(
      before,
      found.uncertain.find((one) => one.mayName(name.kind, name.name)),
      project,
    );
  if (refused) return { refused };
  const moves = movesFor(declared, before, after, project);
  if (!moves)
    return {
      refused: `${before} is several objects, and which they are is not known as long as the environment has mistakes: mend those first`,
    };
  const references = [...found.references.filter(isSame), ...fromOthers];
  const edits = [
    ...declared.map(({ file, start, end }) => ({ file, start, end, text: to })),
    ...references.map((reference) => renamed(reference, to)),
    ...movedEdits(declared[0]!.file, moves, found.references, project.files),
  ];
  return { edits: each(edits), from: before, to: after };
}

/** Whether a reference to another environment means one of these; without a project it means that of its own file. */
function isOwn({ file, environment, project }: References["ofOthers"][number], { environments }: Renaming): boolean {
  const written = topEntry(file, "project")?.value;
  const meant = project ?? (written?.type === "scalar" ? String(written.value) : undefined);
  return environments.some((own) => own.name === environment && (meant === undefined || meant === own.project));
}

/** Two files may name one template: its places are told by both. */
function each(edits: readonly Edit[]): readonly Edit[] {
  const seen = new Set<string>();
  return edits.filter(({ file, start, end }) => {
    const place = `${file.path} ${start} ${end}`;
    return !seen.has(place) && seen.add(place);
  });
}

function whyNot(address: Address, declared: readonly Declaration[], { files, environments, shown }: Renaming): string | undefined {
  if (declared.length === 0)
    return `${address} is not declared in the files of this environment: rename it where it is declared, and a resource of a part in the part`;
  const part = files.find((file) => topEntry(file, "part"));
  if (part)
    return `${shown(part.path)} is a part: each environment that uses it needs lines of its own under \`moved:\`, so rename it there by hand`;
  for (const file of files) {
    const unread = whyUnread(file);
    if (unread) return `${shown(file.path)}:${unread.line} cannot be searched for ${address}: ${unread.why}`;
  }
  const without = environments.find(({ objects }) => objects && !objects.some((one) => one === address || one.startsWith(`${address}[`)));
  if (without)
    return `${address} is not declared in ${without.name} as it is now: its \`when\` is false, or it is repeated for no key. \`moved:\` takes only what is declared, so rename it by hand`;
  return undefined;
}

function whyUncertain(
  address: Address,
  uncertain: { readonly file: TextFile; readonly line: number; readonly why: string } | undefined,
  { shown }: Renaming,
): string | undefined {
  return (
    uncertain && `${shown(uncertain.file.path)}:${uncertain.line} may name ${address}, and cannot be renamed with it: it ${uncertain.why}`
  );
}

/** A name with a hyphen stands in brackets behind its kind. */
function renamed({ file, start, end, dot }: Reference, to: string): Edit {
  if (dot === undefined || /^[A-Za-z_]\w*$/.test(to)) return { file, start, end, text: to };
  const quote = isInDoubleQuotes(file.text, dot) ? "'" : '"';
  return { file, start: dot, end, text: `[${quote}${to}${quote}]` };
}

/** Whether a double quote of YAML may be open on the line: a single one is right inside it, and wrong inside single quotes. */
function isInDoubleQuotes(text: string, offset: number): boolean {
  const before = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return (before.match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1;
}

/** Old and new address of each object; undefined where nobody knows which there are. */
function movesFor(declared: readonly Declaration[], from: Address, to: Address, { environments }: Renaming): readonly Move[] | undefined {
  if (!declared.some(({ isRepeated }) => isRepeated)) return [{ from, to }];
  if (environments.length === 0 || environments.some(({ objects }) => objects === undefined)) return undefined;
  const objects = new Set(environments.flatMap(({ objects = [] }) => objects));
  return [...objects].filter((one) => one.startsWith(`${from}[`)).map((one) => ({ from: one, to: `${to}${one.slice(from.length)}` }));
}

/** Lines for the moves; a line that says the opposite, from an earlier rename, is turned round. */
function movedEdits(home: TextFile, moves: readonly Move[], references: readonly Reference[], files: readonly TextFile[]): readonly Edit[] {
  const opposite = files.flatMap((file) => movedIn(file).map((line) => ({ file, line })));
  const turned = moves.flatMap((move) =>
    opposite.filter(({ line }) => line.from.value === move.to && line.to.value === move.from).slice(0, 1),
  );
  const isTurned = (move: Move) => turned.some(({ line }) => line.from.value === move.to);
  const back = turned.flatMap(({ file, line }) => {
    const { start, end } = line.from.spot;
    const at = references.find((one) => one.file === file && one.start >= start && one.end <= end);
    const name = moves.find((move) => move.to === line.from.value)!.from.replace(/^[^/]+\/|\[.*$/g, "");
    return at ? [{ file, start: at.start, end: at.end, text: name }] : [];
  });
  const more = moves.filter((move) => !isTurned(move));
  // Of files that are laid over each other the last list counts: a second one would hide the first.
  const target = [home, ...files].find((file) => topEntry(file, "moved")) ?? home;
  return more.length === 0 ? back : [...back, movedLines(target, more)];
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
