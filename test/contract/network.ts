import type { ResourceIndex } from "./case.ts";

/** A VPC with two public subnets, an internet gateway and a security group: the surroundings of most kinds. */
export const network: ResourceIndex = {
  vpcs: { net: { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true } },
  internetGateways: { net: { vpc: "net" } },
  subnets: {
    a: { vpc: "net", cidrBlock: "10.0.1.0/24", availabilityZone: "a" },
    b: { vpc: "net", cidrBlock: "10.0.2.0/24", availabilityZone: "b" },
    c: { vpc: "net", cidrBlock: "10.0.3.0/24", availabilityZone: "c" },
  },
  routeTables: { net: { vpc: "net", routes: [{ destination: "0.0.0.0/0", target: "internetGateway/net" }], subnets: ["a", "b", "c"] } },
  securityGroups: { one: { vpc: "net" }, two: { vpc: "net" } },
};

/** Instance profiles, with their roles. */
export const profiles: ResourceIndex = {
  iamRoles: { machines: { trust: "ec2.amazonaws.com" } },
  instanceProfiles: { web: { role: "machines" }, jobs: { role: "machines" } },
};

export const image = { ssm: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64" };

/** A volume with every field set. */
export const disk = {
  size: 20,
  type: "gp3",
  iops: 3000,
  throughput: 125,
  encrypted: true,
  kmsKey: "11111111-1111-1111-1111-111111111111",
  deleteOnTermination: true,
};
