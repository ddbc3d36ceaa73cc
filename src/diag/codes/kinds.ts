import type { CodeDoc } from "./code-doc.ts";

/** Codes that several kinds use. The codes of a single kind stand in its folder. */
export const kindsCodes = {
  "cidr-size": {
    title: "A network that is too large or too small",
    cause: "AWS takes /16 to /28 for VPCs and subnets; no quota changes that.",
    cure: "Choose another prefix length.",
  },
  "cidr-overlap": {
    title: "Two networks overlap",
    cause: "The ranges of a VPC do not overlap each other, nor do its subnets.",
    cure: "Give one of them another range.",
  },
  "one-gateway": {
    title: "Two gateways of one kind for one VPC",
    cause: "A VPC has one internet gateway, one egress-only internet gateway and one VPN gateway at most.",
    cure: "Remove one; all its subnets can use the other.",
  },
  "no-gateway": {
    title: "No way to the internet",
    cause: "A public address is of use only in a VPC with an internet gateway.",
    cure: "Declare one under `internetGateways`.",
  },
  "two-tables": {
    title: "A subnet with two route tables",
    cause: "A subnet follows exactly one table.",
    cure: "Remove it from one of the two.",
  },
  "no-ipv6": {
    title: "IPv6 where there is none",
    cause:
      "A subnet takes its IPv6 range out of that of its VPC, what lies in a subnet takes its IPv6 addresses out of that of the subnet, and an egress-only internet gateway carries IPv6 alone.",
    cure: "Write `ipv6: amazon` on the VPC, and `ipv6CidrBlock` on the subnet.",
  },
  "two-defaults": {
    title: "Two resources for what AWS made once",
    cause:
      "AWS makes one default security group, one default network ACL and one main route table with each VPC, and two resources with `default: true` stand for the same.",
    cure: "Write all of it under one of them.",
  },
  "duplicate-route": {
    title: "Two routes to one destination",
    cause: "A table has one route a destination; 10.0.0.1/16 and 10.0.0.0/16 are the same.",
    cure: "Remove one of the two.",
  },
  "other-vpc": {
    title: "Two things of different VPCs",
    cause: "Route tables, groups, balancers and machines serve their own VPC only; peering helps in a few places.",
    cure: "Correct the reference, or move one of the two.",
  },
  "bad-key": {
    title: "A public key that cannot be used",
    cause: "EC2 takes one RSA or ED25519 key in OpenSSH's one-line form, and machines of Windows take RSA only.",
    cure: "Name the .pub file that `ssh-keygen -t ed25519` wrote; for Windows, `-t rsa`.",
  },
  quota: {
    title: "More than AWS allows by default",
    cause: "The default quota of an account is lower; yours may have been raised.",
    cure: "Ask AWS for more, or split the environment.",
  },
  "bad-rule": {
    title: "A rule that EC2 would not take",
    cause: "Ports go from 0 to 65535 and belong to TCP and UDP, types and codes to ICMP.",
    cure: 'Write `port: 22`, `ports: "8000-8100"`, or `protocol: all` without either.',
  },
  "bad-volume": {
    title: "A volume that EC2 would not make",
    cause: "Sizes, IOPS and throughput have bounds that depend on the volume's type.",
    cure: "Change the value or the type as the message says.",
  },
  "bad-spot": {
    title: "Spot conditions that exclude each other",
    cause: "One-time requests end at an interruption; persistent ones stop or hibernate.",
    cure: "Change one of the two.",
  },
  "user-data-too-long": {
    title: "User data that is too long",
    cause: "EC2 takes 16 KiB.",
    cure: "Let a short script fetch the long part, or put it into an image.",
  },
  alarm: {
    title: "An alarm that CloudWatch would not take",
    cause: "Statistics, periods and their numbers have to fit each other.",
    cure: "Change the field as the message says.",
  },
  policy: {
    title: "A policy that AWS would not take, or that nobody means",
    cause: "The elements of a policy do not fit each other, or it lets the whole world in.",
    cure: "Change the element as the message says.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
