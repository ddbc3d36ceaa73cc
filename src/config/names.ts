/** What expressions may name: variables, the environment, the item of a repetition, and fields of other resources. */
import { type Node, nodeOfPlain } from "../expressions/node.ts";
import { Consequence, Late, type Names } from "../expressions/outcome.ts";
import { type Plain, toCel, ValueProblem } from "../expressions/values.ts";
import type { Kind } from "../kinds/kind.ts";
import { isLate, lateInNode, markOf, nameOfLate, nodeOfText, outputsOfKind } from "../resource/late.ts";
import { referenceKey, toPlain, type Tree } from "./tree.ts";
import { whyMissing } from "./why-missing.ts";
import { type Here, type Named, topNames, type UseOutputs, type World } from "./world.ts";
import type { CelInput } from "@bufbuild/cel";

/** A reference: its fields by name, and as a whole value the address alone. */
class Reference extends Map<string, CelInput> {
  readonly #fields: ReadonlyMap<string, CelInput>;

  constructor(address: string, fields: ReadonlyMap<string, CelInput>) {
    super([[referenceKey, address]]);
    this.#fields = fields;
  }

  override has(key: string): boolean {
    return super.has(key) || this.#fields.has(key);
  }

  override get(key: string): CelInput | undefined {
    return super.get(key) ?? this.#fields.get(key);
  }
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
      ...(world.isPart ? ["param"] : ["var", ...topNames, "zones"]),
      ...(world.useNames().length > 0 ? ["use"] : []),
      ...(here.item ? [here.how === "count" ? "count" : "each"] : []),
      ...(here.seesResources ? world.kinds.keys() : []),
    ],
    missing: (path) => whyMissing(world, here, path),
    holdsObjects: (name) => name === "use" || name === "resource" || world.kinds.has(name),
  };
}

function valueOfName(world: World, here: Here, name: string): CelInput | undefined {
  if (world.isPart && (name === "var" || name === "zones" || (topNames as readonly string[]).includes(name))) return outside(world, name);
  if (name === "param" && world.isPart) {
    const isKnown = (key: string) => world.parameterNames().includes(key);
    return new Lazy(world.parameterNames(), (key) =>
      isKnown(key)
        ? parameterAs(
            world,
            carried(world, () => world.parameter(key)),
          )
        : undefined,
    );
  }
  if (name === "use" && here.seesResources && world.useNames().length > 0) return new Lazy(world.useNames(), (key) => useAs(world, key));
  if (name === "var")
    return new Lazy(world.variableNames(), (key) => {
      const tree = world.variable(key);
      return tree && writtenValue(world, tree);
    });
  if (name === "each" || name === "count") return itemAs(here, name);
  if ((topNames as readonly string[]).includes(name)) return topOf(world, name);
  if (name === "zones") return zonesOf(world);
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
    if (kind) return resourceAs(world, kind, name);
    return world.repetition(kindName, name) ? world.evaluator.raise(new Consequence()) : undefined;
  });
}

function outside(world: World, name: string): never {
  const what =
    name === "var" || name === "zones"
      ? `${name === "var" ? "variables" : name} belong to the environment`
      : `${name} belongs to the environment`;
  return world.evaluator.raise(new ValueProblem(`${what}, and a part sees only its parameters: declare one, and give it by \`with\``));
}

/** References are objects with fields, and stand for themselves where they are the whole value. */
function parameterAs(world: World, tree: Tree | undefined): CelInput | undefined {
  if (!tree) return undefined;
  if (tree.type === "list") return tree.items.map((item) => parameterAs(world, item)!);
  if (tree.type !== "scalar" || !tree.absolute) return writtenValue(world, tree);
  const object = world.referred(String(tree.value));
  return object ? new Reference(String(tree.value), objectAs(world, object)) : String(tree.value);
}

function useAs(world: World, name: string): CelInput | undefined {
  const use = world.useOf(name);
  if (!use) return undefined;
  if (use.how === "broken") return world.evaluator.raise(new Consequence());
  if (use.how === "absent")
    return world.evaluator.raise(new ValueProblem(`use/${name} is not declared here, because its \`when\` is false`));
  const outputsAs = (outputs: UseOutputs) =>
    new Lazy(outputs.names, (key) => {
      const tree = outputs.names.includes(key) ? carried(world, () => outputs.get(key)) : undefined;
      return tree && writtenValue(world, tree);
    });
  if (use.how === "one") return outputsAs(use.outputs);
  return new Lazy(use.byKey.keys(), (key) => {
    const outputs = use.byKey.get(key);
    return outputs && outputsAs(outputs);
  });
}

/** A top field has a value in every environment that is whole; the account may be the caller's. */
function topOf(world: World, name: string): CelInput {
  const value = world.top(name);
  if (value !== undefined) return toCel(value);
  if (name !== "account") return world.evaluator.raise(new ValueProblem(`the environment writes no ${name}`));
  return world.evaluator.raise(new Late(["account"], "the account is known only when AWS was asked who calls"));
}

function zonesOf(world: World): CelInput {
  const zones = world.zones();
  return zones ? [...zones] : world.evaluator.raise(new Late(["zones"], "the zones of the account are known only when AWS was asked"));
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

function objectAs(world: World, object: Named): Lazy {
  const { kind, address } = object;
  const isOutput = (name: string) => Object.hasOwn(outputsOfKind(kind), name);
  return new Lazy(object.fieldNames(), (field) => {
    // The name of an object of a type, though written, is of use to others only when the object is there: they wait for it.
    if (kind.namesByValue && isOutput(field)) return world.evaluator.raise(lateOf(kind, address, field));
    if (field.startsWith("@")) return isOutput(field.slice(1)) ? world.evaluator.raise(lateOf(kind, address, field.slice(1))) : undefined;
    const tree = carried(world, () => object.field(field));
    if (tree) return writtenValue(world, tree);
    const value = kind.fields[field]?.default?.value as Plain | undefined;
    if (value !== undefined) return toCel(value);
    // A field that nobody writes and that has no default is AWS's: where it is an output, AWS tells it.
    return isOutput(field) ? world.evaluator.raise(lateOf(kind, address, field)) : undefined;
  });
}

/** `iamRole.run.arn`, `subnet["app-a"].id`, `resource("AWS::SQS::Queue/jobs").Arn`. */
const path =
  /^\s*(?:resource\((["'])([A-Za-z0-9:]+)\/([\w-]+)\1\)|([A-Za-z]\w*)(?:\.([A-Za-z_]\w*)|\[(["'])([\w-]+)\6\]))\.([A-Za-z_]\w*)\s*$/;

/** What AWS tells of one object, where the expression is a plain path to it and the file writes no such field: it needs no library. */
export function lateAt(world: World, here: Here, code: string): Late | undefined {
  const [, , ofType, byAddress, ofKind, byName, , byKey, field = ""] = path.exec(code) ?? [];
  const kind = here.seesResources ? world.kinds.get(ofType ?? ofKind ?? "") : undefined;
  if (!kind || !Object.hasOwn(outputsOfKind(kind), field)) return undefined;
  const name = byAddress ?? byName ?? byKey!;
  if (world.repetition(kind.name, name)?.how !== "one") return undefined;
  const object = world.object(kind.name, name, undefined);
  const isWritten = Object.hasOwn(kind.fields, field) || object.fieldNames().includes(field);
  return kind.namesByValue || !isWritten ? lateOf(kind, object.address, field) : undefined;
}

/** A field that holds what AWS tells only later is as late as that. */
function writtenValue(world: World, tree: Tree): CelInput {
  const value = toPlain(tree) as Plain;
  if (!isLate(value)) return toCel(value);
  return world.evaluator.raise(lateFor(nodeOfPlain(value, nodeOfText)));
}

function lateOf(kind: Kind, address: string, output: string): Late {
  const mark = markOf({ address, output });
  return lateFor(outputsOfKind(kind)[output]?.type === "number" ? ["number", mark] : ["text", mark]);
}

/** What waits, with a sentence about the first value that it waits for. */
function lateFor(node: Node): Late {
  const [first] = lateInNode(node);
  if (first) return new Late(node, `${nameOfLate(first)} is known only when ${first.address} exists`);
  return new Late(node, "the account and its zones are known only when AWS was asked");
}

/** What goes wrong in the evaluation of another value is told there. */
function carried(world: World, get: () => Tree | undefined): Tree | undefined {
  try {
    return get();
  } catch (error) {
    if (error instanceof Consequence) return world.evaluator.raise(error);
    throw error;
  }
}
