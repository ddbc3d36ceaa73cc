/** `adopt:` is removed and the rest of the text stays the same. */
import { expect, it } from "vitest";
import { withoutAdopt } from "../../src/config/edit/without-adopt.ts";

it.each([
  [
    "a line of its own",
    "vpcs:\n  main:\n    cidrBlock: a\n    adopt: { id: vpc-1 } # legacy\n    tags: {}\n",
    "vpcs:\n  main:\n    cidrBlock: a\n    tags: {}\n",
  ],
  ["the last line, without its end", "vpcs:\n  main:\n    cidrBlock: a\n    adopt: { id: vpc-1 }", "vpcs:\n  main:\n    cidrBlock: a\n"],
  ["two lines", "vpcs:\n  main:\n    adopt:\n      id: vpc-1\n    cidrBlock: a # b\n", "vpcs:\n  main:\n    cidrBlock: a # b\n"],
  ["the last of a flow", "vpcs:\n  main: { cidrBlock: a,  adopt: { id: vpc-1 } } # c\n", "vpcs:\n  main: { cidrBlock: a } # c\n"],
  ["the first of a flow", "vpcs: { main: { adopt: { id: vpc-1 }, cidrBlock: a } }\n", "vpcs: { main: { cidrBlock: a } }\n"],
  [
    "a flow over several lines",
    "vpcs:\n  main: {\n    cidrBlock: a,\n    adopt: { id: vpc-1 },\n    tags: {} }\n",
    "vpcs:\n  main: {\n    cidrBlock: a,\n    tags: {} }\n",
  ],
  [
    "an id in quotes with an expression",
    'vpcs:\n  main: { cidrBlock: a, adopt: { id: "${var.found}" } }\n',
    "vpcs:\n  main: { cidrBlock: a }\n",
  ],
  ["not the only field", "vpcs:\n  main: { adopt: { id: vpc-1 } }\n", "vpcs:\n  main: { adopt: { id: vpc-1 } }\n"],
  [
    "the line of the import that tells of it, with the last",
    "# Imported from x by `infra import`.\n# `adopt:` may go once `infra adopt dev` has run.\nvpcs:\n  main:\n    cidrBlock: a\n    adopt: { id: vpc-1 }\n",
    "# Imported from x by `infra import`.\nvpcs:\n  main:\n    cidrBlock: a\n",
  ],
  [
    "and not before",
    "# `adopt:` may go once `infra adopt dev` has run.\nvpcs:\n  main: { cidrBlock: a, adopt: { id: vpc-1 } }\n  other: { cidrBlock: a, adopt: { id: vpc-2 } }\n",
    "# `adopt:` may go once `infra adopt dev` has run.\nvpcs:\n  main: { cidrBlock: a }\n  other: { cidrBlock: a, adopt: { id: vpc-2 } }\n",
  ],
  [
    "not by key",
    "vpcs:\n  main: { count: 2, adopt: { a: { id: vpc-1 } } }\n",
    "vpcs:\n  main: { count: 2, adopt: { a: { id: vpc-1 } } }\n",
  ],
  [
    "not that of another",
    "vpcs:\n  other: { cidrBlock: a, adopt: { id: vpc-1 } }\n",
    "vpcs:\n  other: { cidrBlock: a, adopt: { id: vpc-1 } }\n",
  ],
])("%s", (_what, text, after) => {
  expect(withoutAdopt(text, (section, name) => section === "vpcs" && name === "main")).toBe(after);
});
