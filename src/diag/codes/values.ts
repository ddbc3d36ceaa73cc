import type { CodeDoc } from "./code-doc.ts";

/** Codes of variables, expressions and parts. */
export const valuesCodes = {
  "unknown-variable": {
    title: "No such variable",
    cause: "${var.NAME} names a variable that `variables:` does not declare, or --var gives one.",
    cure: "Declare it under `variables:`; that is also where it gets its default.",
  },
  "variable-without-value": {
    title: "A variable has no value",
    cause: "It is declared with null, which means that it must be given from outside.",
    cure: "Give it with --var NAME=VALUE, a --var-file, or INFRA_VAR_NAME.",
  },
  "variable-type": {
    title: "A variable's value is of the wrong type",
    cause:
      "A variable has the type that its declaration names, or that of its default: string, number, boolean, list or map. A value from outside keeps it.",
    cure: "Give a value of the declared type, or change the declaration. A mapping declares: { type, default, description, … }.",
  },
  "variable-rule": {
    title: "A variable's value breaks a rule of its declaration",
    cause: "The declaration says which values are allowed: enum, pattern, minimum, maximum, minItems, maxItems, minLength, maxLength.",
    cure: "Give another value, or change the rule in the line that the message names.",
  },
  "variable-cycle": {
    title: "Variables that are made of each other",
    cause: "The default of a variable uses another variable, whose default leads back to the first.",
    cure: "Give one of them a value of its own.",
  },
  "env-in-yaml": {
    title: "The environment of a process has no place in the YAML",
    cause: "${env.NAME} is refused, because an environment must mean the same on every machine.",
    cure: "Declare a variable; INFRA_VAR_NAME sets it from outside, and the plan is made from its value.",
  },
  "bad-expression": {
    title: "An expression that cannot be evaluated",
    cause:
      "What stands in ${…} is read as an expression: names of variables and resources, operators and functions, in the Common Expression Language. The mark shows where it fails. A comparison of a boolean with a text, or of a number with a text, can never be true and is an error, too. Shells and policies also write ${…}.",
    cure: "Correct the expression, or write $${ for a literal ${. A script in a file, named by userDataFile, is never looked through for expressions.",
  },
  "output-not-known": {
    title: "An output is not known yet",
    cause: "A text is made of what AWS tells of a resource, and the resource does not exist, or does not have that value.",
    cure: "Apply the environment, and ask again. A resource that exists and has no such value (a machine without a public address) gets none by that: change it, or take the expression away.",
  },
  "expression-without-value": {
    title: "An expression has no value with what AWS tells",
    cause:
      "An expression is made of what AWS tells of a resource, and is evaluated once that is known. With this value it has no result: a list has no such item, a text is no number.",
    cure: "Correct the expression so that it has a value whatever AWS tells: `size(…)` and `? :` ask before something is taken.",
  },
  "bad-part": {
    title: "A file that is no part",
    cause:
      "`part:` of a use names a file of the repository, or `npm:PACKAGE/FILE` of an installed package, that begins with `part: 1` and holds parameters, resources and outputs.",
    cure: "Correct the path, or write the part. What is a base for environments is named by `extends`.",
  },
  "part-cycle": {
    title: "Parts that use each other",
    cause: "A part is pasted where it is used. One that uses itself, by way of others too, would have no end.",
    cure: "Take one of the uses on the way out.",
  },
  "parts-too-many": {
    title: "Too many uses of parts",
    cause: "Parts use parts to a depth of five, and an environment uses parts a thousand times, at most.",
    cure: "Use parts in the environment rather than in each other, or divide the environment.",
  },
  "unknown-parameter": {
    title: "A parameter that the part does not have",
    cause: "`with:` gives values for the parameters that the part declares under `parameters:`, and for nothing else.",
    cure: "Correct the name, or declare the parameter in the part.",
  },
  "missing-parameter": {
    title: "A parameter without a value",
    cause: "The part declares the parameter without a default, and the use does not give it.",
    cure: "Give it under `with:`, or write a `default:` in the part.",
  },
  "late-value": {
    title: "A value that is known too late",
    cause:
      "The expression names something that AWS makes: an id, an address, a host name. It is known only when the object exists, and this field is needed before.",
    cure:
      "Refer to the resource itself, as in `subnet: public`, or write the value. What AWS makes may stand in `outputs:`, in the tags of a resource, and " +
      "in the fields that `infra explain KIND.FIELD` calls late: user data, policies, descriptions and other texts that can change. It never decides a name, a place, or how many there are.",
  },
  "value-cycle": {
    title: "Values that are made of each other",
    cause: "An expression names a field whose own expression leads back to the first.",
    cure: "Write one of the values without the others.",
  },
  "bad-for-each": {
    title: "Not something to repeat over",
    cause: "`forEach` takes a map, or a list of strings. Each key becomes a part of addresses, tags and names.",
    cure: "Write forEach: { a: 0, b: 1 } or forEach: [a, b], with keys of letters, digits, - and _.",
  },
  "bad-condition": {
    title: "A condition that is neither true nor false",
    cause: "`when` says whether something is declared in this run, so its value is true or false.",
    cure: "Write a variable of the type boolean, or a comparison: when: ${var.tier == 'prod'}.",
  },
  "absent-ref": {
    title: "A reference to something that is not declared in this run",
    cause: "The `when` of what is named is false.",
    cure: "Give the one that refers the same `when`, or name it in a list as name[*], which is empty then.",
  },
  "index-in-identity": {
    title: "The place in a list decides what a resource is",
    cause:
      "A field that cannot change in place is made of each.index. When an item is added or removed before it, the index of all later items moves, and they are replaced.",
    cure: "Write a map, forEach: { a: 0, b: 1 }, and use each.value: a key keeps its number.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
