import type { CodeDoc } from "./code-doc.ts";

/** Codes of notes in a plan. */
export const notesCodes = {
  "adopt-pending": {
    title: "Some of what `adopt:` names is adopted",
    cause: "An adoption ended before all was tagged, or only some addresses were asked for. Nothing is made a second time meanwhile.",
    cure: "Run `infra adopt` again: it tags what is left.",
  },
  "adopt-idle": {
    title: "An `adopt:` line that does nothing",
    cause: "The resource has an object already, and `adopt:` names another one.",
    cure: "Take the line out. To have the other object instead, take this one's tags infra:* off by hand.",
  },
  "slot-taken": {
    title: "Something that only one may have is taken",
    cause:
      "AWS gives a range of a VPC, a name, a fixed address, the gateway of a VPC, a priority of a listener to one object at a time. What holds it neither goes nor lets go in this plan.",
    cure: "Take another; or take what holds it out of the YAML, or change it, in the same plan or before. If the two are one object under a new name, add the `moved:` line that is shown; if what holds it is nobody's and the object that is meant, take it over with `adopt: { id: … }`.",
  },
  "cannot-let-go": {
    title: "What must be deleted is in use",
    cause:
      "AWS deletes nothing in use. An object has to be deleted before another can be made, because both hold what AWS gives to one only, and something that stays cannot do without the first one for a while. Or an object has to be replaced, and something uses the old one that this plan leaves as it is: because it is kept, its own change is refused, it cannot be planned, it is no target, or the file ignores that field. Nothing of the chain is done.",
    cure: "Add the `moved:` line that is shown, if the two are one object; or make the new one beside the old one under other values first, move what uses it over, and take the old one out in a second change. Where something stays that uses the old one, the error says why it stays: mend that first.",
  },
  gap: {
    title: "Something is missing for a while during the apply",
    cause: "An object has to be deleted before its successor can be made, and what refers to it does without it meanwhile.",
    cure: "Nothing, if the gap may be. Otherwise make the new one beside the old one under other values first.",
  },
  "held-back": {
    title: "A change is held back because another is refused",
    cause:
      "It refers to something that is now not made or not replaced, would have been replaced together with it, or is what the refused change would have had to follow.",
    cure: "Mend the error of the plan: with the refused change this one comes back.",
  },
  awaited: {
    title: "A change waits for the end of a delete that is under way",
    cause: "AWS is deleting an object, which until then holds what something in the plan needs.",
    cure: "Nothing: the apply waits for it.",
  },
  "not-ready": {
    title: "AWS has not finished what an earlier run asked for",
    cause: "A run that is stopped while it waits leaves an object that is as the YAML says, and that AWS is still making or changing.",
    cure: "Nothing: `infra apply` waits for it, as that run would have, and fails if it fails. It writes nothing for that.",
  },
  "likely-rename": {
    title: "A delete and a create of the same shape",
    cause: "The key of a resource changed, so its old address leaves and a new one comes.",
    cure: "Add the `moved:` line that is shown, and nothing is replaced.",
  },
  copy: {
    title: "A copy of our tags",
    cause: "Tags travel with launch-more-like-this, restores and backups; the object itself was not made by us.",
    cure: "Nothing needs doing: it is never touched. Take the tags off to silence the note.",
  },
  "other-project": {
    title: "Another project's environment of the same name",
    cause: "Two projects may both have a `dev`; the tag infra:project tells them apart.",
    cure: "Nothing needs doing.",
  },
  "not-looked-at": {
    title: "A kind that was not looked at",
    cause:
      "The role may not list it, or may not ask the tag index, which alone knows objects that were adopted and have no mark: what was removed from the YAML earlier would not be found.",
    cure: "`infra iam-policy ENV --for plan` prints what the role needs.",
  },
  "live-without-yaml": {
    title: "A live environment without YAML",
    cause: "The project has objects of an environment that no file here describes.",
    cure: "If this one was renamed, take the old name back; else `infra destroy --project … --environment … --region …`.",
  },
  "left-alone": {
    title: "A resource that is left alone as a whole",
    cause: "Something about it says that somebody is at work on it: a quarantine, a restore.",
    cure: "Plan again when they are done.",
  },
  unlisted: {
    title: "Items that AWS has and the YAML has not",
    cause: "Others write to this list, so what is not in the YAML is kept.",
    cure: "Write it into the YAML, remove it by hand, or say `unlisted: remove`.",
  },
  "noted-change": {
    title: "A change that is noted and not made",
    cause: "A newer image or other user data reaches a machine only by replacing or restarting it.",
    cure: "`imageUpdates` or `userDataChange` says that it should.",
  },
  remark: {
    title: "Something to know about a resource",
    cause: "What AWS says of it is no difference from the YAML: maintenance, a subscription that nobody confirmed.",
    cure: "Read the note.",
  },
  stranger: {
    title: "Something of nobody's in our network",
    cause: "It stands in a VPC of this environment and has no tags of ours.",
    cure: "Nothing needs doing; `adopt:` takes it into the YAML.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
