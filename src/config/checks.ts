/** Checks that apply to all kinds alike and that no schema can express. Each check takes the finished resources and returns diagnostics. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import { didYouMean } from "../diag/did-you-mean.ts";
import { place } from "../diag/format.ts";
import type { Desired, Kind, Spec } from "../kinds/kind.ts";
import { standingIn } from "../resource/late.ts";
import { tagsForMarks } from "../resource/made-marks.ts";
import { flatName, fittingName, whyNotName } from "../resource/naming.ts";
import { countMarks } from "../plan/entry-marks.ts";
import { error } from "./yaml/problem.ts";
import { partsOfName } from "./values/repetition.ts";

export type KindsByName = ReadonlyMap<string, Kind>;

/** Runs all checks. Resources with mistakes elsewhere may be missing from `nodes`. */
export function checkResources(nodes: readonly Desired[], kinds: KindsByName, shared: Readonly<Record<string, string>>): Diagnostic[] {
  const each = nodes.flatMap((node) => {
    const kind = kinds.get(node.kind)!;
    return [...checkTags(node, kind, shared), ...countTags(node, kind), ...checkName(node, kind), ...checkIgnored(node, kind)];
  });
  return [...each, ...checkCollisions(nodes, kinds), ...checkAdopted(nodes)];
}

/** Reports an object that two resources adopt: one object has one address. */
function checkAdopted(nodes: readonly Desired[]): Diagnostic[] {
  const first = new Map<string, Desired>();
  return nodes.flatMap((node) => {
    if (node.adopt === undefined) return [];
    const key = `${node.kind}|${node.adopt}`;
    const other = first.get(key);
    if (!other) {
      first.set(key, node);
      return [];
    }
    const [mine, its] = [partsOfName(node.name), partsOfName(other.name)];
    const isRepeated = mine.key !== undefined && mine.base === its.base;
    const summary = `${other.address} and ${node.address} both adopt ${node.adopt}.`;
    const hint = isRepeated
      ? `write the object of each key: adopt: { ${its.key}: { id: … }, ${mine.key}: { id: … } }`
      : "remove one of the two `adopt:` lines: an object has one address";
    return [error("adopt-owned", node.at("adopt"), summary, hint)];
  });
}

/** The tag limits of AWS, each from the strictest service. The limit of 127 characters for keys is EC2's. */
const mostTags = 50;
/** Our tags: project, environment, address, name, and the token of a created object or the mark of an adopted one. */
const ownTags = 5;
const longestKey = 127;
const longestValue = 256;
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Checks a resource's own tags. The tags of the environment are checked at the place where they are written. */
export function checkTags(node: Desired, kind: Kind, shared: Readonly<Record<string, string>>): Diagnostic[] {
  const own = Object.entries(node.tags).filter(([key, value]) => value !== null && shared[key] !== value);
  return own.flatMap(([key, value]) =>
    // Objects that people made have tags with all characters, and groups such names.
    whyNotTag(key, standingIn(value!, ""), kind.tagIndex?.anyCharacters).map((why) =>
      error("bad-tag", node.at(`tags.${key}`), `${node.address}: ${why}.`),
    ),
  );
}

function countTags(node: Desired, kind: Kind): Diagnostic[] {
  const declared = Object.values(node.tags).filter((value) => value !== null).length;
  const hashes = Object.values(kind.fields).filter(({ hashTag }) => hashTag !== undefined).length;
  const marks = Object.keys(kind.marks?.(node.spec) ?? {}).length + tagsForMarks(countMarks(kind, node.spec as Spec));
  const ours = ownTags + hashes + marks;
  if (declared + ours <= mostTags) return [];
  const summary = `${node.address} has ${declared} tags; AWS allows ${mostTags}, and infra needs ${ours} of them for its own marks.`;
  return [error("bad-tag", node.at("tags"), summary, `remove at least ${declared + ours - mostTags}`)];
}

/** Returns the problems of one tag; also used for the environment's own tags. */
export function whyNotTag(key: string, value: string, takesAll = false): string[] {
  const found: string[] = [];
  if (/^aws:/i.test(key)) found.push(`tag keys that begin with "aws:" are reserved for AWS`);
  if (/^infra:/i.test(key)) found.push(`tag keys that begin with "infra:" are reserved for infra's ownership tags`);
  if (key === "" || key.length > longestKey)
    found.push(`a tag key must have 1 to ${longestKey} characters, but this one has ${key.length}`);
  if (value.length > longestValue) found.push(`the value of tag "${key}" has ${value.length} characters; AWS allows ${longestValue}`);
  const odd = takesAll || tagText.test(key + value) ? undefined : [...key, ...value].find((character) => !tagText.test(character));
  if (odd !== undefined) found.push(`tag "${key}" contains ${JSON.stringify(odd)}; AWS allows letters, digits, spaces and + - = . _ : / @`);
  return found;
}

function checkName(node: Desired, { naming }: Kind): Diagnostic[] {
  const ending = naming?.ending?.(node.spec) ?? "";
  const bare = node.awsName?.slice(0, node.awsName.length - ending.length) ?? "";
  const why = naming && node.awsNameWritten ? whyNotName(bare, naming) : undefined;
  if (why === undefined) return [];
  const fitting = fittingName(bare, naming!);
  const hint = fitting === undefined ? undefined : `write a name such as "${fitting}"`;
  return [error("bad-name", node.at(naming!.field ?? "name"), `${node.address} cannot be named "${node.awsName}": ${why}.`, hint)];
}

function checkIgnored(node: Desired, kind: Kind): Diagnostic[] {
  if (node.ignoreChanges.length === 0) return [];
  const known = [...Object.keys(kind.fields), "tags"];
  return node.ignoreChanges.flatMap((field, i) => {
    const head = /^[^.[]*/.exec(field)![0];
    if (known.includes(head)) return [];
    const near = didYouMean(head, known);
    const hint = near ? `did you mean "${near}"?` : `known here: ${known.join(", ")}`;
    return error("unknown-field", node.at(`ignoreChanges[${i}]`), `${node.address} has no field "${field}" to ignore.`, hint);
  });
}

/**
 * Reports names that AWS would take for the same. A name that is an identity is unique in the region. Security groups and similar objects
 * may share a name in different VPCs. AWS compares most names without regard to case, so we do, too. Objects without a name in AWS are told
 * apart by people, for whom `public[a]` and `public-a` are the same.
 */
function checkCollisions(nodes: readonly Desired[], kinds: KindsByName): Diagnostic[] {
  const first = new Map<string, Desired>();
  return nodes.flatMap((node) => {
    const { create, naming } = kinds.get(node.kind)!;
    const isWide = node.awsName === undefined || create === "name" || naming?.within === undefined;
    const within = isWide ? "" : String((node.spec as Spec)[naming.within] ?? "");
    const name = node.awsName?.toLowerCase() ?? flatName(node.name);
    const key = `${node.kind}|${within}|${name}`;
    const other = first.get(key);
    if (!other) {
      first.set(key, node);
      return [];
    }
    if (node.awsName === undefined) {
      const summary = `${node.address} would be called ${name}, like ${other.address} (${place(other.at())}).`;
      return error("name-collision", node.at(), summary, "rename one of them");
    }
    const summary = `${node.address} would have the AWS name "${node.awsName}", like ${other.address} (${place(other.at())}).`;
    return error("name-collision", node.at(node.awsNameWritten ? "name" : ""), summary, "rename one, or give one its own `name:`");
  });
}
