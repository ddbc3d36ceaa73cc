import type { CodeDoc } from "./code-doc.ts";

/** Codes of variables, expressions and parts. */
export const valuesCodes = {
  "unknown-variable": {
    title: "No such variable",
    cause: "${var.NAME} or --var names a variable that `variables:` does not declare.",
    cure: "Declare it under `variables:`, where it can also have a default.",
  },
  "variable-without-value": {
    title: "A variable has no value",
    cause: "The variable is declared with null. Its value must therefore come from outside.",
    cure: "Set it with --var NAME=VALUE, a --var-file, or INFRA_VAR_NAME.",
  },
  "variable-type": {
    title: "A variable's value is of the wrong type",
    cause:
      "A variable has the type that its declaration names, or the type of its default: string, number, boolean, list or map. A value from outside must have that type.",
    cure: "Give a value of the declared type, or change the declaration. A declaration can be a mapping: { type, default, description, … }.",
  },
  "variable-rule": {
    title: "A variable's value breaks a rule of its declaration",
    cause: "The declaration says which values are allowed: enum, pattern, minimum, maximum, minItems, maxItems, minLength, maxLength.",
    cure: "Give another value, or change the rule in the line that the message names.",
  },
  "variable-cycle": {
    title: "Variables that depend on each other",
    cause: "The default of a variable uses another variable, whose default leads back to the first.",
    cure: "Give one of them a value that uses no other variable.",
  },
  "env-in-yaml": {
    title: "The YAML cannot read environment variables",
    cause: "${env.NAME} is refused, because an environment must mean the same on every machine.",
    cure: "Declare a variable. INFRA_VAR_NAME sets it from outside, and the plan uses its value.",
  },
  "bad-expression": {
    title: "An expression that infra cannot evaluate",
    cause:
      "infra reads the text in ${…} as an expression in the Common Expression Language: names of variables and resources, operators and functions. The mark shows where it fails. A comparison of a boolean or a number with a text can never be true, and is an error, too. Shells and policies also use ${…}.",
    cure: "Correct the expression, or write $${ for a literal ${. infra never searches a script that userDataFile names for expressions.",
  },
  "output-is-text": {
    title: "An output is the name of a value, not the value",
    cause:
      "An output is a text that reads like the path to a value of a declared resource, but it stands outside of ${…}. The output is then that text.",
    cure: "Write the path in an expression: ${loadBalancer.web.dnsName}.",
  },
  "output-not-known": {
    title: "An output is not known yet",
    cause: "A text contains a value that AWS assigns to a resource. The resource does not exist, or does not have that value.",
    cure: "Apply the environment, and run the command again. If the resource exists without such a value (an instance without a public address), an apply does not help: change the resource, or remove the expression.",
  },
  "expression-without-value": {
    title: "An expression has no result for a value from AWS",
    cause:
      "The expression uses a value that AWS assigns to a resource. infra evaluates it when the value is known. For this value it has no result: a list has no such item, or a text is not a number.",
    cure: "Correct the expression so that it has a result for every value from AWS. `size(…)` and `? :` can test a value before the expression uses it.",
  },
  "bad-part": {
    title: "A file that is not a part",
    cause:
      "`part:` of a use names a file of the repository, or `npm:PACKAGE/FILE` of an installed package. The file must begin with `part: 1` and contain parameters, resources and outputs.",
    cure: "Correct the path, or write the part. For a base of environments, use `extends`.",
  },
  "part-cycle": {
    title: "Parts that use each other",
    cause: "infra inserts a part at each place that uses it. A part that uses itself, directly or through other parts, would have no end.",
    cure: "Remove one of these uses.",
  },
  "parts-too-many": {
    title: "Too many uses of parts",
    cause: "Parts can use parts to a depth of five, and an environment can use parts a thousand times.",
    cure: "Use parts in the environment instead of in each other, or split the environment.",
  },
  "unknown-parameter": {
    title: "A parameter that the part does not have",
    cause: "`with:` sets only parameters that the part declares under `parameters:`.",
    cure: "Correct the name, or declare the parameter in the part.",
  },
  "missing-parameter": {
    title: "A parameter without a value",
    cause: "The part declares the parameter without a default, and the use does not set it.",
    cure: "Set it under `with:`, or write a `default:` in the part.",
  },
  "late-value": {
    title: "A value that is known too late",
    cause:
      "The expression names a value that AWS assigns: an id, an address, a host name. The value is known only when the object exists, but infra needs this field before.",
    cure: "Refer to the resource itself, as in `subnet: public`, or write the value. A value that AWS assigns may stand in `outputs:`, in the tags of a resource, and in the fields that allow it (`infra explain KIND.FIELD` says so): user data, policies, descriptions and other texts that can change. It never decides a name, a place, or the number of objects.",
  },
  "value-cycle": {
    title: "Values that depend on each other",
    cause: "An expression names a field whose own expression leads back to the first.",
    cure: "Write one of the values without the other.",
  },
  "bad-for-each": {
    title: "A value that `forEach` cannot repeat over",
    cause: "`forEach` takes a map, or a list of strings. Each key becomes part of addresses, tags and names.",
    cure: "Write forEach: { a: 0, b: 1 } or forEach: [a, b], with keys of letters, digits, - and _.",
  },
  "bad-condition": {
    title: "A condition that is neither true nor false",
    cause: "`when` says whether something is declared in this run, so its value must be true or false.",
    cure: "Use a variable of the type boolean, or a comparison: when: ${var.tier == 'prod'}.",
  },
  "absent-ref": {
    title: "A reference to a resource that is not declared in this run",
    cause: "The `when` of the referenced resource is false.",
    cure: "Give the resource with the reference the same `when`. Or, in a list, write name[*], which is empty then.",
  },
  "index-in-identity": {
    title: "The position in a list decides the identity of a resource",
    cause:
      "A field that cannot change in place uses each.index. If you add or remove an item, the index of all later items changes, and their resources are replaced.",
    cure: "Write a map, forEach: { a: 0, b: 1 }, and use each.value: a key keeps its number.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
