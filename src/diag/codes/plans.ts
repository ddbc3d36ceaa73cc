import type { CodeDoc } from "./code-doc.ts";

/** Codes of plans, refusals and approvals. */
export const plansCodes = {
  "refused-change": {
    title: "A change that AWS cannot make",
    cause:
      "The field cannot change after the resource is created, or AWS allows only some changes from one value to another. infra does not replace the resource for this field.",
    cure: "Undo the change, or create a second resource and move over to it.",
  },
  "too-disruptive": {
    title: "More disruption than this environment allows",
    cause: "`maxDisruption` limits what a plan may do to a running resource: nothing, a restart, or a replacement.",
    cure: "Raise `maxDisruption` for this change, or leave the change out.",
  },
  protected: {
    title: "A protected resource would be replaced",
    cause: "`protect: true` forbids infra to delete or replace the resource.",
    cure: "Remove `protect: true` in a separate change, apply that, then make this change.",
  },
  "destroys-data": {
    title: "A plan that would lose data, a disk or an address",
    cause: "infra deletes or replaces an object that holds data, a disk or an address only if the YAML names the object in AWS.",
    cure: "Add the `allowDestroy` line that is shown, or undo the change. infra never replaces a database: the hint is the runbook for it.",
  },
  "foreign-moved": {
    title: "A look-up by tags finds another object than before",
    cause: "infra never replaces a resource if the only reason is a change of tags outside this environment.",
    cure: "If you want the replacement, name the object by id.",
  },
  "in-use": {
    title: "An object is used from outside this environment",
    cause:
      "A network interface, a security group, an instance, a load balancer, a role or a user outside this environment uses the object that the plan would delete or replace. AWS deletes no object that is in use.",
    cure: "Remove the objects that the message names, or keep the resource.",
  },
  "two-of-one": {
    title: "Two objects in AWS for one address",
    cause: "Both objects have the address in their tags, and both look as if infra created them.",
    cure: "Remove the tag infra:resource from the object that you do not mean.",
  },
  "unknown-target": {
    title: "A target that does not exist",
    cause: "--target takes the address of a resource that is declared, or of an object that exists.",
    cure: "Write the address as the plan or `infra status` shows it.",
  },
  "lookup-failed": {
    title: "A look-up that does not find exactly one object",
    cause: "A look-up by tags, of an image or of a zone must find exactly one object in AWS.",
    cure: "Make the tags or the name more exact, or name the object by id.",
  },
  "adopt-missing": {
    title: "The object to adopt does not exist",
    cause: "`adopt:` names an id that AWS does not show in this region and account, or an object that was deleted.",
    cure: "Check the id, the region and the account. `adopt:` never creates an object. Without the line, infra creates the resource.",
  },
  "adopt-owned": {
    title: "The object to adopt belongs to somebody else",
    cause:
      "The object has the ownership tags of another address, environment or project, or belongs to another account. Or two `adopt:` lines name it.",
    cure: "Within the environment, use `moved:`. Otherwise the other environment must release the object first.",
  },
  "adopt-made-by-other": {
    title: "A service made the object to adopt",
    cause:
      "A tag shows that an Auto Scaling group, a CloudFormation stack, EKS or another service made the object. That service can change or delete the object at any time.",
    cure: "Adopt the Auto Scaling group instead of its instances. Keep the objects of a stack (`DeletionPolicy: Retain`) and delete the stack. Leave every other object to its service, and refer to it by `{ id }`.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
