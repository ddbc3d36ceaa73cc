/** Stand-ins for the account and its zones until AWS is asked who calls: checks see an example, and people see "(unknown account)". */
import type { Desired } from "../kinds/kind.ts";
import { asksCaller, exemplified, replacedForCaller } from "../resource/late.ts";
import { treeOf, type Entry, type MapTree, type ScalarTree, type Tree } from "./yaml/tree.ts";

/** Returns the document with examples in it. Values that wait for objects stay. `without` is called for each value that has no example. */
export function withExamples(tree: MapTree, region: string, without: (scalar: ScalarTree) => void): MapTree {
  const example = (scalar: ScalarTree): Tree => {
    const value = exemplified(String(scalar.value), region);
    if (value === undefined) without(scalar);
    return treeOf(value ?? "unknown", scalar);
  };
  const walk = (inner: Tree): Tree => {
    if (inner.type === "scalar") return typeof inner.value === "string" && asksCaller(inner.value) ? example(inner) : inner;
    if (inner.type === "list") return { ...inner, items: inner.items.map(walk) };
    return {
      ...inner,
      entries: new Map([...inner.entries].map(([key, entry]): [string, Entry] => [key, { ...entry, value: walk(entry.value) }])),
    };
  };
  return walk(tree) as MapTree;
}

/** Returns a resource with a text in place of the values that AWS has not been asked for. */
export function withUnknown(node: Desired, text: string | undefined): Desired {
  const put = <T>(value: T): T => replacedForCaller(value, text);
  return {
    ...node,
    spec: put(node.spec),
    tags: put(node.tags),
    ...(node.awsName !== undefined && { awsName: put(node.awsName) }),
    ...(node.adopt !== undefined && { adopt: put(node.adopt) }),
  };
}
