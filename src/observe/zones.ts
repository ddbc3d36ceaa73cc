import type { Aws } from "../aws/aws.ts";

/**
 * Returns the names of the region's zones that this account may use, sorted. Local Zones and Wavelength Zones, which an account opts in to,
 * are left out, and so are zones that are closed to the account.
 */
export async function usableZones(aws: Aws): Promise<readonly string[]> {
  const ec2 = await import("../aws/sdk/ec2.ts");
  // Without AllAvailabilityZones, AWS returns only enabled zones:
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html.
  const { AvailabilityZones = [] } = await aws.ec2(new ec2.DescribeAvailabilityZonesCommand({}));
  const usable = AvailabilityZones.filter(
    ({ ZoneType = "availability-zone", State }) => ZoneType === "availability-zone" && (State === undefined || State === "available"),
  );
  return usable.flatMap(({ ZoneName }) => (ZoneName === undefined ? [] : [ZoneName])).sort();
}

/** Names of all zones of the region in which this account may make something now, Local Zones and Wavelength Zones among them. */
export async function availableZones(aws: Aws): Promise<readonly string[]> {
  const ec2 = await aws.clock.work(import("../aws/sdk/ec2.ts"));
  const { AvailabilityZones = [] } = await aws.ec2(new ec2.DescribeAvailabilityZonesCommand({}));
  return AvailabilityZones.filter(({ State }) => State === undefined || State === "available").map(({ ZoneName }) => ZoneName!);
}
