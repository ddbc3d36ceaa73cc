import { foreignAddresses } from "../shared/network/foreign-addresses.ts";
import { authored } from "./authored.ts";
import { foreign } from "./foreign.ts";
import type { LoadBalancer as AwsBalancer, SubnetMapping } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../../aws/aws.ts";
import { existing, unlessGone } from "../../aws/eventual.ts";
import { literal, ownership } from "../../resource/ownership.ts";
import { tagList } from "../../aws/tagging.ts";
import { toAttributes } from "../shared/elbv2/attributes.ts";
import { createByName, elbv2Tagging, elbv2TagsOf, owner, perCall } from "../shared/elbv2/objects.ts";
import type { Address, AwsId, Changes, Driver, Kind, Member, Run, Subject, ResourceIndex } from "../kind.ts";
import { byEach, networksOf } from "../shared/lookup.ts";
import { serviceRole } from "../../resource/iam.ts";
import { loginGrants } from "./login-grants.ts";
import { attributeFields, attributes } from "./attributes.ts";
import { reserve } from "./capacity.ts";
import { check } from "./check.ts";
import { whenBucketLets } from "./logs.ts";
import { preflight } from "./preflight.ts";
import { listenerAttributeFields } from "./listener-attributes.ts";
import { partTags, setListeners } from "./listeners.ts";
import { isCertificate, isNameless, isPartOfUnlisted, normalise, ruleKey } from "./normal.ts";
import { bearsOurTags, isOwn, observe, ruleTag, type Handle, type LiveBalancer } from "./observe.ts";
import { schema, type LoadBalancer } from "./schema.ts";
import { slots } from "./slots.ts";
import { vpcOfSubnets } from "../shared/network/network-index.ts";
import { Refusal } from "../../resource/refusal.ts";
import { weightsTag } from "./weights.ts";
import { atLeast } from "../shared/slots.ts";
import { drawn } from "./drawn.ts";

export type { LoadBalancer } from "./schema.ts";
import { network } from "./network.ts";
import { loadBalancerCodes } from "./codes.ts";
import { isInScope } from "../shared/in-scope.ts";
import { opensWhen, opensWithMore } from "../shared/urgency.ts";
import { urgencyOfListener } from "./urgency.ts";

const protection = "deletionProtection";

const ofListenerAttributes = listenerAttributeFields.map((field) => `listeners.*.${field}`);

export const loadBalancer: Kind<LoadBalancer, Handle> = {
  name: "loadBalancer",
  critical: true,
  section: "loadBalancers",
  doc: "An application or network load balancer with its listeners and their rules.",
  wanted: ["dnsName"],
  outputs: {
    arn: "The ARN.",
    dnsName: "The DNS name.",
    hostedZone: "The id of the Route 53 hosted zone of the DNS name, for alias records.",
  },
  foreign,
  summary: ({ type }) => ({ line: type ?? "application", tells: ["type"] }),
  codes: loadBalancerCodes,
  schema,
  fields: {
    type: {
      change: "replace",
      because: "type of a load balancer cannot be changed",
      default: { value: "application", class: "create-only" },
    },
    scheme: {
      change: "replace",
      because: "scheme of a load balancer cannot be changed",
      show: "always",
      tell: (scheme: string) =>
        scheme === "internet-facing" ? { text: `scheme: ${scheme}`, warning: "has public addresses" } : { text: `scheme: ${scheme}` },
      urgency: opensWhen("internet-facing"),
    },
    subnets: { change: "update", as: "set", whileGone: enoughZones, urgency: "traffic" },
    subnetMappings: {
      change: changeOfMappings,
      as: { key: (mapping: { subnet: string }) => mapping.subnet, unlisted: "remove" },
      whileGone: enoughZones,
      because: { replace: "the address of a load balancer in a subnet cannot be changed" },
      urgency: "traffic",
    },
    securityGroups: {
      change: changeOfGroups,
      as: "set",
      whileGone: (left) => atLeast(1, left, "security group"),
      because: {
        replace:
          "a Network Load Balancer that was created without security groups cannot get any, and one that has some must keep at least one",
      },
      urgency: opensWithMore,
    },
    ipAddressType: { change: "update" },
    idleTimeout: { change: "update" },
    clientKeepAlive: { change: "update" },
    deletionProtection: { change: "update", urgency: "safety" },
    crossZone: { change: "update", urgency: "traffic" },
    accessLogs: { change: "update", whileGone: "free", urgency: "safety" },
    connectionLogs: { change: "update", whileGone: "free", urgency: "safety" },
    http2: { change: "update" },
    dropInvalidHeaderFields: { change: "update", urgency: "safety" },
    desyncMitigationMode: { change: "update", urgency: "safety" },
    preserveHostHeader: { change: "update" },
    xffHeaderProcessing: { change: "update" },
    xffClientPort: { change: "update" },
    tlsHeaders: { change: "update" },
    wafFailOpen: { change: "update", urgency: "safety" },
    zonalShift: { change: "update", urgency: "traffic" },
    dnsClientRouting: { change: "update", urgency: "traffic" },
    minimumCapacity: { change: "update" },
    // Rules without a name of ours, and additional certificates, come from ingress controllers and deployment tools.
    listeners: {
      change: "update",
      as: {
        map: true,
        unlisted: (_value: unknown, key: string) => (isNameless(key) || isCertificate(key) ? "keep" : "remove"),
        foreign: isPartOfUnlisted,
      },
      made: { bears: bearsOurTags },
      urgency: urgencyOfListener,
    },
  },
  stages: [
    { name: "create" },
    { name: "attributes", fields: [...attributeFields.filter((field) => field !== protection), "minimumCapacity"] },
    { name: "listeners", fields: ["listeners"] },
    // Protection comes last, so that a load balancer that could not be finished can still be deleted.
    { name: "protection", fields: [protection] },
  ],
  create: "name",
  naming: { max: 32, forbidden: /[^A-Za-z0-9-]/ },
  // A target group belongs to one load balancer, and so does a fixed address. The old and the new load balancer cannot exist side by side.
  replace: "delete-first",
  // People have written its DNS name down somewhere. A load balancer with deletion protection is deleted only when `allowDestroy` names it.
  dataLoss: (_spec, live) => (live?.handle.isProtected === true ? "data" : "address"),
  waits: { create: { typical: 180, limit: 900 }, delete: { typical: 180, limit: 2100 }, poll: 10 },
  tagIndex: { type: "elasticloadbalancing:loadbalancer", idOf: (arn) => arn },
  // Pages of 400 and tags of 20 for the whole account. For ours: attributes and listeners, and for each of their parts its rules or
  // certificates and its share of tag reads. Without a count, two parts for each load balancer are assumed.
  readCost: (n) => {
    const parts = n.parts ?? 2 * n.ours;
    return Math.max(1, Math.ceil(n.account / 400)) + Math.ceil(n.account / 20) + 2 * n.ours + 2 * parts + Math.ceil(parts / 20);
  },
  iam: {
    read: [
      "ec2:DescribeAddresses",
      "ec2:DescribeNetworkInterfaces",
      "elasticloadbalancing:DescribeCapacityReservation",
      "elasticloadbalancing:DescribeListenerAttributes",
      "elasticloadbalancing:DescribeListenerCertificates",
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeLoadBalancerAttributes",
      "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetHealth",
    ],
    write: [
      "elasticloadbalancing:AddListenerCertificates",
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:CreateLoadBalancer",
      "elasticloadbalancing:CreateRule",
      "elasticloadbalancing:DeleteListener",
      "elasticloadbalancing:DeleteLoadBalancer",
      "elasticloadbalancing:DeleteRule",
      "elasticloadbalancing:DescribeAccountLimits",
      "elasticloadbalancing:DescribeSSLPolicies",
      "elasticloadbalancing:ModifyCapacityReservation",
      "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyListenerAttributes",
      "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:ModifyRule",
      "elasticloadbalancing:RemoveListenerCertificates",
      "elasticloadbalancing:RemoveTags",
      "elasticloadbalancing:SetIpAddressType",
      "elasticloadbalancing:SetRulePriorities",
      "elasticloadbalancing:SetSecurityGroups",
      "elasticloadbalancing:SetSubnets",
    ],
    remove: [
      "elasticloadbalancing:DeleteListener",
      "elasticloadbalancing:DeleteLoadBalancer",
      "elasticloadbalancing:DeleteRule",
      "elasticloadbalancing:RemoveListenerCertificates",
    ],
    onlyFor: {
      "ec2:DescribeAddresses": ["subnetMappings"],
      "elasticloadbalancing:AddListenerCertificates": ["listeners.*.certificates"],
      "elasticloadbalancing:CreateListener": ["listeners"],
      "elasticloadbalancing:CreateRule": ["listeners.*.rules"],
      "elasticloadbalancing:DeleteListener": ["listeners"],
      "elasticloadbalancing:DeleteRule": ["listeners.*.rules"],
      "elasticloadbalancing:DescribeCapacityReservation": ["minimumCapacity"],
      "elasticloadbalancing:DescribeListenerAttributes": ofListenerAttributes,
      "elasticloadbalancing:DescribeSSLPolicies": ["listeners"],
      "elasticloadbalancing:ModifyCapacityReservation": ["minimumCapacity"],
      "elasticloadbalancing:ModifyListener": ["listeners"],
      "elasticloadbalancing:ModifyListenerAttributes": ofListenerAttributes,
      "elasticloadbalancing:ModifyLoadBalancerAttributes": attributeFields,
      "elasticloadbalancing:ModifyRule": ["listeners.*.rules"],
      "elasticloadbalancing:RemoveListenerCertificates": ["listeners.*.certificates"],
      "elasticloadbalancing:SetIpAddressType": ["ipAddressType"],
      "elasticloadbalancing:SetRulePriorities": ["listeners.*.rules"],
      "elasticloadbalancing:SetSecurityGroups": ["securityGroups"],
      "elasticloadbalancing:SetSubnets": ["subnetMappings", "subnets"],
    },
    access: {
      "elasticloadbalancing:CreateListener": { made: ["listener/*", "loadbalancer/*"] },
      "elasticloadbalancing:CreateLoadBalancer": { made: ["loadbalancer/*"] },
      "elasticloadbalancing:CreateRule": { made: ["listener/*", "listener-rule/*"] },
    },
    arn: "loadbalancer/*",
    implied: ({ spec }) => [serviceRole("elasticloadbalancing.amazonaws.com"), ...loginGrants(spec)],
  },
  after,
  liesIn,
  slots,
  check,
  network,
  normalise,
  authored,
  drawn,
  load: async () => driver(await import("../../aws/sdk/elbv2.ts")),
};

/** An application load balancer needs at least two zones, with one subnet in each (ELB API, SetSubnets). */
function enoughZones(left: readonly unknown[], { type }: Partial<LoadBalancer>): string | undefined {
  return type === "network"
    ? atLeast(1, left, "subnet")
    : left.length === 1
      ? "it would be left in one zone, but it needs two"
      : atLeast(2, left, "subnet");
}

/** A load balancer cannot leave the VPC in which it was created. */
function liesIn({ subnets, subnetMappings }: Partial<LoadBalancer>, index: ResourceIndex) {
  const place = vpcOfSubnets(index, subnets ?? subnetMappings?.map((mapping) => mapping.subnet) ?? []);
  return place === undefined ? undefined : ({ place, field: subnets ? "subnets" : "subnetMappings" } as const);
}

/** AWS creates no internet-facing load balancer in a VPC without a gateway, and keeps the gateway while one exists. */
function after({ spec }: Subject<LoadBalancer>, index: ResourceIndex): readonly Address[] {
  if (spec.scheme !== "internet-facing") return [];
  const subnets = spec.subnets ?? spec.subnetMappings?.map((mapping) => mapping.subnet) ?? [];
  const vpcs = new Set<unknown>(subnets.flatMap((subnet) => (index.get(subnet)?.spec as { vpc?: string } | undefined)?.vpc ?? []));
  return index
    .of("internetGateway")
    .filter((gateway) => vpcs.has((gateway.spec as { vpc?: unknown }).vpc))
    .map((gateway) => gateway.address);
}

type Mappings = LoadBalancer["subnetMappings"];

/**
 * Subnets can be added and removed in place. The address in a subnet that stays cannot change, and no address can move to another subnet.
 */
function changeOfMappings(was: Mappings, now: Mappings): "update" | "replace" {
  if (was === undefined || now === undefined) return now?.some((mapping) => mapping.elasticIp !== undefined) ? "replace" : "update";
  const before = new Map(was.map((mapping) => [mapping.subnet, mapping]));
  const changes = (mapping: NonNullable<Mappings>[number]) => {
    const had = before.get(mapping.subnet);
    if (!had) return mapping.elasticIp !== undefined && was.some(({ elasticIp }) => elasticIp === mapping.elasticIp);
    return (["elasticIp", "privateIpv4Address"] as const).some((field) => mapping[field] !== undefined && mapping[field] !== had[field]);
  };
  return now.some(changes) ? "replace" : "update";
}

function changeOfGroups(
  was: readonly string[] | undefined,
  now: readonly string[] | undefined,
  { now: spec }: { now: LoadBalancer },
): "update" | "replace" {
  if (spec.type !== "network" || was === undefined || now === undefined) return "update";
  return (was.length === 0) === (now.length === 0) ? "update" : "replace";
}

/** The tags that our listeners and rules have. */
const partKeys = [...owner, ruleTag, weightsTag];

type Sdk = typeof import("../../aws/sdk/elbv2.ts");

function driver(elbv2: Sdk): Driver<LoadBalancer, Handle> {
  return {
    async *list(aws, scope) {
      for await (const all of scope.candidates ? [await describe(aws, scope.candidates)] : allBalancers(aws)) {
        const tags = await elbv2TagsOf(aws, all.map(arnOf));
        yield* await observe(
          aws,
          elbv2,
          all.filter((one) => isInScope(tags.get(arnOf(one)), scope)),
          tags,
          scope,
          "all",
        );
      }
    },

    async get(aws, ids, scope) {
      const found = await describe(aws, ids);
      const tags = await elbv2TagsOf(aws, found.map(arnOf));
      return new Map((await observe(aws, elbv2, found, tags, scope, "ready")).map((one) => [one.id, one]));
    },

    async within(aws, found) {
      const networks = new Set(networksOf(found));
      const members: Member[] = [];
      if (networks.size > 0)
        for await (const all of allBalancers(aws))
          for (const { LoadBalancerArn, LoadBalancerName, VpcId = "" } of all)
            if (networks.has(VpcId)) members.push({ id: LoadBalancerArn!, what: `load balancer ${LoadBalancerName} in ${VpcId}` });
      return members;
    },

    create: (aws, request, identity) =>
      createByName(
        aws,
        identity,
        async () =>
          (await unlessGone(aws.elbv2(new elbv2.DescribeLoadBalancersCommand({ Names: [identity.name] }))))?.LoadBalancers?.[0]
            ?.LoadBalancerArn,
        async () => {
          const { LoadBalancers: [made] = [] } = await aws.elbv2(
            new elbv2.CreateLoadBalancerCommand({
              Name: identity.name,
              Type: request.type ?? "application",
              Scheme: request.scheme,
              IpAddressType: request.ipAddressType,
              ...placeRequest(request),
              // An empty list would be sent as an empty parameter, whose meaning is not certain.
              SecurityGroups: request.securityGroups.length > 0 ? [...request.securityGroups] : undefined,
              Tags: tagList(identity.tags),
            }),
            { once: true },
          );
          return made!.LoadBalancerArn!;
        },
      ),

    async update(aws, stage, found, request, changes, run) {
      const live = await whenActive(found, run);
      if (stage === "create") return changeInPlace(aws, live, request, changes, run);
      if (stage === "listeners") return setListeners(aws, elbv2, live, request, changes.listeners, run);
      const { minimumCapacity, ...written } = Object.fromEntries(Object.entries(changes).map(([field, change]) => [field, change?.after]));
      if (Object.keys(written).length > 0) await whenBucketLets(aws, () => setAttributes(aws, live.id, written));
      if (minimumCapacity !== undefined) await reserve(aws, elbv2, live.id, minimumCapacity as number);
    },

    async delete(aws, live, run) {
      if (live.handle.isProtected) await unlessGone(setAttributes(aws, live.id, { [protection]: false }));
      await unlessGone(aws.elbv2(new elbv2.DeleteLoadBalancerCommand({ LoadBalancerArn: live.id })));
      await run.wait("to be deleted", 600, (now) => now === undefined);
      await whenInterfacesAreGone(aws, live.id, run);
    },

    async tag(aws, live, set, remove) {
      await elbv2Tagging(aws, [live.id], set, remove);
      // Its own listeners and rules, except foreign ones, have the ownership tags as well.
      const whose = Object.fromEntries(Object.entries(set).filter(([key]) => owner.some((one) => one === key)));
      const parts = live.handle.listeners.flatMap((listener) => [
        ...(isOwn(listener, live) ? [listener.arn] : []),
        ...listener.rules.filter((rule) => rule.name !== undefined).map((rule) => rule.arn),
      ]);
      if (Object.keys(whose).length > 0) await elbv2Tagging(aws, parts, whose, []);
      if (remove.includes(ownership.environment)) await elbv2Tagging(aws, parts, {}, partKeys);
    },

    async claim(aws, live, _field, keys, identity) {
      const arns = live.handle.listeners.filter((listener) => keys.includes(String(listener.port))).map((listener) => listener.arn);
      await elbv2Tagging(aws, arns, partTags(identity), []);
      for (const { port, rules } of live.handle.listeners)
        for (const { arn, name } of rules)
          if (name !== undefined && keys.includes(ruleKey(port, name)))
            await elbv2Tagging(aws, [arn], { ...partTags(identity), [ruleTag]: name }, []);
    },

    blockers: (aws, lives) =>
      byEach(lives, async (live) =>
        (await interfacesOf(aws, live.id)).map((id) => ({
          id,
          what: `network interface of the load balancer ${descriptionIn(live.id)}, which AWS deletes by itself`,
        })),
      ),

    /** Lists all load balancers. In a call by name, a single free name would fail the whole call. */
    async named(aws, names) {
      const ask = async (Names: string[]) => (await aws.elbv2(new elbv2.DescribeLoadBalancersCommand({ Names }))).LoadBalancers ?? [];
      return new Map((await existing(names, perCall, ask)).map((one) => [one.LoadBalancerName!, one.LoadBalancerArn!]));
    },

    preflight: (aws, planned, around) => preflight(aws, elbv2, planned, around),
    preflightChanges: (aws, changing, around) => foreignAddresses(aws, changing, around, (spec, address) => slots({ address, spec })),

    async find(aws, tags) {
      const found: AwsId[] = [];
      for await (const page of aws.elbv2.pages(elbv2.DescribeLoadBalancersCommand, { PageSize: 400 })) {
        const have = await elbv2TagsOf(aws, (page.LoadBalancers ?? []).map(arnOf));
        for (const [arn, its] of have) if (Object.entries(tags).every(([key, value]) => its[key] === value)) found.push(arn);
      }
      return found;
    },
  };

  async function* allBalancers(aws: Aws): AsyncGenerator<readonly AwsBalancer[]> {
    for await (const page of aws.elbv2.pages(elbv2.DescribeLoadBalancersCommand, { PageSize: 400 })) yield page.LoadBalancers ?? [];
  }

  function describe(aws: Aws, arns: readonly AwsId[]): Promise<AwsBalancer[]> {
    return existing(
      arns,
      perCall,
      async (LoadBalancerArns) => (await aws.elbv2(new elbv2.DescribeLoadBalancersCommand({ LoadBalancerArns }))).LoadBalancers ?? [],
    );
  }

  async function changeInPlace(
    aws: Aws,
    live: LiveBalancer,
    request: LoadBalancer,
    changes: Changes<LoadBalancer>,
    run: Run<LoadBalancer, Handle>,
  ): Promise<void> {
    const LoadBalancerArn = live.id;
    if (changes.securityGroups)
      await aws.elbv2(new elbv2.SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: [...request.securityGroups] }));
    if (changes.subnets || changes.subnetMappings)
      await aws.elbv2(new elbv2.SetSubnetsCommand({ LoadBalancerArn, ...placeRequest(request) }));
    if (changes.ipAddressType && request.ipAddressType)
      await aws.elbv2(new elbv2.SetIpAddressTypeCommand({ LoadBalancerArn, IpAddressType: request.ipAddressType }));
    // A network load balancer returns to provisioning for a while.
    if (live.spec.type === "network") await run.wait("to be active again", 900, (now) => now === undefined || now.state !== "pending");
  }

  /** Waits until the load balancer is active. One that an earlier run created may still be provisioning. */
  async function whenActive(found: LiveBalancer, run: Run<LoadBalancer, Handle>): Promise<LiveBalancer> {
    if (found.state !== "pending") return found;
    const live = await run.wait("to be active", 900, (now) => now === undefined || now.state !== "pending");
    if (live?.state === "ready") return live;
    throw new Refusal(
      `The load balancer ${found.id} did not become active: ${typeof live?.state === "object" ? live.state.failed : "it no longer exists"}`,
    );
  }

  async function setAttributes(aws: Aws, LoadBalancerArn: AwsId, written: Readonly<Record<string, unknown>>): Promise<void> {
    await aws.elbv2(new elbv2.ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: toAttributes(attributes, written) }));
  }
}

/** Waits for its interfaces: until they are gone, AWS refuses to delete the security groups, subnets and gateway that it used. */
async function whenInterfacesAreGone(aws: Aws, arn: AwsId, run: Pick<Run, "until">): Promise<void> {
  await run.until(
    "AWS to delete its network interfaces (usually within 5 minutes)",
    2100,
    15,
    async () => (await interfacesOf(aws, arn)).length === 0,
  );
}

async function interfacesOf(aws: Aws, arn: AwsId): Promise<AwsId[]> {
  const ec2 = await import("../../aws/sdk/ec2.ts");
  const Filters = [{ Name: "description", Values: [literal(descriptionIn(arn))] }];
  const ids: AwsId[] = [];
  for await (const page of aws.ec2.pages(ec2.DescribeNetworkInterfacesCommand, { Filters, MaxResults: 1000 }))
    for (const found of page.NetworkInterfaces ?? []) if (found.Description === descriptionIn(arn)) ids.push(found.NetworkInterfaceId!);
  return ids;
}

/** The description that the service writes on its interfaces: `ELB app/web/50dc6c495c0c9188`. */
function descriptionIn(arn: AwsId): string {
  return `ELB ${arn.slice(arn.indexOf(":loadbalancer/") + ":loadbalancer/".length)}`;
}

function placeRequest(request: LoadBalancer): { Subnets: string[] } | { SubnetMappings: SubnetMapping[] } {
  if (!request.subnetMappings) return { Subnets: [...(request.subnets ?? [])] };
  return {
    SubnetMappings: request.subnetMappings.map((mapping) => ({
      SubnetId: mapping.subnet,
      AllocationId: mapping.elasticIp,
      PrivateIPv4Address: mapping.privateIpv4Address,
    })),
  };
}

function arnOf(balancer: AwsBalancer): AwsId {
  return balancer.LoadBalancerArn!;
}
