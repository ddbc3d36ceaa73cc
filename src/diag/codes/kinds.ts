import type { CodeDoc } from "./code-doc.ts";

/** What kinds check by themselves. */
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
  "cidr-mixed": {
    title: "Ranges that AWS may not allow together",
    cause:
      "Amazon's guide to VPCs allows further ranges of the same private range as the first (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 198.19.0.0/16), of 100.64.0.0/10, and public ones.",
    cure: "Take another range. Where AWS takes this one in your account, leave it.",
  },
  "cidr-outside-vpc": {
    title: "A subnet outside its VPC",
    cause: "A subnet is a part of one of its VPC's ranges.",
    cure: "Correct one of the two, or add a range under `secondaryCidrBlocks`.",
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
  "no-routes": {
    title: "A VPN connection that leads nowhere",
    cause: "With static routes AWS sends nothing into a connection but what its routes name.",
    cure: "Write the networks behind the customer's end under `routes`.",
  },
  "two-tables": {
    title: "A subnet with two route tables",
    cause: "A subnet follows exactly one table.",
    cure: "Remove it from one of the two.",
  },
  "two-acls": {
    title: "A subnet with two network ACLs",
    cause: "A subnet follows exactly one network ACL.",
    cure: "Remove it from one of the two.",
  },
  "no-ipv6": {
    title: "IPv6 in a VPC that has none",
    cause: "A subnet takes its IPv6 range out of that of its VPC, and an egress-only internet gateway carries IPv6 alone.",
    cure: "Write `ipv6: amazon` on the VPC.",
  },
  "two-defaults": {
    title: "Two resources for what AWS made once",
    cause:
      "AWS makes one default security group, one default network ACL and one main route table with each VPC, and two resources with `default: true` stand for the same.",
    cure: "Write all of it under one of them.",
  },
  "two-main-tables": {
    title: "Two main route tables in one VPC",
    cause: "Subnets that no table names follow the main one, so there is one.",
    cure: "Leave `main: true` on one of them.",
  },
  "duplicate-route": {
    title: "Two routes to one destination",
    cause: "A table has one route a destination; 10.0.0.1/16 and 10.0.0.0/16 are the same.",
    cure: "Remove one of the two.",
  },
  "local-route": {
    title: "A route to the VPC itself",
    cause: "AWS keeps the route inside the VPC by itself, in every table.",
    cure: "Remove it.",
  },
  "bad-target": {
    title: "A target to which no such route can lead",
    cause: "AWS takes only certain targets, some for one family of addresses only.",
    cure: "Name another target.",
  },
  "other-vpc": {
    title: "Two things of different VPCs",
    cause: "Route tables, groups, balancers and machines serve their own VPC only; peering helps in a few places.",
    cure: "Correct the reference, or move one of the two.",
  },
  "unserved-zone": {
    title: "A subnet that does not reach its transit gateway",
    cause: "A transit gateway takes traffic only from zones in which its attachment has a subnet.",
    cure: "Add a subnet of that zone to the subnets of the attachment.",
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
  "duplicate-rule": {
    title: "One rule written twice",
    cause: "A rule is its protocol, ports and source; a description makes no second one of it, and EC2 would refuse it.",
    cure: "Remove one of the two.",
  },
  "open-admin-port": {
    title: "Administration open to the whole internet",
    cause: "SSH and Remote Desktop that anybody can reach are found and tried within minutes.",
    cure: "Name the networks that need it, or go through a bastion or Session Manager.",
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
  "load-balancer": {
    title: "A load balancer that AWS would not make as written",
    cause: "Application and network load balancers differ in protocols, fields and targets, and both want one subnet a zone.",
    cure: "Change the field as the message says; `infra explain loadBalancer` lists what there is.",
  },
  "target-group": {
    title: "A target group with fields that exclude each other",
    cause: "Groups of application balancers (HTTP, HTTPS) and of network balancers have different settings.",
    cure: "Remove the field, or change the protocol.",
  },
  "health-check": {
    title: "A health check that AWS would not take",
    cause: "TCP checks have neither path nor matcher, and a check must time out before the next one.",
    cure: "Change it as the message says.",
  },
  target: {
    title: "A target that the group cannot hold",
    cause: "A group holds machines, or addresses with `targetType: ip`, never both.",
    cure: "Write what the group's type takes.",
  },
  "auto-scaling-group": {
    title: "A group that Auto Scaling would not make as written",
    cause: "Sizes, policies, schedules and the rest of a group have to fit each other.",
    cure: "Change the field as the message says; `infra explain autoScalingGroup` lists what there is.",
  },
  "health-grace": {
    title: "A group that ends its machines before they are up",
    cause: "With the load balancer's word on health and a grace period of 0, no machine lives long enough to become healthy.",
    cure: "Leave `healthCheckGracePeriod` out, or give machines the time that they need.",
  },
  alarm: {
    title: "An alarm that CloudWatch would not take",
    cause: "Statistics, periods and their numbers have to fit each other.",
    cure: "Change the field as the message says.",
  },
  "log-bucket": {
    title: "A bucket that does not let the balancer write its logs",
    cause: "Elastic Load Balancing writes a test file when a log is switched on, and refuses the log when the bucket's policy forbids it.",
    cure: "Give the bucket the statement of the hint.",
  },
  policy: {
    title: "A policy that AWS would not take, or that nobody means",
    cause: "The elements of a policy do not fit each other, or it lets the whole world in.",
    cure: "Change the element as the message says.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
