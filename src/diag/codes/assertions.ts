import type { CodeDoc } from "./code-doc.ts";

/** Codes of assertions about who reaches whom. */
export const assertionsCodes = {
  "assert-violated": {
    title: "An assertion of the file does not hold",
    cause:
      "`assert:` forbids a connection that would be open, or demands one that would be blocked. The hint names the rules and routes that decide this.",
    cure: "Change the rules or routes that the hint names, or change the assertion. `infra reach ENV FROM TO PORT` shows every hop.",
  },
  "assert-unknown": {
    title: "infra cannot decide whether an assertion holds",
    cause:
      "The path contains an object that is not in the file or that infra does not model: a security group, a route table or a subnet outside this environment, a VPN, or an address that AWS picks. Or the assertion covers too many resources. infra never takes an unknown result for a good one.",
    cure: "Declare the missing object, fix the address, or make the assertion narrower. docs/reach.md lists what infra does not model.",
  },
  "assert-broken-meanwhile": {
    title: "An assertion would not hold during the apply",
    cause:
      "The assertion holds before and after the apply, but not between two of its steps: one step opens something before another step closes it, and no order of the steps avoids this. The message names the steps.",
    cure: "Split the change in two, so that each half keeps the assertion. Or write `always: false` in the assertion: it must then hold only at the end.",
  },
  "step-unknown": {
    title: "infra did not check whether an assertion holds at every step",
    cause: "The steps of the plan can run in too many orders. infra still checks whether the assertion holds at the end.",
    cure: "Apply fewer changes at once (`--target`), or write `always: false` in the assertion.",
  },
  ordered: {
    title: "A step waits for another step because of an assertion",
    cause: "In another order, an assertion of the file would not hold for a moment.",
    cure: "Nothing to do.",
  },
  "assert-nothing": {
    title: "An assertion that cannot fail",
    cause: "The names in the assertion match no network interface: a security group that no interface has, or a subnet without interfaces.",
    cure: "Name something else, or remove the assertion.",
  },
  "assert-unknown-name": {
    title: "An assertion contains an unknown name",
    cause:
      "An end of an assertion is `internet`, a network or an address, a resource that has network interfaces, a security group or target group, a subnet or VPC, or KIND/* for all resources of a kind.",
    cure: "Correct the name. `infra reach ENV` lists all names that can reach another one or be reached.",
  },
  "adopt-would-change": {
    title: "An adoption that would change more than tags",
    cause: "`infra adopt` writes only the ownership tags of an object. The file has other values for this object than AWS has.",
    cure: "Write AWS's values into the file (`infra drift ENV --accept ADDRESS --write` does this), run `infra adopt`, and change the values afterwards with `infra apply`.",
  },
  "import-root": {
    title: "An object that infra cannot import",
    cause:
      "An object that you named for `infra import` does not exist in this region and account, was made by a service, or already has the tags of an environment.",
    cure: "Check the id, the region and the account. `infra release` removes the tags of an environment. An object that a service made is imported together with the service's own object.",
  },
  "import-open": {
    title: "A field that the imported file cannot contain",
    cause: "AWS has a value in this field that no file can contain, or that a plan would change.",
    cure: "The file has a comment that begins with `open:` in this place. Write the field by hand, or leave it out: infra does not compare a field that you leave out.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
