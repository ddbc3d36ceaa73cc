import type { CodeDoc } from "./code-doc.ts";

/** Codes of references between resources and to objects around them. */
export const referencesCodes = {
  "unknown-ref": {
    title: "A reference to something that is not declared",
    cause: "A bare name or kind/name must be declared in this environment.",
    cure: "Correct the name; for what is not ours write { id: … } or { tags: { … } }.",
  },
  "ambiguous-ref": {
    title: "A reference that needs its kind",
    cause: "The field takes several kinds, so a bare name does not say which.",
    cure: "Write kind/name.",
  },
  "wrong-kind": {
    title: "A reference to the wrong kind",
    cause: "The field takes other kinds than the one that is named.",
    cure: "Name an object of a kind that fits.",
  },
  "counted-ref": {
    title: "A reference to one of several",
    cause: "The resource has `forEach` or `count`, so its name stands for several objects.",
    cure: "Name one, as web[0] or public[a]; in a list, public[*] names all of them.",
  },
  "ref-cycle": {
    title: "Resources that need each other",
    cause: "Each would have to be made before the other.",
    cure: "Break the circle; groups may name each other in their rules, since these come after both.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
