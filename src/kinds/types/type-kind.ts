/** Kinds named after AWS's types (`AWS::SQS::Queue`), each made when a file or a tag first names it (docs/types.md). */
import { typeNames, typeSchema } from "@plumbline/aws-types";
import type { TSchema } from "typebox";
import type { Driver, Fields, Kind, Naming, Spec, Waits } from "../kind.ts";
import { authoredType } from "./authored.ts";
import { listsInOrder } from "./order.ts";
import { curated, type Curated, type Part } from "./curated.ts";
import type { Typed } from "./driver.ts";
import type { PartOf } from "./holders.ts";
import { lastOf, same } from "./overlay/entry.ts";
import { isRegionless } from "./overlay/regionless.ts";
import { factsOf, losesValues, patternOf, type TypeFacts } from "./facts.ts";
import { iamOf } from "./iam.ts";
import { refusalOf } from "./refused.ts";
import type { Refusal } from "./refusal.ts";
import { notesOf } from "./read-back.ts";
import { networkOfType } from "./network.ts";
import { comparingOf, rulesFor } from "./rules.ts";
import { isSecretProperty } from "./secrets.ts";
import { writtenSchema } from "./written.ts";

/** The kind; the reason why the type is refused; or undefined where AWS has no such type. */
export type TypeAnswer = { readonly kind: Kind } | { readonly refused: Refusal } | undefined;

/** The facts about types that need no call to AWS. */
export interface KnownTypes {
  of(name: string): TypeAnswer;
  names(): readonly string[];
  /** Whether somebody checked the type individually. */
  isCurated(name: string): boolean;
  curated(): readonly Kind[];
  /** Returns the curated type of an object, from its ARN. */
  ofArn(arn: string): Kind | undefined;
}

/** Loads the driver for objects of a type. */
export type DriverOf = (typed: Typed) => Promise<Driver>;

/** Returns the kinds of types. Each kind is made when it is first asked for, and `driverOf` loads its driver when it first calls AWS. */
export function typesWith(driverOf: DriverOf): KnownTypes {
  const made = new Map<string, TypeAnswer>();
  const indexes: Around["indexes"] = (isMeant) =>
    [...made].flatMap(([type, answer]) =>
      answer && "kind" in answer && answer.kind.tagIndex && isMeant(type) ? [answer.kind.tagIndex.type] : [],
    );
  const of = (name: string): TypeAnswer => {
    if (!made.has(name)) made.set(name, make({ of, driverOf, indexes }, name));
    return made.get(name);
  };
  return {
    of,
    names: typeNames,
    isCurated,
    curated: () => Object.keys(curated).flatMap((name) => kindIn(of(name))),
    ofArn(arn) {
      const [, , service, , , ...rest] = arn.split(":");
      const words = [service, `${service}:${rest[0]?.split("/")[0]}`];
      const name = Object.keys(curated).find((one) => words.includes(curated[one]!.index));
      return name === undefined ? undefined : kindIn(of(name))[0];
    },
  };
}

function kindIn(answer: TypeAnswer): readonly Kind[] {
  return answer && "kind" in answer ? [answer.kind] : [];
}

/** The parts of the other kinds that a kind needs when it is made. */
interface Around extends Pick<KnownTypes, "of"> {
  readonly driverOf: DriverOf;
  /** Service and type in the ARNs of all kinds made so far. */
  readonly indexes: Typed["indexes"];
}

function isCurated(name: string): boolean {
  return Object.hasOwn(curated, name);
}

function make(around: Around, name: string): TypeAnswer {
  const refused = refusalOf(name);
  if (refused) return { refused };
  const schema = typeSchema(name);
  if (!schema) return undefined;
  const facts = factsOf(name, schema);
  const known = isCurated(name) ? curated[name]! : undefined;
  const why = whyNot(facts, known);
  if (why) return { refused: why };
  return { kind: kindOf(around, facts, known ? curatedTyped(around, facts, known) : unprovenTyped(around, facts), known) };
}

/** Returns the reason to refuse a type. Nobody could find an object that has left the file if the object cannot name its owner. */
function whyNot(facts: TypeFacts, known: Curated | undefined): Refusal | undefined {
  const { tags, identifier, isMade } = facts;
  if (!isMade) return { why: "Cloud Control cannot create it", instead };
  if (known?.mark ?? known?.part) return undefined;
  if (!tags) return { why: "its objects cannot have tags when they are created, so nothing would name their owner", instead };
  if (known) return undefined;
  if (identifier.length > 1)
    return { why: "its objects have an identifier of several parts, which infra cannot find through tags", instead };
  // The next run would create an object again if nothing finds it reliably.
  const isFound = facts.isListed || nameOfUnproven(facts) !== undefined || isArn(identifier[0]!);
  return isFound ? undefined : { why: "AWS does not list its objects, and their ARNs do not contain their identifier", instead };
}

const instead = "create it by hand or with another tool, and write its id or ARN where other resources need it";

/** The limit where AWS does not say how long a handler may take: two hours (CloudFormation CLI User Guide, `timeoutInMinutes`). */
const longest = 7200;

function waitsOf({ limits }: TypeFacts): Waits {
  return { create: { typical: 30, limit: limits.create ?? longest }, delete: { typical: 30, limit: limits.delete ?? longest } };
}

function curatedTyped(around: Around, facts: TypeFacts, known: Curated): Typed {
  const { index, idOf = same, arn, name, choices, invented, mark, part, lists, isLike, waits, tells = [] } = known;
  return {
    facts,
    comparing: comparingOf(facts, known),
    ...(index !== undefined && { index }),
    indexes: around.indexes,
    idOf,
    tells,
    ...(arn && { arn }),
    ...(name && { name }),
    ...(choices && { choices }),
    ...(invented !== undefined && { invented }),
    ...(mark && { mark }),
    ...(part && { part: partOf(around, facts, part) }),
    isListed: mark !== undefined || name?.id === undefined,
    ...(lists && { lists }),
    ...(isLike && { isLike }),
    waits: waits ?? waitsOf(facts),
    tellsAll: true,
  };
}

function partOf({ of: kindNamed }: Around, { identifier }: TypeFacts, { of, key, ...part }: Part): PartOf {
  const { field } = part;
  return {
    ...part,
    holder: () => (kindNamed(of) as { readonly kind: Kind }).kind,
    key: key.map((path) => path.split("/")),
    isOnly: identifier.join() === field,
  };
}

/**
 * Returns the driver's facts for a type that nobody tried. The identifier is the name that infra gives, if the schema lets a create set it;
 * otherwise it is an ARN or the end of one.
 */
function unprovenTyped({ indexes }: Around, facts: TypeFacts): Typed {
  const [identifier = ""] = facts.identifier;
  const field = nameOfUnproven(facts);
  return {
    facts,
    comparing: comparingOf(facts),
    index: "*",
    indexes,
    tells: [],
    idOf: isArn(identifier) ? same : lastOf,
    ...(field !== undefined && { name: { field, id: same } }),
    isListed: facts.isListed,
    waits: waitsOf(facts),
    tellsAll: false,
  };
}

function kindOf({ driverOf }: Around, facts: TypeFacts, typed: Typed, known: Curated | undefined): Kind<Spec, Spec> {
  const naming = namingOf(facts, typed, known);
  const field = typed.name?.field;
  const written = writtenSchema(facts, {
    isCurated: known !== undefined,
    derived: [isDerived(facts, field) ? field : undefined, typed.invented],
    needed: [...(known?.needs ?? []), ...(field === undefined || isDerived(facts, field) ? [] : [field])],
    mark: typed.mark?.way,
    only: known?.only ?? {},
    refuses: known?.refuses ?? {},
  });
  const isMarked = !facts.tags;
  const without = new Set([...(facts.tags ? [facts.tags.property] : []), ...(field === undefined ? [] : [field])]);
  const isNamed = isMarked && typed.mark === undefined;
  return {
    name: facts.name,
    section: facts.name,
    ...(known?.dataLoss === "data" && { file: "data" as const }),
    doc: known?.doc ?? `The AWS type ${facts.name}, which has not been tested with infra.`,
    outputs: { ...outputsOf(facts, field, typed.tells), ...(typed.arn && { arn: "The ARN." }) },
    schema: walked(facts),
    written,
    fields: rulesFor(facts, without, known, isNamed ? (known?.part?.key ?? []) : []) as Fields<Spec>,
    stages: [{ name: "create" }],
    create: "token",
    ...(isRegionless(facts.name) && { isGlobal: true as const }),
    namesByValue: true,
    ...(naming && { naming }),
    ...(typed.name?.id && { keepsId: true as const }),
    ...(isMarked && { untagged: true as const }),
    // The holder's tags know a part under one name, so the old part is deleted first.
    replace: naming || isNamed || facts.schema.replacementStrategy === "delete_then_create" ? "delete-first" : "create-first",
    notes: (_self, live) => notesOf(live),
    ...(known?.dataLoss && { dataLoss: known.dataLoss }),
    waits: typed.waits,
    ...(typed.index !== undefined && { tagIndex: { type: typed.index, idOf: (arn: string) => typed.idOf(arn) ?? arn } }),
    readCost: (n) => 1 + n.ours + (isMarked ? 1 : 0),
    iam: iamOf(facts, known, { isListed: typed.isListed || typed.part !== undefined, isTaggedByArn: isNamed || losesValues(facts) }),
    authored: (spec) => authoredType(facts, written.required, listsInOrder(typed.comparing, spec), typed.mark?.way),
    network: networkOfType(facts.name),
    drawn: () => ({ as: "beside", glyph: "part", sub: facts.name.replace(/^AWS::/, "") }),
    load: () => driverOf(typed),
  };
}

/**
 * Returns the schema that code searching for references reads. No property holds a reference except outputs of other resources, which are
 * marked as such.
 */
function walked({ schema }: TypeFacts): TSchema {
  const properties = Object.keys(schema.properties ?? {}).map((name) => [name, {}]);
  return { type: "object", properties: Object.fromEntries(properties) as object } as unknown as TSchema;
}

function namingOf(facts: TypeFacts, { name }: Typed, known: Curated | undefined): Naming | undefined {
  if (!name) return undefined;
  if (!known?.name) return { field: name.field, ...boundsOf(facts, name.field), writtenFreely: true };
  const { field, max, forbidden, lower } = known.name;
  return { field, max, forbidden, ...(lower ? { lower } : {}) };
}

/** Returns the property that holds the name, if the name is the identifier and a create can set it. */
function nameOfUnproven({ identifier: [identifier = ""], readOnly }: TypeFacts): string | undefined {
  return !readOnly.some((way) => way.join("/") === identifier) && identifier.endsWith("Name") ? identifier : undefined;
}

function isArn(property: string): boolean {
  return /Arn$/i.test(property);
}

/** Whether infra can derive the name. A derived name has hyphens; where the type allows none, the author gives the name. */
function isDerived({ schema }: TypeFacts, field: string | undefined): boolean {
  const { pattern } = (field === undefined ? undefined : schema.properties?.[field]) ?? {};
  return pattern === undefined || patternOf(pattern).test("prod-a1-b2");
}

/** Returns the limits of a name. Letters, digits and hyphens are allowed everywhere. */
function boundsOf({ schema }: TypeFacts, field: string): Pick<Naming, "max" | "forbidden"> {
  return { max: Math.min(64, schema.properties?.[field]?.maxLength ?? 64), forbidden: /[^A-Za-z0-9-]/ };
}

function outputsOf({ name, schema, readOnly }: TypeFacts, field: string | undefined, tells: readonly string[]): Record<string, string> {
  const made = readOnly.flatMap(([member, ...rest]) => (rest.length === 0 && member !== "id" ? [member!] : []));
  const plain = made.filter((member) => {
    const node = schema.properties?.[member] ?? {};
    return !/^(object|array)$/.test(String(node.type)) && !isSecretProperty(name, member, node);
  });
  return {
    ...Object.fromEntries(plain.map((member) => [member, `${member}, assigned by AWS.`])),
    ...Object.fromEntries(tells.map((member) => [member, `${member}, as written in the file.`])),
    ...(field === undefined ? {} : { [field]: "The name in AWS, written or derived." }),
  };
}
