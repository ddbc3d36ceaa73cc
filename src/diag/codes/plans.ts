import type { CodeDoc } from "./code-doc.ts";

/** Codes of plans, refusals and approvals. */
export const plansCodes = {
  "refused-change": {
    title: "A change that AWS cannot make",
    cause:
      "The field is fixed when the resource is created, or AWS takes only some ways from one value to another, and a replacement is not done for it.",
    cure: "Take the change back, or make a second resource and move over.",
  },
  "too-disruptive": {
    title: "More disruption than this environment allows",
    cause: "`maxDisruption` bounds what a plan may do to a running resource: nothing, a restart, or a replacement.",
    cure: "Raise `maxDisruption` for this change, or do without it.",
  },
  protected: {
    title: "A protected resource would be replaced",
    cause: "`protect: true` forbids deleting and replacing it.",
    cure: "Take `protect: true` away in a change of its own, apply that, then make this change.",
  },
  "destroys-data": {
    title: "A plan that would lose data, a disk or an address",
    cause: "What holds them is deleted or replaced only where the YAML names the live object.",
    cure: "Add the `allowDestroy` line that is shown, or take the change back. A database is never replaced: the hint is its runbook.",
  },
  "foreign-moved": {
    title: "A lookup by tags finds another object than before",
    cause: "A replacement that follows only from somebody else's tags is never done.",
    cure: "Name the object by id if the replacement is meant.",
  },
  "in-use": {
    title: "Others use it",
    cause:
      "An interface, a group, a machine, a balancer, a role or a user that is not of this environment uses what is to be deleted or replaced, and AWS deletes nothing in use.",
    cure: "Remove what is named, or keep the resource.",
  },
  "two-of-one": {
    title: "Two live objects for one address",
    cause: "Both have the address in their tags, and both look as if we had made them.",
    cure: "Take the tag infra:resource off the one that is not meant.",
  },
  "unknown-target": {
    title: "A target that is not there",
    cause: "--target takes the address of something that is declared, or that exists.",
    cure: "Write it as the plan or `infra status` shows it.",
  },
  "lookup-failed": {
    title: "A lookup that does not find exactly one",
    cause: "A reference by tags, an image or a zone must lead to one live object.",
    cure: "Make the tags or the name more exact, or name the object by id.",
  },
  "adopt-missing": {
    title: "What is to be adopted is not there",
    cause: "`adopt:` names an id that AWS does not show in this region and account, or an object that was deleted.",
    cure: "Check the id, the region and the account. `adopt:` never creates; without the line the resource is created.",
  },
  "adopt-owned": {
    title: "What is to be adopted belongs to somebody",
    cause:
      "It has the ownership tags of another address, environment or project, belongs to another account, or is named by two `adopt:` lines.",
    cure: "Use `moved:` within the environment, or let the other environment give it up first.",
  },
  "adopt-made-by-other": {
    title: "What is to be adopted was made by a service",
    cause:
      "A tag says that an Auto Scaling group, a CloudFormation stack, EKS or another service made it, and that service may change or delete it at any time.",
    cure: "Adopt the group in place of its machines; keep what a stack made (`DeletionPolicy: Retain`) and delete the stack; leave anything else to its maker and refer to it by `{ id }`.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
