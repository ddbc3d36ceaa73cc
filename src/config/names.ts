/** What expressions may name: variables, the environment, the item of a repetition, and fields of other resources. */
import type { CelInput } from "@bufbuild/cel";
import { didYouMean } from "../diag/did-you-mean.ts";
import type { Kind } from "../kinds/kind.ts";
import type { Evaluator, Names } from "./expressions/evaluate.ts";
import { Consequence, Late } from "./expressions/evaluate.ts";
import { toCel, ValueProblem, type Plain } from "./expressions/values.ts";
import type { Item, Repetition } from "./repetition.ts";
import { toPlain, type Tree } from "./tree.ts";

/** One object as far as expressions are concerned. */
export interface Named {
  readonly kind: Kind;
  readonly address: string;
  /** A field as the YAML writes it, evaluated; undefined when it does not write it. Throws Consequence when it is wrong. */
  field(name: string): Tree | undefined;
  fieldNames(): readonly string[];
}

/** What the names stand for in one environment. */
export interface World {
  readonly evaluator: Evaluator;
  readonly kinds: ReadonlyMap<string, Kind>;
  variableNames(): readonly string[];
  /** Throws Consequence when its value is wrong. */
  variable(name: string): Tree | undefined;
  guessVariable(name: string): string;
  /** `project`, `environment`, `region`, `account`, `partition`. */
  top(name: string): Plain | undefined;
  resourceNames(kind: string): readonly string[];
  repetition(kind: string, name: string): Repetition | undefined;
  object(kind: string, name: string, key: string | undefined): Named;
}

export const topNames = ["project", "environment", "region", "account", "partition"] as const;

/** The place where an expression stands. */
export interface Here {
  /** The item of the repeated resource around it, and how it is repeated. */
  readonly item?: Item | undefined;
  readonly how?: "count" | "forEach" | undefined;
  /** What was used of `each` and `count`: a value that used none is the same for all items. */
  readonly used: { item: boolean; index: boolean };
  /** Whether resources may be named: not in the default of a variable. */
  readonly seesResources: boolean;
}

/** A map that knows its keys and makes a value when it is asked for it. */
class Lazy extends Map<string, CelInput> {
  readonly #make: (key: string) => CelInput | undefined;

  constructor(keys: Iterable<string>, make: (key: string) => CelInput | undefined) {
    super(Array.from(keys, (key) => [key, null]));
    this.#make = make;
  }

  override get(key: unknown): CelInput | undefined {
    return this.#make(String(key));
  }

  override *entries(): MapIterator<[string, CelInput]> {
    for (const key of this.keys()) yield [key, this.get(key)!];
    return undefined;
  }

  override *values(): MapIterator<CelInput> {
    for (const key of this.keys()) yield this.get(key)!;
    return undefined;
  }

  override [Symbol.iterator](): MapIterator<[string, CelInput]> {
    return this.entries();
  }
}

/** The names that an expression at this place may use. */
export function namesAt(world: World, here: Here): Names {
  return {
    get: (name) => valueOfName(world, here, name),
    all: () => [
      "var",
      ...topNames,
      ...(here.item ? [here.how === "count" ? "count" : "each"] : []),
      ...(here.seesResources ? world.kinds.keys() : []),
    ],
    missing: (path) => whyMissing(world, here, path),
  };
}

function valueOfName(world: World, here: Here, name: string): CelInput | undefined {
  if (name === "var") return new Lazy(world.variableNames(), (key) => optional(world.variable(key)));
  if (name === "each" || name === "count") return itemAs(here, name);
  if ((topNames as readonly string[]).includes(name)) return topOf(world, name);
  if (name === "resource" && here.seesResources) return resourcesByAddress(world);
  const kind = here.seesResources ? world.kinds.get(name) : undefined;
  return kind && new Lazy(world.resourceNames(name), (key) => resourceAs(world, kind, key));
}

/** `resource("AWS::SQS::Queue/jobs")`: any resource by its address, which for AWS's types is the only way. */
function resourcesByAddress(world: World): CelInput {
  const addresses = [...world.kinds.keys()].flatMap((kind) => world.resourceNames(kind).map((name) => `${kind}/${name}`));
  return new Lazy(addresses, (address) => {
    const [kindName = "", name = ""] = address.split("/");
    const kind = world.kinds.get(kindName);
    return kind && resourceAs(world, kind, name);
  });
}

/** A top field has a value in every environment that is whole; where it has none, the value problem says why. */
function topOf(world: World, name: string): CelInput {
  const value = world.top(name);
  if (value !== undefined) return toCel(value);
  const why =
    name === "account" ? "the account is known here only where the environment writes `account:`" : `the environment writes no ${name}`;
  return world.evaluator.raise(new ValueProblem(why));
}

/** What `each.key`, `each.value`, `each.index` and `count.index` are here; undefined where nothing is repeated that way. */
export function itemFields({ item, how }: Here, name: "each" | "count"): Readonly<Record<string, Plain>> | undefined {
  if (!item) return undefined;
  if (name === "count") return how === "count" ? { index: item.index } : undefined;
  return how === "forEach" ? { key: item.key, value: item.value, index: item.index } : undefined;
}

function itemAs(here: Here, name: "each" | "count"): CelInput | undefined {
  const fields = itemFields(here, name);
  if (!fields) return undefined;
  return new Lazy(Object.keys(fields), (key) => {
    if (!Object.hasOwn(fields, key)) return undefined;
    here.used.item = true;
    if (name === "each" && key === "index") here.used.index = true;
    return toCel(fields[key]!);
  });
}

function resourceAs(world: World, kind: Kind, name: string): CelInput | undefined {
  const repetition = world.repetition(kind.name, name);
  if (!repetition) return undefined;
  if (repetition.how === "broken") return world.evaluator.raise(new Consequence());
  if (repetition.how === "absent")
    return world.evaluator.raise(new ValueProblem(`${kind.name}/${name} is not declared here, because its \`when\` is false`));
  if (repetition.how === "one") return objectAs(world, world.object(kind.name, name, undefined));
  const keys = repetition.items.map(({ key }) => key);
  return new Lazy(keys, (key) => {
    if (keys.includes(key)) return objectAs(world, world.object(kind.name, name, key));
    if (!repetition.absent.has(key)) return undefined;
    return world.evaluator.raise(new ValueProblem(`${kind.name}/${name}[${key}] is not declared here, because its \`when\` is false`));
  });
}

function objectAs(world: World, object: Named): CelInput {
  const { kind, address } = object;
  const isOutput = (name: string) => name === "id" || Object.hasOwn(kind.outputs ?? {}, name);
  return new Lazy(object.fieldNames(), (field) => {
    if (field.startsWith("@")) return isOutput(field.slice(1)) ? world.evaluator.raise(new Late(address, field.slice(1))) : undefined;
    const tree = fieldOf(world, object, field);
    if (tree) return optional(tree);
    const value = kind.fields[field]?.default?.value as Plain | undefined;
    if (value !== undefined) return toCel(value);
    return isOutput(field) && !Object.hasOwn(kind.fields, field) ? world.evaluator.raise(new Late(address, field)) : undefined;
  });
}

function fieldOf(world: World, object: Named, field: string): Tree | undefined {
  try {
    return object.field(field);
  } catch (error) {
    if (error instanceof Consequence) return world.evaluator.raise(error);
    throw error;
  }
}

function optional(tree: Tree | undefined): CelInput | undefined {
  return tree && toCel(toPlain(tree) as Plain);
}

/** Why a path leads nowhere, in terms of what it begins with. */
function whyMissing(world: World, here: Here, path: readonly string[]): { summary: string; hint?: string | undefined } | undefined {
  if (path[0] === "resource" && path[1] !== undefined) return whyMissing(world, here, [...path[1].split("/"), ...path.slice(2)]);
  const [root, name = "", field] = path;
  if (root === "var" && path.length === 2)
    return {
      summary: `no variable "${name}" is declared under variables:.`,
      hint: hyphenated(`var`, name, world.variableNames()) ?? world.guessVariable(name),
    };
  const kind = here.seesResources ? world.kinds.get(root!) : undefined;
  if (!kind)
    return path.length === 2 && (root === "each" || root === "count")
      ? { summary: `${root} has no "${name}".`, hint: root === "count" ? "it has: index" : "it has: key, value, index" }
      : undefined;
  const names = world.resourceNames(kind.name);
  if (path.length === 2) {
    const near = didYouMean(name, names);
    return {
      summary: `${kind.name} "${name}" is not declared.`,
      hint: hyphenated(kind.name, name, names) ?? (near ? `did you mean "${near}"?` : declaredAre(kind.name, names)),
    };
  }
  const repetition = world.repetition(kind.name, name);
  if (repetition?.how === "count" || repetition?.how === "forEach") {
    const keys = repetition.items.map((item) => item.key);
    if (path.length === 3)
      return {
        summary: `${kind.name}/${name} has no [${field}].`,
        hint:
          keys.length > 0
            ? `it has: ${keys.slice(0, 10).join(", ")}${keys.length > 10 ? ", …" : ""}, as in ${kind.name}.${name}["${keys[0]}"]`
            : "it is no object in this run",
      };
    if (path.length === 4) return noField(world, kind, `${name}[${field}]`, path[3]!);
    return undefined;
  }
  return path.length === 3 ? noField(world, kind, name, field!) : undefined;
}

function noField(world: World, kind: Kind, name: string, field: string): { summary: string; hint?: string | undefined } {
  const outputs = ["id", ...Object.keys(kind.outputs ?? {})];
  if (field.startsWith("@")) return { summary: `a ${kind.name} has no output "${field.slice(1)}".`, hint: `it has: ${outputs.join(", ")}` };
  const known = [...Object.keys(kind.fields), ...outputs];
  const near = didYouMean(field, known);
  if (known.includes(field))
    return { summary: `${kind.name}/${name} does not write its ${field}, and it has no default.`, hint: `write ${field} there` };
  return { summary: `a ${kind.name} has no field "${field}".`, hint: near ? `did you mean "${near}"?` : `known are: ${known.join(", ")}` };
}

/** `loadBalancer.front-lb` is a subtraction in CEL. */
function hyphenated(root: string, name: string, names: readonly string[]): string | undefined {
  const found = names.find((known) => known.startsWith(`${name}-`));
  return found && `a name with a hyphen is written ${root}["${found}"]; without brackets, - is a subtraction`;
}

function declaredAre(kind: string, names: readonly string[]): string {
  return names.length === 0
    ? `this environment declares no ${kind}`
    : `declared are: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`;
}
