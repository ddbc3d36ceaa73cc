/** Checks a launch template as Auto Scaling does when a group is set to launch from it. */
import type { RunInstancesRequest } from "@aws-sdk/client-ec2";
import type { Call } from "../../model.ts";
import { needGroup } from "./groups.ts";
import { needImage } from "./images.ts";
import { needType } from "./instance-types.ts";
import { needKey } from "./keys.ts";
import { checkArchitecture, checkUserData, profileOf } from "./launch.ts";
import { needPlacementGroup } from "./placement.ts";
import { checkSpot } from "./spot.ts";

/**
 * Throws EC2's error when a version names a missing object, or a type that does not fit its image: Auto Scaling tries a launch as a dry run
 * (EC2 Auto Scaling User Guide, "Create a launch template for an Auto Scaling group"). `types` are the types that the group itself names,
 * which replace the template's.
 */
export function checkTemplate(call: Call, data: RunInstancesRequest, types: readonly string[]): void {
  const instanceTypes = (types.length > 0 ? types : [data.InstanceType ?? "m1.small"]).map(needType);
  if (data.ImageId !== undefined && !data.ImageId.startsWith("resolve:ssm:")) {
    const image = needImage(call, data.ImageId);
    // A group with types of its own launches the types that fit.
    if (types.length === 0) checkArchitecture(instanceTypes[0]!, image.architecture);
  }
  for (const GroupId of groupsIn(data)) needGroup(call, { GroupId });
  if (data.KeyName) needKey(call, data.KeyName);
  if (data.IamInstanceProfile) profileOf(call, data.IamInstanceProfile);
  if (data.Placement?.GroupName) needPlacementGroup(call, data.Placement.GroupName);
  checkUserData(data.UserData);
  checkSpot(data);
}

function groupsIn({ SecurityGroupIds = [], NetworkInterfaces = [] }: RunInstancesRequest): string[] {
  return [...SecurityGroupIds, ...NetworkInterfaces.flatMap(({ Groups }) => Groups ?? [])];
}
