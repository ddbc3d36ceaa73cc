import type { CodeDoc } from "./code-doc.ts";

/** Codes of notes in a plan. */
export const notesCodes = {
  "adopt-pending": {
    title: "Some objects that `adopt:` names are not adopted yet",
    cause:
      "An adoption ended before it tagged all objects, or it was run for only some addresses. Meanwhile infra creates nothing a second time.",
    cure: "Run `infra adopt` again. It tags the other objects.",
  },
  "adopt-idle": {
    title: "An `adopt:` line without effect",
    cause: "The resource already has an object, and `adopt:` names another one.",
    cure: "Remove the line. If you want the other object instead, remove the tags infra:* of the present object by hand.",
  },
  "slot-taken": {
    title: "Another object holds a value that only one object can have",
    cause:
      "AWS gives a range of a VPC, a name, a fixed address, the gateway of a VPC or a priority of a listener to one object at a time. This plan neither deletes the object that holds the value nor makes it give the value up.",
    cure: "Choose another value. Or remove the object that holds it from the YAML, or change that object, in the same plan or before. If the two are one object under a new name, add the `moved:` line that is shown. If the object belongs to nobody and is the one that you mean, take it over with `adopt: { id: … }`.",
  },
  "cannot-let-go": {
    title: "An object that must be deleted is in use",
    cause:
      "AWS deletes no object that is in use. There are two cases. An object must be deleted before another can be created, because both hold a value that only one object can have, and a resource that stays cannot work without the first object for a while. Or an object must be replaced, and this plan leaves a resource that uses the old object as it is: because the resource is kept, its own change is refused, it cannot be planned, it is not a target, or the file ignores that field. infra does nothing of the whole chain.",
    cure: "If the two are one object, add the `moved:` line that is shown. Otherwise create the new object beside the old one with other values first, move its users over, and remove the old object in a second change. If a resource that uses the old object stays, the error gives the reason: fix that first.",
  },
  gap: {
    title: "An object does not exist for a while during the apply",
    cause: "An object must be deleted before its successor can be created. Meanwhile the resources that refer to it work without it.",
    cure: "Nothing to do if the gap is acceptable. Otherwise create the new object beside the old one with other values first.",
  },
  "held-back": {
    title: "A change is held back because another is refused",
    cause:
      "The change refers to an object that is now not created or not replaced, or it is a replacement that goes together with the refused one. Or the refused change would have had to follow this one.",
    cure: "Fix the error in the plan. This change comes back together with the refused one.",
  },
  awaited: {
    title: "A change waits for a delete that is under way",
    cause: "AWS is deleting an object. Until it is deleted, the object holds a value that a resource in the plan needs.",
    cure: "Nothing to do: the apply waits for the delete.",
  },
  "not-ready": {
    title: "AWS has not finished the request of an earlier run",
    cause: "A run that is stopped while it waits leaves an object that agrees with the YAML and that AWS is still creating or changing.",
    cure: "Nothing to do: `infra apply` waits for the object, as the earlier run would have, and fails if the object fails. It writes nothing for that.",
  },
  "likely-rename": {
    title: "A delete and a create of the same shape",
    cause: "The key of a resource changed, so its old address leaves and a new address comes.",
    cure: "Add the `moved:` line that is shown. Then nothing is replaced.",
  },
  copy: {
    title: "An object with copied tags",
    cause: "Launch-more-like-this, restores and backups copy tags. infra did not create the object itself.",
    cure: "Nothing to do: infra never changes it. Remove the tags to silence the note.",
  },
  "other-project": {
    title: "Another project's environment of the same name",
    cause: "Two projects can both have a `dev`. The tag infra:project distinguishes them.",
    cure: "Nothing to do.",
  },
  "not-looked-at": {
    title: "A kind that infra could not read",
    cause:
      "The role may not list the kind, or may not read the tag index. Only the index knows objects that were adopted and have no mark. infra would not find an object that left the YAML earlier.",
    cure: "Give the role the permissions that `infra iam-policy ENV --for plan` prints.",
  },
  "live-without-yaml": {
    title: "An environment in AWS without YAML",
    cause: "The project has objects of an environment that no file here describes.",
    cure: "If you renamed this environment, restore the old name. Otherwise `infra destroy --project … --environment … --region …` deletes the objects.",
  },
  "left-alone": {
    title: "A resource that infra leaves as it is",
    cause:
      "Something shows that somebody is working on the resource, such as a quarantine or a restore. `infra drift` also reports kept objects with this code.",
    cure: "Plan again when the work is finished.",
  },
  unlisted: {
    title: "Items that are in AWS and not in the YAML",
    cause: "Others also write to this list, so infra keeps items that the YAML does not contain.",
    cure: "Write the item into the YAML, remove it by hand, or write `unlisted: remove`.",
  },
  "noted-change": {
    title: "A change that infra reports and does not make",
    cause: "A newer image or other user data reaches an instance only if the instance is replaced or restarted.",
    cure: "Set `imageUpdates` or `userDataChange` if infra should make the change.",
  },
  remark: {
    title: "A note about a resource",
    cause:
      "AWS reports something about the resource that is not a difference from the YAML, such as maintenance or a subscription that nobody confirmed.",
    cure: "Read the note.",
  },
  stranger: {
    title: "An unmanaged object in a VPC of this environment",
    cause: "The object is in a VPC of this environment and has no infra:* tags.",
    cure: "Nothing to do. `adopt:` takes the object into the YAML.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
