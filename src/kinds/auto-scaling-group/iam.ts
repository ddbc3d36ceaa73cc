import { passRole, roleArns, serviceRole, useForeign } from "../../resource/iam.ts";
import type { Grant, IamPlace, ResourceIndex } from "../kind.ts";
import { passProfile, profileCondition, tagInLaunch } from "../shared/instances/iam.ts";
import type { Machine } from "../shared/instances/fields.ts";
import type { AutoScalingGroup } from "./schema.ts";

type Template = Partial<Machine> & { readonly instanceTags?: object; readonly volumeTags?: object };

/**
 * EC2 Auto Scaling checks whether the caller may do everything that the template says: the launch, its tags, and the role of the profile
 * (Auto Scaling User Guide, "Control Amazon EC2 launch template usage in Auto Scaling groups").
 */
export function launching(spec: AutoScalingGroup, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  const overrides = spec.mixedInstances?.overrides ?? [];
  const templates = [spec.launchTemplate, ...overrides.flatMap(({ launchTemplate }) => launchTemplate ?? [])];
  const roles = Object.values(spec.lifecycleHooks ?? {}).flatMap(({ role }) => role ?? []);
  return [
    ...templates.flatMap((template) => useForeign(template, ["ec2:RunInstances"], "launch-template/*")),
    ...templates.flatMap((template) => fromTemplate(index.get(template)?.spec as Template | undefined, index, place)),
    ...roles.map((role) => passRole(roleArns(role, index, place), "autoscaling.amazonaws.com")),
    serviceRole("autoscaling.amazonaws.com"),
  ];
}

/** `template` is undefined when the YAML does not declare it. It may then contain anything. */
function fromTemplate(template: Template | undefined, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  const tagged = template
    ? [...(hasEntries(template.instanceTags) ? ["instance"] : []), ...(hasEntries(template.volumeTags) ? ["volume"] : [])]
    : ["instance", "network-interface", "spot-instances-request", "volume"];
  const profile = template?.instanceProfile;
  const launch = place.arn("ec2", "launch-template/*");
  return [
    {
      sid: "LaunchFromTemplates",
      actions: ["ec2:RunInstances"],
      resources: ["instance/*"],
      condition: merged({ ArnLike: { "ec2:LaunchTemplate": launch } }, template ? profileCondition(profile, index, place) : {}),
    },
    ...(tagged.length > 0 ? [tagInLaunch(tagged)] : []),
    ...(template && profile === undefined ? [] : [passProfile(profile, index, place)]),
  ];
}

function merged(one: NonNullable<Grant["condition"]>, other: NonNullable<Grant["condition"]>): NonNullable<Grant["condition"]> {
  return { ...other, ...one, ...(other["ArnLike"] ? { ArnLike: { ...one["ArnLike"], ...other["ArnLike"] } } : {}) };
}

function hasEntries(tags: object | undefined): boolean {
  return Object.keys(tags ?? {}).length > 0;
}
