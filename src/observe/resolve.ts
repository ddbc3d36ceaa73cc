/** Resolves image expressions, zone ids and `{ tags }` references of an environment, with as few calls as AWS allows. */
import { withArticle } from "../diag/words.ts";
import type { Aws } from "../aws/aws.ts";
import { AwsError, hasCode, isNotFound } from "../aws/errors.ts";
import type { Environment } from "../config/environment.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Image } from "../resource/fields.ts";
import type { Address, Desired, Driver, Kind, Spec, Tags } from "../kinds/kind.ts";
import { ownership } from "../resource/ownership.ts";
import { indexedIn } from "./tag-index.ts";
import { fieldOf, idFor, mapAnnotated, mapRefs, refKinds } from "../resource/references.ts";
import { Several, spread } from "../resource/several.ts";
import type { Declared } from "../plan/decision.ts";
import type { Lookups } from "../plan/observed.ts";
import type { Drivers } from "./drivers.ts";
import { isAlive, isOfOtherRegion } from "../resource/ownership-check.ts";
import { getParameters, type ParametersOf } from "./parameters.ts";

export interface Resolved {
  readonly declared: ReadonlyMap<Address, Declared>;
  readonly lookups: Lookups;
  readonly diagnostics: readonly Diagnostic[];
  /** Resources with a look-up that found nothing, or more than one object. */
  readonly failed: ReadonlySet<Address>;
}

interface Question {
  readonly key: string;
  readonly node: Desired;
  readonly path: string;
}

/** A foreign object: by its tags, by its place, by its name in AWS, or by the parent with which AWS made it (`of`). */
type Foreign =
  | { readonly kind: string; readonly tags: Tags; readonly owner: string | undefined; readonly region: string | undefined }
  /** All objects of a repeated resource of another environment. */
  | { readonly kind: string; readonly each: Tags; readonly region: string | undefined }
  | { readonly kind: string; readonly place: Readonly<Record<string, string>>; readonly owner: string | undefined }
  | { readonly kind: string; readonly name: string }
  | { readonly kind: string; readonly of: string };

type Answers = Map<string, string | readonly string[]>;

/** Resolves every look-up of the declared resources. A look-up that fails is an error for its own resource. */
export async function resolve(
  kinds: readonly Kind[],
  drivers: Drivers,
  aws: Aws,
  environment: Environment,
  parametersOf: ParametersOf = (names) => getParameters(aws, names),
): Promise<Resolved> {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const images = new Map<string, Image>();
  const foreign = new Map<string, Foreign>();
  const zones = new Set<string>();
  const questions: Question[] = [];
  for (const node of environment.nodes) collect(byName.get(node.kind)!, node, images, foreign, zones, questions);
  const answers: Answers = new Map();
  const failures = new Map<string, string>();
  await Promise.all([
    lookUpParameters(aws, parametersOf, images, answers, failures),
    lookUpImages(aws, images, answers, failures),
    lookUpForeign(byName, drivers, aws, foreign, answers, failures),
    lookUpZones(aws, zones, answers, failures),
  ]);
  const diagnostics = questions.flatMap(({ key, node, path }): Diagnostic[] => {
    const why = failures.get(key);
    return why === undefined
      ? []
      : [{ code: "lookup-failed", severity: "error", at: node.at(path), summary: `${node.address}: ${path}: ${why}` }];
  });
  const declared = new Map(environment.nodes.map((node) => [node.address, answer(byName.get(node.kind)!, node, answers)]));
  const told = [...answers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, [value].flat().join(", ")] as const);
  const failed = new Set(questions.filter(({ key }) => failures.has(key)).map(({ node }) => node.address));
  return { declared, failed, lookups: { values: Object.fromEntries(told) }, diagnostics };
}

/**
 * Returns an image expression or a look-up as one line of text, the key of its answer. Undefined for other values; a zone id is its own
 * key.
 */
export function lookupKey(value: unknown, kindName?: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("ssm" in value) return `ssm:${String(value.ssm)}`;
  if ("owner" in value && "name" in value)
    return `image:${String(value.owner)}/${String(value.name)}${"architecture" in value && value.architecture ? `/${String(value.architecture)}` : ""}`;
  if ("tags" in value) {
    const { tags, ownerId, kind, region } = value as { tags: Record<string, string>; ownerId?: string; kind?: string; region?: string };
    const pairs = Object.entries(tags).map(([key, text]) => `${key}=${text}`);
    return `${kind ?? kindName}{${pairs.sort().join(", ")}}${ownerId ? ` of ${ownerId}` : ""}${region ? ` in ${region}` : ""}`;
  }
  if ("default" in value) {
    const { default: which, kind } = value as { default: string | true; kind?: string };
    return `default ${kind ?? kindName}${which === true ? "" : ` of ${which}`}`;
  }
  if ("name" in value) return `${(value as Written).kind ?? kindName} named ${String(value.name)}`;
  if (kindName === undefined) return undefined;
  const { kind, ownerId, ...place } = value as Written & Readonly<Record<string, string>>;
  const at = Object.entries(place).map(([field, text]) => `${field} ${text}`);
  return `${kind ?? kindName} with ${at.join(", ")}${ownerId ? ` of ${ownerId}` : ""}`;
}

function collect(
  kind: Kind,
  node: Desired,
  images: Map<string, Image>,
  foreign: Map<string, Foreign>,
  zones: Set<string>,
  questions: Question[],
): void {
  mapAnnotated(kind.schema, node.spec as Spec, "x-image", (value, path) => {
    const key = lookupKey(value);
    if (key !== undefined) {
      images.set(key, value as Image);
      questions.push({ key, node, path });
    }
    return value;
  });
  mapAnnotated(kind.schema, node.spec as Spec, "x-zone", (value, path) => {
    if (typeof value === "string" && isZoneId(value)) {
      zones.add(value);
      questions.push({ key: value, node, path });
    }
    return value;
  });
  mapRefs(kind.schema, node.spec as Spec, (value, path, allowed) => {
    const key = lookupKey(value, allowed[0]);
    if (key !== undefined) {
      foreign.set(key, foreignOf(value as Written, allowed));
      questions.push({ key, node, path });
    }
    return value;
  });
}

interface Written {
  readonly tags?: Tags;
  readonly ownerId?: string;
  readonly kind?: string;
  readonly several?: true;
  readonly region?: string;
  readonly name?: string;
  readonly default?: string | true;
}

function foreignOf(written: Written, allowed: readonly string[]): Foreign {
  const { tags, ownerId, kind: named, name, several, region, default: which, ...place } = written;
  const kind = named ?? allowed[0]!;
  if (which !== undefined) return { kind, of: which === true ? "" : which };
  if (tags && several) return { kind, each: tags, region };
  if (tags) return { kind, tags, owner: ownerId, region };
  return name === undefined ? { kind, place: place as Record<string, string>, owner: ownerId } : { kind, name };
}

function isZoneId(value: string): boolean {
  return /^[a-z]{3,4}\d-az\d+$/.test(value);
}

async function lookUpParameters(
  aws: Aws,
  parametersOf: ParametersOf,
  images: ReadonlyMap<string, Image>,
  answers: Answers,
  failures: Map<string, string>,
): Promise<void> {
  const names = [...images].flatMap(([key, image]) => (typeof image === "object" && "ssm" in image ? [{ key, name: image.ssm }] : []));
  if (names.length === 0) return;
  const parameters = await parametersOf(names.map(({ name }) => name));
  for (const { key, name } of names) {
    const found = parameters.find((parameter) => parameter.Name === name || parameter.ARN?.endsWith(`:parameter${name}`));
    if (!found) failures.set(key, `there is no SSM parameter ${name} in ${aws.region}`);
    else if (found.Type === "SecureString") failures.set(key, `${name} is a SecureString, which does not name an image`);
    else if (!/^ami-[0-9a-f]{8,17}$/.test(found.Value ?? "")) failures.set(key, `the SSM parameter ${name} does not contain an image id`);
    else answers.set(key, found.Value!);
  }
}

async function lookUpImages(aws: Aws, images: ReadonlyMap<string, Image>, answers: Answers, failures: Map<string, string>): Promise<void> {
  const queries = [...images].flatMap(([key, image]) => (typeof image === "object" && "owner" in image ? [{ key, image }] : []));
  if (queries.length === 0) return;
  const ec2 = await aws.clock.work(import("../aws/sdk/ec2.ts"));
  await Promise.all(
    queries.map(async ({ key, image }) => {
      const Filters = [
        { Name: "name", Values: [image.name] },
        { Name: "state", Values: ["available"] },
        ...(image.architecture ? [{ Name: "architecture", Values: [image.architecture] }] : []),
      ];
      const found: { id: string; date: string }[] = [];
      for await (const page of aws.ec2.pages(ec2.DescribeImagesCommand, { Owners: [image.owner], Filters, MaxResults: 1000 }))
        for (const one of page.Images ?? []) found.push({ id: one.ImageId!, date: one.CreationDate ?? "" });
      const newest = found.sort((a, b) => (a.date === b.date ? (a.id < b.id ? -1 : 1) : a.date < b.date ? 1 : -1))[0];
      if (newest) answers.set(key, newest.id);
      else
        failures.set(
          key,
          `${image.owner} has no image named ${image.name}${image.architecture ? ` for ${image.architecture}` : ""} in ${aws.region}`,
        );
    }),
  );
}

async function lookUpForeign(
  kinds: ReadonlyMap<string, Kind>,
  drivers: Drivers,
  aws: Aws,
  foreign: ReadonlyMap<string, Foreign>,
  answers: Answers,
  failures: Map<string, string>,
): Promise<void> {
  await Promise.all(
    [...foreign].map(async ([key, question]) => {
      const { kind } = question;
      const driver = await drivers.of(kinds.get(kind)!);
      if ("name" in question) {
        const id = (await driver.named?.(aws, [question.name]))?.get(question.name);
        if (id === undefined) failures.set(key, `the account ${aws.account} has no ${kind} named ${question.name}`);
        else answers.set(key, id);
        return;
      }
      if ("place" in question) {
        const ids = await driver.at!(aws, question.place, question.owner);
        if (ids.length === 1) answers.set(key, ids[0]!);
        else
          failures.set(key, ids.length === 0 ? `there is no ${key}` : `${ids.length} objects match ${key}: ${[...ids].sort().join(", ")}`);
        return;
      }
      if ("of" in question) return answerDefault(driver, kind, key, question.of, aws, answers, failures);
      if ("each" in question)
        return answerEach(driver, kinds.get(kind)!, key, question.each, inRegion(aws, question.region), answers, failures);
      const { tags, owner } = question;
      if (!driver.find) return void failures.set(key, `${withArticle(kind)} cannot be looked up by tags; refer to it by id`);
      const ids = await driver.find(inRegion(aws, question.region), tags, owner ?? aws.account);
      if (ids.length === 1) answers.set(key, ids[0]!);
      else
        failures.set(
          key,
          ids.length === 0
            ? `no ${kind} has these tags (${key})${owner === undefined || owner === aws.account ? "" : notShared(kinds.get(kind)!)}`
            : `${ids.length} objects have these tags (${key}): ${[...ids].sort().join(", ")}`,
        );
    }),
  );
}

function inRegion(aws: Aws, region: string | undefined): Aws {
  return region === undefined ? aws : aws.elsewhere(region);
}

/** Finds all objects of a repeated resource of another environment, in the order of its keys. */
async function answerEach(
  driver: Driver,
  kind: Kind,
  key: string,
  tags: Tags,
  aws: Aws,
  answers: Answers,
  failures: Map<string, string>,
): Promise<void> {
  const { [ownership.project]: project = "", [ownership.environment]: environment = "", [ownership.resource]: each = "" } = tags;
  const start = each.slice(0, -"*".length);
  const found = new Map<string, string[]>();
  let dark: string | undefined;
  const indexed = async () => {
    const index = await indexedIn(aws, [kind], { project, environment });
    if (typeof index !== "string") return index;
    dark = index;
    return new Set<string>();
  };
  for await (const live of driver.list(aws, { project, environment, existence: true, asks: () => false, indexed })) {
    const tag = live.tags[ownership.resource] ?? "";
    const isOne = live.tags[ownership.project] === project && live.tags[ownership.environment] === environment && isAlive(live);
    if (!isOne || isOfOtherRegion(kind, live.tags, aws.region) || !tag.startsWith(start)) continue;
    const name = tag.slice(start.length);
    found.set(name, [...(found.get(name) ?? []), live.id]);
  }
  const twice = [...found].find(([, ids]) => ids.length > 1);
  if (dark !== undefined) failures.set(key, `infra could not list them: ${dark}`);
  else if (found.size === 0) failures.set(key, `no ${kind.name} has these tags (${key})`);
  else if (twice) failures.set(key, `${twice[1].length} objects are tagged ${start}${twice[0]}: ${twice[1].sort().join(", ")}`);
  else
    answers.set(
      key,
      inOrder(found.keys()).map((name) => found.get(name)![0]!),
    );
}

/** Sorts keys by number when all are numbers, else by code point. */
function inOrder(keys: Iterable<string>): readonly string[] {
  const sorted = [...keys].sort();
  return sorted.every((key) => /^\d+$/.test(key)) ? sorted.sort((a, b) => Number(a) - Number(b)) : sorted;
}

/** Finds an object that AWS made by itself. We never make such an object: if it is missing, somebody deleted it. */
async function answerDefault(
  driver: Driver,
  kind: string,
  key: string,
  of: string,
  aws: Aws,
  answers: Answers,
  failures: Map<string, string>,
): Promise<void> {
  const found = (await driver.defaults!(aws, [of])).get(of);
  if (found) answers.set(key, found.id);
  else
    failures.set(
      key,
      `the account ${aws.account} has no default ${kind}${of === "" ? "" : ` of ${of}`} in ${aws.region}; somebody deleted it`,
    );
}

/**
 * Returns the hint for a look-up in another account. Amazon VPC User Guide, "Share your VPC subnets with other accounts": tags are not
 * shared with participants.
 */
function notShared({ name: kind, placedBy = {} }: Kind): string {
  const placed = Object.keys(placedBy);
  return (
    `; AWS does not show the owner's tags to other accounts: only tags that this account itself set on the ${kind} count. ` +
    `Refer to it by { id }${placed.length > 0 ? ` or by its place, { ${placed.join(", ")} }` : ""}, or tag it in this account`
  );
}

async function lookUpZones(aws: Aws, zones: ReadonlySet<string>, answers: Answers, failures: Map<string, string>): Promise<void> {
  if (zones.size === 0) return;
  const ec2 = await aws.clock.work(import("../aws/sdk/ec2.ts"));
  try {
    const { AvailabilityZones = [] } = await aws.ec2(new ec2.DescribeAvailabilityZonesCommand({ ZoneIds: [...zones] }));
    for (const zone of AvailabilityZones) answers.set(zone.ZoneId!, zone.ZoneName!);
  } catch (error) {
    if (!(error instanceof AwsError) || !(isNotFound(error) || hasCode(error, "InvalidParameterValue"))) throw error;
  }
  for (const zone of zones) if (!answers.has(zone)) failures.set(zone, `the region ${aws.region} has no zone ${zone}`);
}

function answer(kind: Kind, node: Desired, answers: ReadonlyMap<string, string | readonly string[]>): Declared {
  const lookups: Record<string, string> = {};
  const zoned = mapAnnotated(kind.schema, node.spec as Spec, "x-zone", (value) => answers.get(value as string) ?? value);
  const linked = mapAnnotated(kind.schema, zoned, "x-ref", (value, path, schema) => {
    const [first] = refKinds(schema);
    const key = lookupKey(value, first);
    if (key === undefined) return value;
    lookups[fieldOf(path)] = key;
    const found = answers.get(key);
    if (found === undefined) return value;
    const told = [found].flat().map((id) => idFor(schema, (value as Written).kind ?? first!, id));
    return Array.isArray(found) ? new Several(told) : told[0];
  });
  const spec = linked === zoned ? linked : (spread(linked) as Spec);
  const resolved = mapAnnotated(kind.schema, spec, "x-image", (value) => answers.get(lookupKey(value) ?? "") ?? value);
  const isOpen = spec !== node.spec || Object.keys(lookups).length > 0;
  return { kind, desired: isOpen ? { ...node, spec, lookups } : node, resolved };
}
