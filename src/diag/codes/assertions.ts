import type { CodeDoc } from "./code-doc.ts";

/** Codes of assertions about who reaches whom. */
export const assertionsCodes = {
  "assert-violated": {
    title: "An assertion of the file does not hold",
    cause:
      "`assert:` forbids a connection that would be open, or asks for one that would not. The hint names the rules and routes that decide.",
    cure: "Change what the hint names, or the assertion. `infra reach ENV FROM TO PORT` shows every hop.",
  },
  "assert-unknown": {
    title: "Nobody can say whether an assertion holds",
    cause:
      "Something on the way is not in the file or is not modelled: a group, a table or a subnet of somebody else, a VPN, or an address that AWS picks. What is not known is never taken for good.",
    cure: "Declare what is missing, fix the address, or make the assertion narrower. docs/reach.md lists what is not modelled.",
  },
  "assert-broken-meanwhile": {
    title: "An assertion would not hold while the plan is applied",
    cause:
      "It holds at the beginning and at the end of the apply, and between two of its steps it does not: one step opens something before another one closes it, and no order of the steps avoids that. The message names the steps.",
    cure: "Split the change in two, so that each half keeps the assertion. `always: false` in the assertion asks for it at the end only.",
  },
  "step-unknown": {
    title: "Whether an assertion holds at every step was not computed",
    cause: "The steps of the plan can be done in too many orders. Whether the assertion holds at the end is looked at by itself.",
    cure: "Apply fewer changes at once (`--target`), or write `always: false` in the assertion.",
  },
  ordered: {
    title: "A step waits for another one because of an assertion",
    cause: "In another order an assertion of the file would not hold for a moment.",
    cure: "Nothing is to be done.",
  },
  "assert-nothing": {
    title: "An assertion that cannot fail",
    cause: "What it names is on no network interface: a group that nothing has, a subnet in which nothing lies.",
    cure: "Name something else, or take the assertion out.",
  },
  "assert-unknown-name": {
    title: "An assertion names nothing that exists",
    cause:
      "An end of an assertion is `internet`, a network or an address, a resource that has network interfaces, a group, subnet or VPC, or KIND/* for all of a kind.",
    cure: "Correct the name. `infra reach ENV` lists everything that reaches or is reached.",
  },
  "adopt-would-change": {
    title: "An adoption that would change more than tags",
    cause: "`infra adopt` writes only the tags that say whose an object is, and the file says something else of it than AWS has.",
    cure: "Write what AWS has into the file (`infra drift ENV --accept ADDRESS --write` does), run `infra adopt`, and change it afterwards with `infra apply`.",
  },
  "import-root": {
    title: "Something that cannot be imported",
    cause: "What `infra import` was given does not exist here, was made by a service, or has the tags of an environment already.",
    cure: "Check the id, the region and the account. `infra release` takes the tags of an environment off; what a service made is imported with that service's own object.",
  },
  "import-open": {
    title: "A place that the imported file cannot say",
    cause: "AWS has a value there that no file can write, or that a plan would change.",
    cure: "The file has a comment beginning with `open:` in the place. Write the field by hand, or leave it unwritten: what is not written is not compared.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
