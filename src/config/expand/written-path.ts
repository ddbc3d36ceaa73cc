/** Finds the written value at the end of a path of plain names. There a number keeps its text, which CEL does not carry. */
import type { Here, NameScope } from "./name-scope.ts";
import { follow, type Tree } from "../yaml/tree.ts";
import { isWrittenOtherwise } from "../yaml/written-number.ts";

/** Returns the tree behind `var.sizes["a"]` when it holds a number that is written otherwise than its value. The path must have a value. */
export function writtenAt(code: string, scope: NameScope, here: Here): Tree | undefined {
  const steps = stepsOf(code);
  if (!steps) return undefined;
  const tree = treeAt(steps, scope, here);
  return tree && holdsWritten(tree) ? tree : undefined;
}

/** Returns the written value at the end of a path of names. */
export function treeAt(steps: readonly string[], scope: NameScope, here: Here): Tree | undefined {
  const begin = beginOf(steps, scope, here);
  const found = begin?.tree && follow(begin.tree, begin.rest);
  return found?.whole ? found.value : undefined;
}

/** Splits `subnet.public["a"].tags` into its steps; undefined when the code is no path. */
function stepsOf(code: string): string[] | undefined {
  const path = /^\s*([A-Za-z_]\w*)((?:\.\w+|\[(?:"[^"\\]*"|'[^'\\]*'|\d+)\])+)\s*$/.exec(code);
  if (!path) return undefined;
  const rest = [...path[2]!.matchAll(/\.(\w+)|\[(?:"([^"]*)"|'([^']*)'|(\d+))\]/g)];
  return [path[1]!, ...rest.map(([, ...forms]) => forms.find((form) => form !== undefined)!)];
}

/** Returns the written value with which a path begins, and the rest of the path. */
function beginOf(
  [root, ...steps]: readonly string[],
  scope: NameScope,
  here: Here,
): { tree: Tree | undefined; rest: string[] } | undefined {
  const [name = "", second = "", third = ""] = steps;
  if (root === "var" && !scope.isPart) return { tree: scope.variable(name), rest: steps.slice(1) };
  if (root === "param" && scope.isPart) return ofParameter(scope, steps);
  if (root === "each" && name === "value") return { tree: here.item?.written, rest: steps.slice(1) };
  if (root === "use") {
    const use = scope.useOf(name);
    if (use?.how === "one") return { tree: use.outputs.get(second), rest: steps.slice(2) };
    return use?.how === "several" ? { tree: use.byKey.get(second)?.get(third), rest: steps.slice(3) } : undefined;
  }
  const repetition = scope.kinds.has(root!) ? scope.repetition(root!, name) : undefined;
  if (repetition?.how === "one") return { tree: scope.object(root!, name, undefined).field(second), rest: steps.slice(2) };
  const isRepeated = repetition?.how === "count" || repetition?.how === "forEach";
  return isRepeated ? { tree: scope.object(root!, name, second).field(third), rest: steps.slice(3) } : undefined;
}

/** Returns the value of a parameter. One that is a reference has the fields of its object. */
function ofParameter(scope: NameScope, [name = "", field = "", ...rest]: string[]) {
  const tree = scope.parameter(name);
  if (tree?.type !== "scalar" || !tree.absolute) return { tree, rest: field === "" ? rest : [field, ...rest] };
  return { tree: scope.referred(String(tree.value))?.field(field), rest };
}

function holdsWritten(tree: Tree): boolean {
  if (tree.type === "scalar") return isWrittenOtherwise(tree);
  return tree.type === "list" ? tree.items.some(holdsWritten) : [...tree.entries.values()].some(({ value }) => holdsWritten(value));
}
