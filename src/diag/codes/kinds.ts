import type { CodeDoc } from "./code-doc.ts";

/** Codes that several kinds use. The codes of a single kind stand in its folder. */
export const kindsCodes = {
  "cidr-size": {
    title: "A network that is too large or too small",
    cause: "VPCs and subnets can be /16 to /28. No quota changes that.",
    cure: "Choose another prefix length.",
  },
  "cidr-overlap": {
    title: "Two networks overlap",
    cause: "The ranges of a VPC must not overlap each other. The ranges of its subnets must not overlap, either.",
    cure: "Give one of them another range.",
  },
  "one-gateway": {
    title: "Two gateways of one kind in one VPC",
    cause: "A VPC can have one internet gateway, one egress-only internet gateway and one VPN gateway.",
    cure: "Remove one of them. All subnets of the VPC can use the other.",
  },
  "no-gateway": {
    title: "A VPC without an internet gateway",
    cause: "A public address is useful only in a VPC with an internet gateway.",
    cure: "Declare an internet gateway under `internetGateways`.",
  },
  "two-tables": {
    title: "A subnet with two route tables",
    cause: "A subnet uses exactly one route table.",
    cure: "Remove it from one of the two.",
  },
  "no-ipv6": {
    title: "IPv6 without an IPv6 range",
    cause:
      "A subnet takes its IPv6 range from the range of its VPC. A resource in a subnet takes its IPv6 addresses from the range of the subnet. An egress-only internet gateway carries only IPv6.",
    cure: "Write `ipv6: amazon` on the VPC, and `ipv6CidrBlock` on the subnet.",
  },
  "two-defaults": {
    title: "Two resources for one default object of AWS",
    cause:
      "AWS creates one default security group, one default network ACL and one main route table with each VPC. Two resources with `default: true` stand for the same object.",
    cure: "Write everything under one of them.",
  },
  "duplicate-route": {
    title: "Two routes to one destination",
    cause: "A route table has one route for each destination. 10.0.0.1/16 and 10.0.0.0/16 are the same destination.",
    cure: "Remove one of the two.",
  },
  "other-vpc": {
    title: "Two resources in different VPCs",
    cause: "Route tables, security groups, load balancers and instances work only in their own VPC. Peering helps in a few places.",
    cure: "Correct the reference, or move one of the two.",
  },
  "bad-key": {
    title: "A public key that EC2 refuses",
    cause: "EC2 accepts one RSA or ED25519 key in OpenSSH's one-line form. Windows instances accept only RSA.",
    cure: "Name the .pub file that `ssh-keygen -t ed25519` wrote. For Windows, use `ssh-keygen -t rsa`.",
  },
  quota: {
    title: "More than AWS allows by default",
    cause: "The default quota of an account is lower. AWS may have raised the quota of your account.",
    cure: "Ask AWS for a higher quota, or split the environment.",
  },
  "bad-rule": {
    title: "A rule that EC2 refuses",
    cause: "Ports go from 0 to 65535 and belong to TCP and UDP. Types and codes belong to ICMP.",
    cure: 'Write `port: 22`, `ports: "8000-8100"`, or `protocol: all` without either.',
  },
  "bad-volume": {
    title: "A volume that EC2 refuses",
    cause: "Size, IOPS and throughput have limits that depend on the type of the volume.",
    cure: "Change the value or the type as the message says.",
  },
  "bad-spot": {
    title: "Spot options that exclude each other",
    cause: "A one-time Spot request ends at an interruption. A persistent request stops or hibernates the instance.",
    cure: "Change one of the two.",
  },
  "user-data-too-long": {
    title: "User data that is too long",
    cause: "EC2 accepts 16 KiB of user data.",
    cure: "Let a short script download the long part, or put the long part into an image.",
  },
  alarm: {
    title: "An alarm that CloudWatch refuses",
    cause: "The statistics, periods and numbers of an alarm must fit each other.",
    cure: "Change the field as the message says.",
  },
  policy: {
    title: "A policy that AWS refuses, or that is probably a mistake",
    cause: "The elements of the policy do not fit each other, or the policy gives access to everybody.",
    cure: "Change the element as the message says.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
