import type { CodeDoc } from "./code-doc.ts";

/** Codes of references between resources and to objects around them. */
export const referencesCodes = {
  "unknown-ref": {
    title: "A reference to a resource that is not declared",
    cause: "A bare name or kind/name must be declared in this environment.",
    cure: "Correct the name. Write { id: … } or { tags: { … } } for an object outside this environment.",
  },
  "ambiguous-ref": {
    title: "A reference without its kind",
    cause: "The field accepts several kinds, so a name alone does not identify the resource.",
    cure: "Write kind/name.",
  },
  "wrong-kind": {
    title: "A reference to the wrong kind",
    cause: "The field accepts other kinds than the kind of this object.",
    cure: "Name an object of a kind that the field accepts.",
  },
  "counted-ref": {
    title: "A reference to several objects instead of one",
    cause: "The resource has `forEach` or `count`, so its name stands for several objects.",
    cure: "Name one object, as in web[0] or public[a]. In a list, public[*] names all of them.",
  },
  "ref-cycle": {
    title: "Resources that need each other",
    cause: "Each resource would have to be created before the other.",
    cure: "Break the circle. Security groups may name each other in their rules, because infra adds the rules after it has created both groups.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
