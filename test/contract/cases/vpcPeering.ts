import type { Case } from "../case.ts";

const vpc = (net: number) => ({ cidrBlock: `10.${net}.0.0/16`, enableDnsHostnames: true });

export const vpcPeering: Case = {
  kind: "vpcPeering",
  index: { vpcs: { one: vpc(1), two: vpc(2), three: vpc(3) } },
  bare: { vpc: "one", peerVpc: "two" },
  forms: [
    {
      full: { vpc: "one", peerVpc: "two", accept: true, dnsResolution: true },
      changes: [
        ["vpc", "three", "replace"],
        ["peerVpc", "three", "replace"],
        ["dnsResolution", false],
        ["dnsResolution", undefined],
      ],
    },
    {
      full: { vpc: "one", peerVpc: "two", accept: false },
      changes: [["accept", true, "update", { back: "nothing" }]],
    },
    {
      full: { vpc: "one", peerVpc: { id: "vpc-0123456789abcdef0" }, peerOwner: "210987654321", peerRegion: "eu-central-1" },
      changes: [
        ["peerOwner", "210987654322", "replace"],
        ["peerRegion", "eu-west-3", "replace"],
      ],
    },
  ],
};
