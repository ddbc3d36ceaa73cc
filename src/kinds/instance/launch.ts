import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import type { Instance } from "./instance.ts";
import type { AwsId, CreateIdentity, Live, Tags } from "../kind.ts";
import { imageFacts, launchParameters, needsImageFacts, networkParameters, ownInterface } from "../shared/machine-launch.ts";
import type { Handle } from "./live.ts";
import { Refusal } from "../../resource/refusal.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/** One machine, one call: the client token makes a repetition answer with the same machine. */
export async function launch(ec2: Sdk, aws: Aws, request: Instance, identity: CreateIdentity): Promise<AwsId> {
  const facts = needsImageFacts(request) ? await imageFacts(aws, request.image as string) : undefined;
  const { Instances: [made] = [] } = await aws.ec2(
    new ec2.RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      ClientToken: identity.token,
      ...launchParameters(request, facts),
      ...network(request),
      TagSpecifications: [...tagSpecifications("instance", identity.tags), ...partTags(identity.tags)],
    }),
  );
  if (!made?.InstanceId) throw new Refusal("EC2 accepted the launch and named no machine.");
  return made.InstanceId;
}

/** Its own interface comes first, where it has one, and then those that outlive it. */
function network(request: Instance) {
  const { subnet, networkInterfaces = [] } = request;
  if (networkInterfaces.length === 0) return networkParameters(request, request);
  const own = subnet === undefined ? [] : [ownInterface(request, request)];
  const others = networkInterfaces.map((NetworkInterfaceId, i) => ({ DeviceIndex: own.length + i, NetworkInterfaceId }));
  return { NetworkInterfaces: [...own, ...others] };
}

/** Disks and interfaces get what the author declared, and no tag of ours: they would be taken for objects of their own. */
function partTags(tags: Tags) {
  const declared = Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith("infra:")));
  return Object.keys(declared).length === 0
    ? []
    : [...tagSpecifications("volume", declared), ...tagSpecifications("network-interface", declared)];
}

/** Ends a machine. Its spot request goes first, since a persistent one would launch another; termination protection is never lifted here. */
export async function terminate(ec2: Sdk, aws: Aws, live: Live<Instance, Handle>): Promise<void> {
  const { spotRequest } = live.handle;
  if (spotRequest) await ignoringAbsence(aws.ec2(new ec2.CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [spotRequest] })));
  await ignoringAbsence(aws.ec2(new ec2.TerminateInstancesCommand({ InstanceIds: [live.id] })));
}

async function ignoringAbsence(call: Promise<unknown>): Promise<void> {
  await call.catch((error) => {
    if (!isNotFound(error)) throw error;
  });
}
