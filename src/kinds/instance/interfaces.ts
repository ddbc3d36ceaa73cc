/** Attaches and detaches interfaces that outlive an instance. The interface with which it started stays for good. */
import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import type { AwsId, Live, Run } from "../kind.ts";
import { differing, type FurtherInterface } from "../shared/instances/further-interfaces.ts";
import { setAddresses } from "../shared/network/interface-addresses.ts";
import { madeWith } from "./listed.ts";
import type { Instance } from "./schema.ts";
import type { Handle } from "./live.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/** In seconds. Attaching and detaching takes a few. */
const limit = 300;

export async function changeInterfaces(
  ec2: Sdk,
  aws: Aws,
  live: Live<Instance, Handle>,
  wanted: readonly AwsId[],
  run: Pick<Run<Instance, Handle>, "wait">,
): Promise<void> {
  const leaving = live.handle.attached.filter(({ id, index }) => index > 0 && !wanted.includes(id));
  for (const { attachment } of leaving)
    await aws.ec2(new ec2.DetachNetworkInterfaceCommand({ AttachmentId: attachment })).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  const now = await run.wait(
    `network interfaces to be detached from ${live.id}`,
    limit,
    (seen) => !seen?.handle.attached.some(({ id }) => leaving.some((one) => one.id === id)),
  );
  const have = new Set(now?.handle.attached.map(({ id }) => id));
  const taken = new Set([0, ...(now?.handle.attached ?? []).map(({ index }) => index)]);
  for (const id of wanted) {
    if (have.has(id)) continue;
    let index = 1;
    while (taken.has(index)) index++;
    taken.add(index);
    await attach(ec2, aws, live.id, id, index);
  }
  await run.wait(`network interfaces to be attached to ${live.id}`, limit, (seen) =>
    wanted.every((id) => seen === undefined || seen.handle.attached.some((one) => one.id === id)),
  );
}

/** Changes the interfaces that were made with the instance to their written settings. */
export async function changeMadeWith(ec2: Sdk, aws: Aws, live: Live<Instance, Handle>, wanted: readonly FurtherInterface[]): Promise<void> {
  const have = madeWith(live.spec.networkInterfaces);
  for (const [i, one] of wanted.entries()) {
    const NetworkInterfaceId = live.handle.madeWith[i];
    const fields = have[i] === undefined ? [] : differing(one, have[i]);
    if (NetworkInterfaceId === undefined || fields.length === 0) continue;
    const set = (attribute: object) => aws.ec2(new ec2.ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, ...attribute }));
    if (fields.includes("securityGroups")) await set({ Groups: [...one.securityGroups!] });
    if (fields.includes("description")) await set({ Description: { Value: one.description } });
    if (fields.includes("secondaryPrivateIpAddressCount") || fields.includes("ipv6AddressCount"))
      await setAddresses(ec2, aws, NetworkInterfaceId, {
        secondaryCount: one.secondaryPrivateIpAddressCount,
        ipv6Count: one.ipv6AddressCount,
      });
  }
}

/** Attaches an interface. It may already be attached, because the answer of an earlier call was lost. */
async function attach(ec2: Sdk, aws: Aws, InstanceId: AwsId, NetworkInterfaceId: AwsId, DeviceIndex: number): Promise<void> {
  await aws.ec2(new ec2.AttachNetworkInterfaceCommand({ InstanceId, NetworkInterfaceId, DeviceIndex })).catch(async (error) => {
    if (!hasCode(error, "InvalidNetworkInterface.InUse", "InvalidParameterValue")) throw error;
    const Filters = [{ Name: "network-interface-id", Values: [NetworkInterfaceId] }];
    const { NetworkInterfaces: [now] = [] } = await aws.ec2(new ec2.DescribeNetworkInterfacesCommand({ Filters }));
    if (now?.Attachment?.InstanceId !== InstanceId) throw error;
  });
}
