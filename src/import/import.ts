/** `infra import`: turns roots into a file. A plan made of the file proves that it changes nothing but tags. */
import type { Aws } from "../aws/aws.ts";
import type { Connection } from "../aws/connection.ts";
import { Stacks } from "../aws/stacks.ts";
import type { Environment } from "../config/environment.ts";
import type { Loaded } from "../config/load.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import { planEnvironment, type PlanRun } from "../engine.ts";
import type { Address, AwsId, Kind, Live } from "../kinds/kind.ts";
import { idsOf } from "../resource/ownership-check.ts";
import { goneAmong, stacksOf } from "../observe/adopt.ts";
import { Drivers } from "../observe/drivers.ts";
import { authorAll, type Entry } from "./author.ts";
import { classify, type Classified } from "./classify.ts";
import { discover, type Discovered, type Root, type Sight } from "./discover.ts";
import { emit, emitParts, emitSplit } from "./emit.ts";
import { nameAll, type NameStyle } from "./names.ts";
import { folded } from "./parts.ts";
import { remembering } from "./remember.ts";
import { openPoints, withoutOpen, type OpenPoint } from "./prove.ts";
import { hasValues, withoutValues, withValues } from "./values.ts";

export interface ImportRequest extends Sight {
  readonly roots: readonly Root[];
  readonly project: string;
  readonly environment: string;
  readonly region: string;
  readonly names: NameStyle;
  /** Also folds repeated resources into parts. */
  readonly parts?: boolean;
  /** Names from elsewhere, by kind and id ("subnet subnet-0abc…"). */
  readonly given?: ReadonlyMap<string, string>;
  /** Ids of CloudFormation stacks that are to be deleted before the adoption. Their objects are taken. */
  readonly leaving?: readonly string[];
  /** Lines of comment above and below the file. */
  readonly head: readonly string[];
  readonly tail?: (imported: ReadonlySet<AwsId>) => readonly string[];
  /** Reads the text as the environment that it will be. */
  readonly load: (text: string) => Loaded;
}

export interface Imported {
  readonly found: Discovered;
  readonly sorted: Classified;
  readonly entries: readonly Entry[];
  readonly text: string;
  /** The same environment as a folder of files, by their names. */
  readonly files: () => ReadonlyMap<string, string>;
  /** The same with repeated resources in parts; absent when nothing is repeated. */
  readonly parted?: { readonly text: string; readonly parts: ReadonlyMap<string, string> };
  /** Places where nothing that the file can say agrees with the plan. A comment stands there instead. */
  readonly open: readonly OpenPoint[];
  /** The plan that proves the file; absent when the text cannot be read as an environment. */
  readonly run?: PlanRun;
  readonly diagnostics: readonly Diagnostic[];
}

/** How often fields that do not agree are taken out and the rest is proved again. */
const mostRounds = 4;

/** Reads the objects, writes the text, and plans it. Makes no call that writes. */
export async function importAround(all: readonly Kind[], { aws: way }: Pick<Connection, "aws">, request: ImportRequest): Promise<Imported> {
  const aws = remembering(way);
  const kinds = inOrder(all);
  const found = await discover(kinds, new Drivers(aws), aws, request.roots, request);
  const gone = await goneStacks(aws, found, request.leaving);
  const sorted = classify(found, aws.account, gone);
  const nameable = sorted.taken.map(({ kind, live, called }) => ({ kind, live, called, given: givenTo(request.given, kind, live) }));
  const place = { project: request.project, environment: request.environment, region: request.region, account: aws.account };
  const addresses = nameAll(nameable, request.names);
  let entries = withValues(authorAll(sorted, addresses, place), sorted.taken, addresses);
  const open: OpenPoint[] = [];
  const tail = request.tail?.(new Set(sorted.taken.flatMap(({ live }) => [live.id, ...live.aliases]))) ?? [];
  const top = { format: 1, ...place };
  for (let round = 0; ; round++) {
    const sheet = { head: request.head, top, entries, tail };
    const text = emit(kinds, sheet);
    const { environment, diagnostics } = request.load(text);
    const run = environment && (await proveWith(kinds, aws, environment, gone));
    const isKnown = ({ address, field }: OpenPoint) => open.some((one) => one.address === address && one.field === field);
    const more = openPoints(entries, [...diagnostics, ...(run?.diagnostics ?? [])], run?.plan.steps ?? [], text).filter(
      (one) => !isKnown(one),
    );
    // A resource that does not agree with an expression in it may agree with AWS's own text in its place.
    const mayHave = (address: Address) => more.some((one) => one.address === address);
    if (entries.some(({ address, body }) => mayHave(address) && hasValues(body))) {
      entries = withoutValues(entries, mayHave);
      round--;
      continue;
    }
    const inParts = request.parts === true ? folded(entries) : undefined;
    const parted = inParts && inParts.parts.length > 0 ? { parted: emitParts(kinds, sheet, inParts, request.environment) } : {};
    const result = {
      ...parted,
      found,
      sorted,
      entries,
      text,
      files: () => emitSplit(kinds, sheet),
      open,
      diagnostics,
      ...(run ? { run } : {}),
    };
    if (more.length === 0 || round === mostRounds) return { ...result, open: [...open, ...more] };
    open.push(...more);
    entries = withoutOpen(entries, more);
  }
}

/**
 * Returns the stacks that no longer manage anything, and those that are about to let go. CloudFormation is asked once for each stack whose
 * tag objects have.
 */
async function goneStacks(aws: Aws, { lives }: Discovered, leaving: readonly string[] = []): Promise<ReadonlySet<string>> {
  const all = [...lives.values()].flatMap((some) => [...some.values()]);
  return goneAmong(await new Stacks(aws, leaving).fates(stacksOf(all)));
}

/** Puts the kinds of AWS types last and sorts them by name. They come in the order in which roots named them. */
function inOrder(kinds: readonly Kind[]): Kind[] {
  const typed = kinds.filter(({ written }) => written !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...kinds.filter(({ written }) => written === undefined), ...typed];
}

function givenTo(given: ImportRequest["given"], kind: Kind, live: Live): string | undefined {
  return idsOf(live)
    .map((id) => given?.get(`${kind.name} ${id}`))
    .find((name) => name !== undefined);
}

function proveWith(kinds: readonly Kind[], aws: Aws, environment: Environment, gone: ReadonlySet<string>): Promise<PlanRun> {
  // The environment itself brings the kinds of the AWS types that it names.
  const native = kinds.filter(({ written }) => written === undefined);
  return planEnvironment(native, { aws }, environment, { goal: "agree", gone });
}
