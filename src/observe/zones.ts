import type { Aws } from "../aws/aws.ts";

/** Names of the zones of the region that this account may use, sorted: no Local Zones and Wavelength Zones, which an account opts in to, and none that is closed to it. */
export async function usableZones(aws: Aws): Promise<readonly string[]> {
  const ec2 = await import("../aws/sdk/ec2.ts");
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html: without AllAvailabilityZones, those that are enabled.
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
