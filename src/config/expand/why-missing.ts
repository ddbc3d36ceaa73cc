/** Explains why a name in an expression leads nowhere, in the words of its first name. */
import { withArticle } from "../../diag/words.ts";
import { didYouMean, writeOneOf } from "../../diag/did-you-mean.ts";
import type { Kind } from "../../kinds/kind.ts";
import { withKindMeant } from "../references/foreign-names.ts";
import { outputsOfKind } from "../../resource/late.ts";
import type { Here, NameScope } from "./name-scope.ts";
import { articled, type VariableType } from "./variable-rules.ts";
import { treeAt } from "./written-path.ts";

interface Why {
  readonly summary: string;
  readonly hint?: string | undefined;
}

/** Returns why a path leads nowhere, in the words of its first name. */
export function whyMissing(scope: NameScope, here: Here, path: readonly string[]): Why | undefined {
  if (path[0] === "resource" && path[1] !== undefined)
    return whyNoKind(scope, path[1]) ?? whyMissing(scope, here, [...path[1].split("/"), ...path.slice(2)]);
  if (path.length === 1) return whyNoResources(scope, here, path[0]!) ?? whyNoRoot(scope, path[0]!);
  return whyNoName(scope, here, path) ?? whyNoValue(scope, here, path);
}

/** Explains an address whose kind does not exist. */
function whyNoKind({ kinds }: NameScope, address: string): Why | undefined {
  const kind = address.slice(0, address.indexOf("/"));
  if (kinds.has(kind)) return undefined;
  const meant = withKindMeant(address, [...kinds.values()]);
  return {
    summary: `"${address}" is not an address: this file has no kind "${kind}".`,
    hint: meant && `did you mean "${meant}"?`,
  };
}

/** Explains a resource in the default of a variable, which is computed before there is any resource. */
function whyNoResources(scope: NameScope, { seesResources }: Here, name: string): Why | undefined {
  if (seesResources || !(scope.kinds.has(name) || name === "use" || name === "resource")) return undefined;
  const what = scope.isPart ? "parameter" : "variable";
  return {
    summary: `the default of a ${what} cannot use resources, such as ${name}, because it is computed before them.`,
    hint: `write the expression where the value is used, instead of the ${what}`,
  };
}

/** Explains the name of a variable, or of a parameter of the part, without its prefix. */
function whyNoRoot(scope: NameScope, name: string): Why | undefined {
  const [root, names] = scope.isPart ? ["param", scope.parameterNames()] : ["var", scope.variableNames()];
  return [...names].includes(name)
    ? { summary: `"${name}" is not a name that expressions know.`, hint: `write ${root}.${name}` }
    : undefined;
}

function whyNoName(scope: NameScope, here: Here, path: readonly string[]): Why | undefined {
  const [root, name = "", field] = path;
  if (root === "var" && path.length === 2)
    return {
      summary: `no variable "${name}" is declared under variables:.`,
      hint: hyphenated(`var`, name, scope.variableNames()) ?? scope.guessVariable(name),
    };
  if (root === "param" && path.length === 2) {
    const near = didYouMean(name, scope.parameterNames());
    const declared = scope.parameterNames();
    const all = declared.length > 0 ? writeOneOf(declared) : "it declares none";
    return { summary: `the part has no parameter "${name}".`, hint: near ? `did you mean "${near}"?` : all };
  }
  if (root === "use") return whyNoOutput(scope, path);
  if (path.length === 2 && (root === "each" || root === "count"))
    return { summary: `${root} has no "${name}".`, hint: root === "count" ? "it has: index" : "it has: key, value, index" };
  const kind = here.seesResources ? scope.kinds.get(root!) : undefined;
  if (!kind) return undefined;
  const names = scope.resourceNames(kind.name);
  if (path.length === 2) {
    const near = didYouMean(name, names);
    return {
      summary: `${kind.name} "${name}" is not declared.`,
      hint: hyphenated(kind.name, name, names) ?? (near ? `did you mean "${near}"?` : declaredAre(kind.name, names)),
    };
  }
  const repetition = scope.repetition(kind.name, name);
  if (repetition?.how === "count" || repetition?.how === "forEach") {
    const keys = repetition.items.map((item) => item.key);
    if (path.length === 3)
      return {
        summary: `${kind.name}/${name} has no [${field}].`,
        hint: keys.length > 0 ? `it has: ${someOf(keys)}, as in ${itemOf(kind.name, name, keys[0]!)}` : "it has no objects in this run",
      };
    return path.length === 4 ? noField(scope, kind, `${name}[${field}]`, path[3]!) : undefined;
  }
  return path.length === 3 ? noField(scope, kind, name, field!) : undefined;
}

/** Explains a key or an item that a written mapping or list does not have. */
function whyNoValue(scope: NameScope, here: Here, path: readonly string[]): Why | undefined {
  const [holder, last] = [path.slice(0, -1), path.at(-1)!];
  const tree = treeAt(holder, scope, here);
  if (!tree || (tree.type === "scalar" && tree.absolute)) return undefined;
  if (tree.type === "scalar")
    return {
      summary: `${asWritten(holder)} is ${tree.value === null ? "null" : articled(typeof tree.value as VariableType)}, so it has no "${last}".`,
    };
  if (path[0] === "param" && scope.isReference(path[1]!) && tree.type === "map")
    return {
      summary: `${asWritten(holder)} is outside this environment, so only the fields that are given are known: ${[...tree.entries.keys()].join(", ")}.`,
      hint: `declare a parameter for its ${last}, and set it in \`with\``,
    };
  if (tree.type === "list") {
    const many = tree.items.length;
    return { summary: `${asWritten(holder)} has ${many} item${many === 1 ? "" : "s"}, but none with the number ${last}; the first is 0.` };
  }
  const keys = [...tree.entries.keys()];
  const near = didYouMean(last, keys);
  const all = keys.length > 0 ? `it has: ${someOf(keys)}` : "it is empty";
  return { summary: `${asWritten(holder)} has no "${last}".`, hint: near ? `did you mean "${near}"?` : all };
}

function asWritten([root = "", ...steps]: readonly string[]): string {
  const step = (one: string) => (/^\d+$/.test(one) ? `[${one}]` : /^[A-Za-z_]\w*$/.test(one) ? `.${one}` : `["${one}"]`);
  return `${root}${steps.map(step).join("")}`;
}

function someOf(names: readonly string[]): string {
  return `${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`;
}

function whyNoOutput(scope: NameScope, [, name = "", ...rest]: readonly string[]): Why | undefined {
  const use = scope.useOf(name);
  if (!use) {
    const near = didYouMean(name, scope.useNames());
    const hint = hyphenated("use", name, scope.useNames()) ?? (near ? `did you mean "${near}"?` : writeOneOf(scope.useNames()));
    return { summary: `use "${name}" is not declared.`, hint };
  }
  if (use.how === "several") {
    const keys = [...use.byKey.keys()];
    const outputs = use.byKey.get(rest[0] ?? "");
    if (!outputs)
      return { summary: `use/${name} has no ["${rest[0]}"].`, hint: `it has: ${keys.join(", ")}, as in use.${name}["${keys[0]}"]` };
    return noOutput(`use/${name}[${rest[0]}]`, rest[1], outputs.names);
  }
  return use.how === "one" ? noOutput(`use/${name}`, rest[0], use.outputs.names) : undefined;
}

function noOutput(use: string, name: string | undefined, names: readonly string[]): { summary: string; hint: string } {
  return {
    summary: `${use} has no output "${name}".`,
    hint: names.length > 0 ? writeOneOf(names) : "its part declares no outputs:",
  };
}

function noField(scope: NameScope, kind: Kind, name: string, field: string): Why {
  const outputs = Object.keys(outputsOfKind(kind));
  if (field.startsWith("@"))
    return { summary: `${withArticle(kind.name)} has no output "${field.slice(1)}".`, hint: `it has: ${outputs.join(", ")}` };
  const known = [...Object.keys(kind.fields), ...outputs];
  const near = didYouMean(field, known);
  if (known.includes(field))
    return { summary: `${kind.name}/${name} does not set ${field}, which has no default.`, hint: `set ${field} there` };
  return {
    summary: `${withArticle(kind.name)} has no field "${field}".`,
    hint: near ? `did you mean "${near}"?` : writeOneOf(known),
  };
}

/** Explains a name with a hyphen: `loadBalancer.front-lb` is a subtraction in CEL. */
function hyphenated(root: string, name: string, names: readonly string[]): string | undefined {
  const found = names.find((known) => known.startsWith(`${name}-`));
  return found && `write ${root}["${found}"] for a name with a hyphen: without brackets, - is a subtraction`;
}

function declaredAre(kind: string, names: readonly string[]): string {
  return names.length === 0 ? `this environment declares no ${kind}` : writeOneOf(names, 10);
}

/** Returns the expression for one of several objects. */
function itemOf(kind: string, name: string, key: string): string {
  return kind.includes("::") ? `resource('${kind}/${name}[${key}]')` : `${kind}.${name}["${key}"]`;
}
