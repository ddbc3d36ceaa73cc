import type { CodeDoc } from "./code-doc.ts";

/** Codes of steps in an apply. */
export const stepsCodes = {
  "name-taken": {
    title: "A name that another object has",
    cause: "AWS allows one of this name, and the one that is there does not have our tags.",
    cure: "Rename one of the two, or let the YAML adopt it.",
  },
  failed: {
    title: "A new object that did not come up",
    cause: "AWS took the request and could not carry it out; its own words are in the message.",
    cure: "Mend the cause and run again: a new one is made, and the failed one is removed.",
  },
  "not-ours": {
    title: "An object that is no longer ours",
    cause: "Its ownership tags changed between the plan and the delete, so it was not deleted.",
    cure: "Plan again.",
  },
  blocked: {
    title: "A delete that AWS refused to the end",
    cause: "What is named still uses the object.",
    cure: "Remove it, or wait until its service does, and run again.",
  },
  timeout: {
    title: "AWS took longer than the time allowed",
    cause: "The object is still on its way to the state that was waited for.",
    cure: "Run again: it goes on from there.",
  },
  "lease-lost": {
    title: "Another run may hold the lock",
    cause:
      "Another run took the lock over, `infra unlock` freed it, or it could not be looked at for ten minutes. Nothing more was written.",
    cure: "When the other run has ended, run again.",
  },
  refused: {
    title: "A step that infra refuses",
    cause: "Carrying it out would touch what others hold, or what AWS could not undo.",
    cure: "Do what the hint says.",
  },
  internal: {
    title: "A defect of infra",
    cause: "Something happened that should be impossible.",
    cure: "Please report it, with what `--trace FILE` wrote. Running again is safe.",
  },
  "many-deletes": {
    title: "A plan that takes away much, and nobody looks",
    cause:
      "Without a terminal, more than 5 deletes or replacements, more than 20 % of the environment, or a VPC or load balancer among them, must be meant. An update that opens a group to 0.0.0.0/0 or ::/0, or takes a default route away, counts like a delete.",
    cure: "Look at the plan; then --allow-deletes N, or an approval.",
  },
  "opens-unwritten": {
    title: "A network that would be opened or cut off though the file does not say so",
    cause:
      "A default would let everybody into a security group, let everything out of it, or take a default route away, and the file does not write the field: somebody may have closed it, or added the route, for a reason.",
    cure: "Write the field as it is meant to be. Without a terminal, only an exact approval runs the plan as it is.",
  },
  "stale-plan": {
    title: "The plan is no longer what would be done",
    cause: "The YAML or AWS has changed since the plan was saved, approved or shown.",
    cure: "Make a new plan and look at it again.",
  },
  "no-such-image": {
    title: "An image that does not exist",
    cause: "There is no image of this id in the region that this account may use, or it is not available.",
    cure: "Correct the id; `{ ssm: PARAMETER }` and `{ owner, name }` find an image of the region by themselves.",
  },
  "no-such-zone": {
    title: "A zone that the account does not have",
    cause: "The region has no availability zone of this name for this account.",
    cure: "Take one of those that the message lists.",
  },
  "no-such-object": {
    title: "A reference by id to something that is not there",
    cause: "No object of this id is visible to this account in this region.",
    cure: "Correct the id or the region.",
  },
  preflight: {
    title: "AWS would refuse a step",
    cause:
      "A plan looked for what new objects name, or `apply --preflight` sent a step's call as a dry run, and AWS said no: a right that is missing, a name that is taken, an image, a zone or an object of others that is not there, a type that a zone does not offer, a limit of the account.",
    cure: "Correct the line that is shown, or let the role do what AWS names; `infra iam-policy ENV --for apply` prints what it needs. Nothing was changed.",
  },
  "older-commit": {
    title: "A commit older than the one applied last",
    cause: "A re-run of an old job would undo what a newer commit has applied.",
    cure: "Revert in Git, or say --allow-older.",
  },
  frozen: {
    title: "Every apply is refused",
    cause: "Somebody froze the environment; the message says who and why.",
    cure: "Ask them; `infra freeze ENV --thaw` allows applies again.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
