import type { ResponseLaunchTemplateData } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { soon } from "../../aws/eventual.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import type { Instance } from "./schema.ts";
import type { AwsId, CreateIdentity, Live, Tags } from "../kind.ts";
import { furtherOfTemplate, furtherRequest } from "../shared/instances/further-interfaces.ts";
import { imageFacts, launchParameters, needsImageFacts, networkParameters, ownInterface } from "../shared/instances/launch.ts";
import type { Handle } from "./live.ts";
import { Refusal } from "../../resource/refusal.ts";
import { unlessGone } from "../../aws/eventual.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/** Launches one instance in one call. With the same client token, a repeated call returns the same instance. */
export async function launch(ec2: Sdk, aws: Aws, request: Instance, identity: CreateIdentity): Promise<AwsId> {
  const template = request.launchTemplate === undefined ? undefined : await templateOf(ec2, aws, request.launchTemplate);
  const image = (request.image as string | undefined) ?? template?.data.ImageId;
  const facts = image !== undefined && needsImageFacts(request) ? await imageFacts(aws, image) : undefined;
  const { Instances: [made] = [] } = await aws.ec2(
    new ec2.RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      ClientToken: identity.token,
      ...launchParameters(request, facts),
      ...network(request, template?.data),
      ...(template ? { LaunchTemplate: { LaunchTemplateId: template.id, Version: template.version } } : {}),
      TagSpecifications: [...tagSpecifications("instance", identity.tags), ...partTags(identity.tags, request.volumeTags)],
    }),
  );
  if (!made?.InstanceId) throw new Refusal("EC2 accepted the launch but returned no instance id.");
  return made.InstanceId;
}

/** The network interfaces of a launch: the instance's own first, if it has one, then those that it lists, or else those of its template. */
function network(written: Instance, template: ResponseLaunchTemplateData | undefined) {
  const card = template?.NetworkInterfaces?.find(({ DeviceIndex = 0 }) => DeviceIndex === 0);
  // With a template that has an interface, subnet and groups can be set only on an interface (EC2 User Guide, "Launch instances from a
  // launch template").
  const request = card
    ? {
        ...written,
        securityGroups: written.securityGroups ?? card.Groups,
        associatePublicIpAddress: written.associatePublicIpAddress ?? card.AssociatePublicIpAddress,
      }
    : written;
  const { subnet, networkInterfaces = [] } = request;
  const options = card && {
    description: card.Description,
    deleteOnTermination: card.DeleteOnTermination,
    secondaryPrivateIpAddressCount: request.secondaryPrivateIpAddresses?.length ? undefined : card.SecondaryPrivateIpAddressCount,
  };
  const ofTemplate = networkInterfaces.length > 0 ? [] : furtherOf(template);
  if (networkInterfaces.length === 0 && ofTemplate.length === 0)
    return card ? { NetworkInterfaces: [ownInterface(request, { ...request, options })] } : networkParameters(request, request);
  const own = subnet === undefined ? [] : [ownInterface(request, { ...request, options })];
  const listed = networkInterfaces.map((one, i) =>
    typeof one === "string" ? { DeviceIndex: own.length + i, NetworkInterfaceId: one } : furtherRequest(one, own.length + i),
  );
  const more = ofTemplate.map((one) => ({ ...one, SubnetId: one.SubnetId ?? subnet }));
  return { NetworkInterfaces: [...own, ...listed, ...more] };
}

/** The further interfaces of the template. Interfaces in a request replace all interfaces of its template, so they are sent again. */
function furtherOf(template: ResponseLaunchTemplateData | undefined) {
  return (template?.NetworkInterfaces ?? [])
    .filter(({ DeviceIndex = 0 }) => DeviceIndex > 0)
    .map((one) => ({
      ...furtherRequest(furtherOfTemplate(one), one.DeviceIndex!),
      ...(one.SubnetId === undefined ? {} : { SubnetId: one.SubnetId }),
    }));
}

/** The tags of volumes and interfaces: those that the author declared, and none of ours, which would make them resources of their own. */
function partTags(tags: Tags, volumeTags: Tags = {}) {
  const declared = Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith("infra:")));
  const some = (type: "volume" | "network-interface", its: Tags) => (Object.keys(its).length === 0 ? [] : tagSpecifications(type, its));
  return [...some("volume", { ...declared, ...volumeTags }), ...some("network-interface", declared)];
}

interface Template {
  readonly id: AwsId;
  readonly version: string;
  readonly data: ResponseLaunchTemplateData;
}

/** Reads the current default version of the template, by number, because a repeated launch must name the same version. */
async function templateOf(ec2: Sdk, aws: Aws, id: AwsId): Promise<Template> {
  const { LaunchTemplateVersions: [found] = [] } = await soon(aws, () =>
    aws.ec2(new ec2.DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: ["$Default"] })),
  );
  if (!found) throw new Refusal(`EC2 returns no default version of the launch template ${id}.`);
  return { id, version: String(found.VersionNumber), data: found.LaunchTemplateData ?? {} };
}

/**
 * Terminates an instance. Its spot request is cancelled first, since a persistent one would launch another instance. Termination protection
 * is never lifted here.
 */
export async function terminate(ec2: Sdk, aws: Aws, live: Live<Instance, Handle>): Promise<void> {
  const { spotRequest } = live.handle;
  if (spotRequest) await unlessGone(aws.ec2(new ec2.CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [spotRequest] })));
  await unlessGone(aws.ec2(new ec2.TerminateInstancesCommand({ InstanceIds: [live.id] })));
}
