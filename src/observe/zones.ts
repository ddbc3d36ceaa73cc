import type { Aws } from "../aws/aws.ts";

/**
 * Returns the names of the region's zones that this account may use, sorted. Local Zones and Wavelength Zones, which an account opts in to,
 * are left out, and so are zones that are closed to the account.
 */
export async function usableZones(aws: Aws): Promise<readonly string[]> {
  const zones = await openZones(aws);
  return zones.flatMap(({ name, type = "availability-zone" }) => (type === "availability-zone" ? [name] : [])).sort();
}

/** Returns the names of all zones of the region in which this account may create something now, with Local Zones and Wavelength Zones. */
export async function availableZones(aws: Aws): Promise<readonly string[]> {
  return (await openZones(aws)).map(({ name }) => name);
}

/**
 * Returns the enabled zones that are available. Without AllAvailabilityZones, AWS returns only enabled zones
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html). Emulators may tell neither state nor type.
 */
async function openZones(aws: Aws): Promise<readonly { readonly name: string; readonly type: string | undefined }[]> {
  const ec2 = await aws.clock.work(import("../aws/sdk/ec2.ts"));
  const { AvailabilityZones = [] } = await aws.ec2(new ec2.DescribeAvailabilityZonesCommand({}));
  return AvailabilityZones.flatMap(({ ZoneName: name, ZoneType: type, State = "available" }) =>
    name !== undefined && State === "available" ? [{ name, type }] : [],
  );
}
