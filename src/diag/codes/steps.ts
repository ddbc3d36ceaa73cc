import type { CodeDoc } from "./code-doc.ts";

/** Codes of steps in an apply. */
export const stepsCodes = {
  "name-taken": {
    title: "Another object has this name",
    cause: "AWS allows one object of this name, and the existing object does not have the tags of this environment.",
    cure: "Rename one of the two, or adopt the existing object with `adopt:`.",
  },
  failed: {
    title: "A new object that did not become ready",
    cause: "AWS accepted the request and could not complete it. The message has AWS's own words.",
    cure: "Fix the cause and run again. infra creates a new object and removes the failed one.",
  },
  "not-ours": {
    title: "An object that no longer belongs to this environment",
    cause: "The ownership tags of the object changed between the plan and the delete, so infra did not delete it.",
    cure: "Plan again.",
  },
  blocked: {
    title: "A delete that AWS refused until the end",
    cause: "The objects that the message names still use this object.",
    cure: "Remove them, or wait until their service removes them, and run again.",
  },
  timeout: {
    title: "AWS took longer than the time allowed",
    cause: "The object has not yet reached the state that infra waits for.",
    cure: "Run again. infra continues from there.",
  },
  "lease-lost": {
    title: "Another run may hold the lock",
    cause: "Another run took the lock over, `infra unlock` freed it, or infra could not read it for ten minutes. infra wrote nothing more.",
    cure: "Run again when the other run has ended.",
  },
  refused: {
    title: "A step that infra refuses",
    cause: "The step would change objects of others, or make a change that AWS cannot undo.",
    cure: "Do what the hint says.",
  },
  internal: {
    title: "A defect of infra",
    cause: "Something happened that should be impossible.",
    cure: "Please report it, with the file that `--trace FILE` wrote. It is safe to run again.",
  },
  "many-deletes": {
    title: "A plan that deletes much, without anybody at a terminal",
    cause:
      "Without a terminal, a plan needs an approval if it has more than 5 deletes or replacements, if they are more than 20 % of the environment, or if a VPC or load balancer is among them. An update counts like a delete if it opens a security group to 0.0.0.0/0 or ::/0, or removes a default route.",
    cure: "Read the plan. Then approve it, or run again with --allow-deletes N.",
  },
  "opens-unwritten": {
    title: "A default would open or cut off a network",
    cause:
      "A default would let everybody into a security group, let all traffic out of it, or remove a default route, and the file does not write the field. Somebody may have closed the security group, or added the route, for a reason.",
    cure: "Write the field with the value that you mean. Without a terminal, only an approval of exactly this plan runs it as it is.",
  },
  "stale-plan": {
    title: "The plan no longer matches the YAML or AWS",
    cause: "The YAML or AWS has changed since the plan was saved, approved or shown.",
    cure: "Make a new plan, and read it again.",
  },
  "no-such-image": {
    title: "An image that does not exist",
    cause: "The region has no image of this id that this account may use, or the image is not available.",
    cure: "Correct the id. `{ ssm: PARAMETER }` and `{ owner, name }` find an image of the region themselves.",
  },
  "no-such-zone": {
    title: "An Availability Zone that the account does not have",
    cause: "For this account, the region has no Availability Zone of this name.",
    cure: "Use a zone that the message lists.",
  },
  "no-such-object": {
    title: "A reference by id to an object that does not exist",
    cause: "This account can see no object of this id in this region.",
    cure: "Correct the id or the region.",
  },
  preflight: {
    title: "AWS would refuse a step",
    cause:
      "infra found this before the first step: a plan checked the objects that new resources name, or `apply --preflight` sent the call of a step as a dry run. A permission is missing, a name is taken, an image, a zone or an object outside this environment does not exist, a zone does not offer a type, or a limit of the account is reached.",
    cure: "Correct the line that is shown, or give the role the permission that AWS names. `infra iam-policy ENV --for apply` prints the permissions that it needs. Nothing was changed.",
  },
  "older-commit": {
    title: "A commit that is older than the one applied last",
    cause: "A re-run of an old job would undo the changes of a newer commit.",
    cure: "Revert in Git, or pass --allow-older.",
  },
  frozen: {
    title: "Every apply is refused",
    cause: "Somebody froze the environment. The message says who did, and why.",
    cure: "Ask that person. `infra freeze ENV --thaw` allows applies again.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
