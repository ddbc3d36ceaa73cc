/** Further addresses of a network interface, and the calls that change them. */
import type { Aws } from "../../../aws/aws.ts";
import { hasCode } from "../../../aws/errors.ts";
import { Refusal } from "../../../resource/refusal.ts";
import type { AwsId } from "../../kind.ts";

type Sdk = typeof import("../../../aws/sdk/ec2.ts");

export interface WantedAddresses {
  /** The exact addresses besides the first. */
  readonly secondary?: readonly string[] | undefined;
  /** The number of addresses besides the first. */
  readonly secondaryCount?: number | undefined;
  readonly ipv6Count?: number | undefined;
}

/** Gives an interface the wanted addresses. It reads the interface first, because an earlier run may have done a part of the work. */
export async function setAddresses(ec2: Sdk, aws: Aws, NetworkInterfaceId: AwsId, wanted: WantedAddresses): Promise<void> {
  const Filters = [{ Name: "network-interface-id", Values: [NetworkInterfaceId] }];
  const { NetworkInterfaces: [now] = [] } = await aws.ec2(new ec2.DescribeNetworkInterfacesCommand({ Filters }));
  if (!now) throw new Refusal(`EC2 no longer returns the network interface ${NetworkInterfaceId}.`);
  const have = (now.PrivateIpAddresses ?? []).filter(({ Primary }) => !Primary).map(({ PrivateIpAddress }) => PrivateIpAddress!);
  const have6 = (now.Ipv6Addresses ?? []).map(({ Ipv6Address }) => Ipv6Address!);
  const { secondary, secondaryCount, ipv6Count } = wanted;
  const keep = secondary ?? (secondaryCount === undefined ? have : have.slice(0, secondaryCount));
  const leaving = have.filter((ip) => !keep.includes(ip));
  if (leaving.length > 0)
    await aws.ec2(new ec2.UnassignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: leaving })).catch((error) => {
      if (!hasCode(error, "InvalidParameterValue")) throw error; // none of them is assigned any more
    });
  const coming = (secondary ?? []).filter((ip) => !have.includes(ip));
  const more = secondary === undefined && secondaryCount !== undefined ? secondaryCount - have.length : 0;
  // An address is never taken from another interface, although EC2 could do that.
  if (coming.length > 0)
    await aws.ec2(
      new ec2.AssignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: [...coming], AllowReassignment: false }),
    );
  else if (more > 0)
    await aws.ec2(new ec2.AssignPrivateIpAddressesCommand({ NetworkInterfaceId, SecondaryPrivateIpAddressCount: more }), { once: true });
  if (ipv6Count === undefined) return;
  const leaving6 = have6.slice(ipv6Count);
  if (leaving6.length > 0) await aws.ec2(new ec2.UnassignIpv6AddressesCommand({ NetworkInterfaceId, Ipv6Addresses: leaving6 }));
  if (ipv6Count > have6.length)
    await aws.ec2(new ec2.AssignIpv6AddressesCommand({ NetworkInterfaceId, Ipv6AddressCount: ipv6Count - have6.length }), { once: true });
}
