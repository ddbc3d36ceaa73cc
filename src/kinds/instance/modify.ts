/** Changes an existing instance: first what EC2 changes while it runs, then everything else in one restart. */
import type { ModifyInstanceAttributeCommandInput } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import type { Instance } from "./schema.ts";
import { tagEc2 } from "../../aws/tagging.ts";
import type { AwsId, Change, Changes, Live, Run } from "../kind.ts";
import { metadataRequest } from "../shared/instances/launch.ts";
import type { Handle } from "./live.ts";
import { changeDnsNames, changePower, changeWhileStopped, needsStop } from "./restart.ts";
import { setAddresses } from "../shared/network/interface-addresses.ts";
import { changeInterfaces, changeMadeWith } from "./interfaces.ts";
import { madeWith, outliving } from "./listed.ts";
import { changeVolumes } from "./volumes.ts";
import { Refusal } from "../../resource/refusal.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

export async function modify(
  ec2: Sdk,
  aws: Aws,
  live: Live<Instance, Handle>,
  request: Instance,
  changes: Changes<Instance>,
  run: Run<Instance, Handle>,
): Promise<void> {
  const InstanceId = live.id;
  const set = (attribute: Partial<ModifyInstanceAttributeCommandInput>) =>
    aws.ec2(new ec2.ModifyInstanceAttributeCommand({ InstanceId, ...attribute }));
  if (changes.securityGroups || changes.associatePublicIpAddress) await changeCard(ec2, aws, live, changes);
  if (changes.networkInterfaces) {
    await changeInterfaces(ec2, aws, live, outliving(request.networkInterfaces), run);
    await changeMadeWith(ec2, aws, live, madeWith(request.networkInterfaces));
  }
  if (changes.secondaryPrivateIpAddresses || changes.ipv6AddressCount)
    await setAddresses(ec2, aws, cardOf(live), {
      ...(changes.secondaryPrivateIpAddresses ? { secondary: request.secondaryPrivateIpAddresses ?? [] } : {}),
      ...(changes.ipv6AddressCount ? { ipv6Count: request.ipv6AddressCount } : {}),
    });
  if (changes.sourceDestCheck) await changeSourceDestCheck(ec2, aws, live, changes.sourceDestCheck.after ?? true);
  if (changes.instanceProfile) await changeProfile(ec2, aws, live, changes.instanceProfile.after);
  if (changes.metadataOptions) await changeMetadata(ec2, aws, live, changes.metadataOptions.after ?? {}, run);
  if (changes.monitoring)
    await aws.ec2(
      changes.monitoring.after
        ? new ec2.MonitorInstancesCommand({ InstanceIds: [InstanceId] })
        : new ec2.UnmonitorInstancesCommand({ InstanceIds: [InstanceId] }),
    );
  if (changes.disableApiTermination) await set({ DisableApiTermination: { Value: changes.disableApiTermination.after ?? false } });
  if (changes.disableApiStop) await set({ DisableApiStop: { Value: changes.disableApiStop.after ?? false } });
  if (changes.maintenanceOptions?.after)
    await aws.ec2(
      new ec2.ModifyInstanceMaintenanceOptionsCommand({ InstanceId, AutoRecovery: changes.maintenanceOptions.after.autoRecovery }),
    );
  if (changes.privateDnsNameOptions?.after && !needsStop(changes))
    await changeDnsNames(ec2, aws, InstanceId, changes.privateDnsNameOptions.after);
  if (changes.volumeTags) await changeVolumeTags(aws, live, changes.volumeTags);
  if (changes.shutdownBehavior)
    await set({ Attribute: "instanceInitiatedShutdownBehavior", Value: changes.shutdownBehavior.after ?? "stop" });
  if (changes.creditSpecification?.after) await changeCredits(ec2, aws, live, changes.creditSpecification.after);
  if (changes.rootVolume || changes.volumes) await changeVolumes(ec2, aws, live, request, run);
  if (needsStop(changes)) await changeWhileStopped(ec2, aws, live, request, changes, run);
  if (changes.state?.after) await changePower(ec2, aws, live, changes.state.after, run);
}

/**
 * Changes the tags of the volumes that are deleted with the instance. Where a removed tag is also a tag of the instance, the volumes get
 * the instance's value back.
 */
async function changeVolumeTags(
  aws: Aws,
  live: Live<Instance, Handle>,
  { before = {}, after = {} }: Change<Instance["volumeTags"]>,
): Promise<void> {
  const disks = live.handle.disks.filter(({ diesWithIt }) => diesWithIt).map(({ volume }) => volume);
  const gone = Object.keys(before).filter((key) => !(key in after));
  const own = Object.fromEntries(gone.flatMap((key) => (live.tags[key] === undefined ? [] : [[key, live.tags[key]]])));
  if (disks.length > 0)
    await tagEc2(
      aws,
      disks,
      { ...own, ...after },
      gone.filter((key) => !(key in own)),
    );
}

/** Changes the first interface. Groups belong to interfaces: EC2 refuses to set them on an instance that has a second interface. */
async function changeCard(ec2: Sdk, aws: Aws, live: Live<Instance, Handle>, changes: Changes<Instance>): Promise<void> {
  const NetworkInterfaceId = cardOf(live);
  const groups = changes.securityGroups?.after;
  if (groups && groups.length > 0)
    await aws.ec2(new ec2.ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: [...groups] }));
  const publicly = changes.associatePublicIpAddress?.after;
  if (publicly !== undefined)
    await aws.ec2(new ec2.ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, AssociatePublicIpAddress: publicly }));
}

async function changeSourceDestCheck(ec2: Sdk, aws: Aws, live: Live<Instance, Handle>, Value: boolean): Promise<void> {
  const SourceDestCheck = { Value };
  if (live.handle.cards > 1)
    await aws.ec2(new ec2.ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: cardOf(live), SourceDestCheck }));
  else await aws.ec2(new ec2.ModifyInstanceAttributeCommand({ InstanceId: live.id, SourceDestCheck }));
}

function cardOf(live: Live<Instance, Handle>): AwsId {
  if (live.handle.card === undefined) throw new Refusal(`EC2 returns no network interface of ${live.id}.`);
  return live.handle.card;
}

/** Changes the profile. One call can replace it only on a running instance. A stopped one loses the old profile first. */
async function changeProfile(ec2: Sdk, aws: Aws, live: Live<Instance, Handle>, name: string | undefined): Promise<void> {
  const { IamInstanceProfileAssociations = [] } = await aws.ec2(
    new ec2.DescribeIamInstanceProfileAssociationsCommand({
      Filters: [
        { Name: "instance-id", Values: [live.id] },
        { Name: "state", Values: ["associating", "associated"] },
      ],
    }),
  );
  const now = IamInstanceProfileAssociations.find((association) => association.InstanceId === live.id);
  if (name !== undefined && now?.IamInstanceProfile?.Arn?.split("/").at(-1) === name) return;
  const AssociationId = now?.AssociationId;
  const IamInstanceProfile = { Name: name };
  if (AssociationId && name !== undefined && live.handle.power === "running") {
    await aws.ec2(new ec2.ReplaceIamInstanceProfileAssociationCommand({ AssociationId, IamInstanceProfile }));
    return;
  }
  if (AssociationId) await aws.ec2(new ec2.DisassociateIamInstanceProfileCommand({ AssociationId }));
  if (name !== undefined) await aws.ec2(new ec2.AssociateIamInstanceProfileCommand({ InstanceId: live.id, IamInstanceProfile }));
}

/** Sends every option, even unchanged ones: not every implementation keeps an option that is left out. */
async function changeMetadata(
  ec2: Sdk,
  aws: Aws,
  live: Live<Instance, Handle>,
  resolved: NonNullable<Instance["metadataOptions"]>,
  run: Run<Instance, Handle>,
): Promise<void> {
  const options = metadataRequest({ ...live.spec.metadataOptions, ...resolved });
  await aws.ec2(new ec2.ModifyInstanceMetadataOptionsCommand({ InstanceId: live.id, ...options }));
  await run.wait(`the metadata options of ${live.id} to take effect`, 300, (seen) => seen === undefined || seen.handle.metadataApplied);
}

/** Changes the credit setting. EC2 answers success and lists refusals inside the answer. */
async function changeCredits(ec2: Sdk, aws: Aws, live: Live<Instance, Handle>, CpuCredits: string): Promise<void> {
  const answer = await aws.ec2(
    new ec2.ModifyInstanceCreditSpecificationCommand({ InstanceCreditSpecifications: [{ InstanceId: live.id, CpuCredits }] }),
  );
  const refused = answer.UnsuccessfulInstanceCreditSpecifications?.[0]?.Error;
  if (refused)
    throw new Refusal(
      `EC2 did not change the CPU credits of ${live.id}: ${refused.Message ?? "no reason given"} (${refused.Code ?? "no code"})`,
    );
}
