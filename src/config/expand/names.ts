/** The names that expressions may use: variables, the environment, the item of a repetition, and fields of other resources. */
import { type Node, nodeOfPlain } from "../../expressions/node.ts";
import { Consequence, Late, type Names } from "../../expressions/outcome.ts";
import { type Plain, toCel, ValueProblem } from "../../expressions/values.ts";
import type { Kind } from "../../kinds/kind.ts";
import { isLate, lateInNode, markOf, nameOfLate, nodeOfText, outputsOfKind } from "../../resource/late.ts";
import { referenceKey, toPlain, type Tree } from "../yaml/tree.ts";
import { whyMissing } from "./why-missing.ts";
import { type Here, type Named, topNames, type UseOutputs, type NameScope } from "./name-scope.ts";
import type { CelInput } from "@bufbuild/cel";

/** A reference. It has fields by name, and as a whole value it is the address alone. */
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

/** A map that knows its keys and makes a value when it is first needed. */
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
export function namesAt(scope: NameScope, here: Here): Names {
  return {
    get: (name) => valueOfName(scope, here, name),
    all: () => [
      ...(scope.isPart ? ["param"] : ["var", ...topNames, "zones"]),
      ...(scope.useNames().length > 0 ? ["use"] : []),
      ...(here.item ? [here.how === "count" ? "count" : "each"] : []),
      ...(here.seesResources ? scope.kinds.keys() : []),
    ],
    missing: (path) => whyMissing(scope, here, path),
    holdsObjects: (name) => name === "use" || name === "resource" || scope.kinds.has(name),
  };
}

function valueOfName(scope: NameScope, here: Here, name: string): CelInput | undefined {
  if (scope.isPart && (name === "var" || name === "zones" || (topNames as readonly string[]).includes(name))) return outside(scope, name);
  if (name === "param" && scope.isPart) {
    const isKnown = (key: string) => scope.parameterNames().includes(key);
    return new Lazy(scope.parameterNames(), (key) =>
      isKnown(key)
        ? parameterAs(
            scope,
            carried(scope, () => scope.parameter(key)),
          )
        : undefined,
    );
  }
  if (name === "use" && here.seesResources && scope.useNames().length > 0) return new Lazy(scope.useNames(), (key) => useAs(scope, key));
  if (name === "var")
    return new Lazy(scope.variableNames(), (key) => {
      const tree = scope.variable(key);
      return tree && writtenValue(scope, tree);
    });
  if (name === "each" || name === "count") return itemAs(here, name);
  if ((topNames as readonly string[]).includes(name)) return topOf(scope, name);
  if (name === "zones") return zonesOf(scope);
  if (name === "resource" && here.seesResources) return resourcesByAddress(scope);
  const kind = here.seesResources ? scope.kinds.get(name) : undefined;
  return kind && new Lazy(scope.resourceNames(name), (key) => resourceAs(scope, kind, key));
}

/** Returns all resources by address, for `resource("AWS::SQS::Queue/jobs")`. Resources of AWS types can be named only this way. */
function resourcesByAddress(scope: NameScope): CelInput {
  const addresses = [...scope.kinds.keys()].flatMap((kind) => scope.resourceNames(kind).map((name) => `${kind}/${name}`));
  return new Lazy(addresses, (address) => {
    const [kindName = "", name = ""] = address.split("/");
    const kind = scope.kinds.get(kindName);
    if (kind) return resourceAs(scope, kind, name);
    return scope.repetition(kindName, name) ? scope.evaluator.raise(new Consequence()) : undefined;
  });
}

function outside(scope: NameScope, name: string): never {
  const what =
    name === "var" || name === "zones"
      ? `${name === "var" ? "variables" : name} belong to the environment`
      : `${name} belongs to the environment`;
  return scope.evaluator.raise(
    new ValueProblem(`${what}, but a part sees only its parameters: declare a parameter, and set it in \`with\``),
  );
}

/** Returns the value of a parameter. A reference is an object with fields, and stands for itself when it is the whole value. */
function parameterAs(scope: NameScope, tree: Tree | undefined): CelInput | undefined {
  if (!tree) return undefined;
  if (tree.type === "list") return tree.items.map((item) => parameterAs(scope, item)!);
  if (tree.type !== "scalar" || !tree.absolute) return writtenValue(scope, tree);
  const object = scope.referred(String(tree.value));
  return object ? new Reference(String(tree.value), objectAs(scope, object)) : String(tree.value);
}

function useAs(scope: NameScope, name: string): CelInput | undefined {
  const use = scope.useOf(name);
  if (!use) return undefined;
  if (use.how === "broken") return scope.evaluator.raise(new Consequence());
  if (use.how === "absent")
    return scope.evaluator.raise(new ValueProblem(`use/${name} is not declared here, because its \`when\` is false`));
  const outputsAs = (outputs: UseOutputs) =>
    new Lazy(outputs.names, (key) => {
      const tree = outputs.names.includes(key) ? carried(scope, () => outputs.get(key)) : undefined;
      return tree && writtenValue(scope, tree);
    });
  if (use.how === "one") return outputsAs(use.outputs);
  return new Lazy(use.byKey.keys(), (key) => {
    const outputs = use.byKey.get(key);
    return outputs && outputsAs(outputs);
  });
}

/** Returns a top-level field. It has a value in every environment that is whole; the account may be the caller's. */
function topOf(scope: NameScope, name: string): CelInput {
  const value = scope.top(name);
  if (value !== undefined) return toCel(value);
  if (name !== "account") return scope.evaluator.raise(new ValueProblem(`the environment has no ${name}`));
  return scope.evaluator.raise(new Late(["account"], "the account is known only after AWS has been asked who calls"));
}

function zonesOf(scope: NameScope): CelInput {
  const zones = scope.zones();
  return zones
    ? [...zones]
    : scope.evaluator.raise(new Late(["zones"], "the zones of the account are known only after AWS has been asked"));
}

/** Returns the values of `each.key`, `each.value`, `each.index` and `count.index` here; undefined when nothing is repeated that way. */
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

function resourceAs(scope: NameScope, kind: Kind, name: string): CelInput | undefined {
  const repetition = scope.repetition(kind.name, name);
  if (!repetition) return undefined;
  if (repetition.how === "broken") return scope.evaluator.raise(new Consequence());
  if (repetition.how === "absent")
    return scope.evaluator.raise(new ValueProblem(`${kind.name}/${name} is not declared here, because its \`when\` is false`));
  if (repetition.how === "one") return objectAs(scope, scope.object(kind.name, name, undefined));
  const keys = repetition.items.map(({ key }) => key);
  return new Lazy(keys, (key) => {
    if (keys.includes(key)) return objectAs(scope, scope.object(kind.name, name, key));
    if (!repetition.absent.has(key)) return undefined;
    return scope.evaluator.raise(new ValueProblem(`${kind.name}/${name}[${key}] is not declared here, because its \`when\` is false`));
  });
}

function objectAs(scope: NameScope, object: Named): Lazy {
  const { kind, address } = object;
  const isOutput = (name: string) => Object.hasOwn(outputsOfKind(kind), name);
  return new Lazy(object.fieldNames(), (field) => {
    // The file writes the name of an object of an AWS type, but others can use the name only when the object exists, so they wait for it.
    if (kind.namesByValue && isOutput(field)) return scope.evaluator.raise(lateOf(kind, address, field));
    if (field.startsWith("@")) return isOutput(field.slice(1)) ? scope.evaluator.raise(lateOf(kind, address, field.slice(1))) : undefined;
    const tree = carried(scope, () => object.field(field));
    if (tree) return writtenValue(scope, tree);
    const value = kind.fields[field]?.default?.value as Plain | undefined;
    if (value !== undefined) return toCel(value);
    // AWS sets a field that nobody writes and that has no default. If the field is an output, AWS tells its value.
    return isOutput(field) ? scope.evaluator.raise(lateOf(kind, address, field)) : undefined;
  });
}

/** Matches `iamRole.run.arn`, `subnet["app-a"].id` and `resource("AWS::SQS::Queue/jobs").Arn`. */
const path =
  /^\s*(?:resource\((["'])([A-Za-z0-9:]+)\/([\w-]+)\1\)|([A-Za-z]\w*)(?:\.([A-Za-z_]\w*)|\[(["'])([\w-]+)\6\]))\.([A-Za-z_]\w*)\s*$/;

/** Returns the late value that a plain path to an object's output means, when the file writes no such field. This needs no library. */
export function lateAt(scope: NameScope, here: Here, code: string): Late | undefined {
  const [, , ofType, byAddress, ofKind, byName, , byKey, field = ""] = path.exec(code) ?? [];
  const kind = here.seesResources ? scope.kinds.get(ofType ?? ofKind ?? "") : undefined;
  if (!kind || !Object.hasOwn(outputsOfKind(kind), field)) return undefined;
  const name = byAddress ?? byName ?? byKey!;
  if (scope.repetition(kind.name, name)?.how !== "one") return undefined;
  const object = scope.object(kind.name, name, undefined);
  const isWritten = Object.hasOwn(kind.fields, field) || object.fieldNames().includes(field);
  return kind.namesByValue || !isWritten ? lateOf(kind, object.address, field) : undefined;
}

/** Returns a written value for an expression. A field that holds a late value is late, too. */
function writtenValue(scope: NameScope, tree: Tree): CelInput {
  const value = toPlain(tree) as Plain;
  if (!isLate(value)) return toCel(value);
  return scope.evaluator.raise(lateFor(nodeOfPlain(value, nodeOfText)));
}

function lateOf(kind: Kind, address: string, output: string): Late {
  const mark = markOf({ address, output });
  return lateFor(outputsOfKind(kind)[output]?.type === "number" ? ["number", mark] : ["text", mark]);
}

/** Returns a value that waits, with a sentence about the first late value that it waits for. */
function lateFor(node: Node): Late {
  const [first] = lateInNode(node);
  if (first) return new Late(node, `${nameOfLate(first)} is known only when ${first.address} exists`);
  return new Late(node, "the account and its zones are known only after AWS has been asked");
}

/** Returns the value of another evaluation and passes its failure on, which is reported there. */
function carried(scope: NameScope, get: () => Tree | undefined): Tree | undefined {
  try {
    return get();
  } catch (error) {
    if (error instanceof Consequence) return scope.evaluator.raise(error);
    throw error;
  }
}
