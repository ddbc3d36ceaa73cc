/** Checks of an endpoint that a schema cannot express. */
import type { Problem, ResourceIndex, Subject } from "../kind.ts";
import { refKey, vpcOfSubnet } from "../shared/network/network-index.ts";
import { beyondQuota } from "../shared/quotas.ts";
import { needsIpv6 } from "../shared/network/subnet-checks.ts";
import { policyIn } from "./policy.ts";
import { addressesFor, gatewayServices, isSomebodys, privateDnsOf, regionIn, shortName, typeOf } from "./service.ts";
import type { VpcEndpoint } from "./schema.ts";

export function checkEndpoint(self: Subject<VpcEndpoint>, index: ResourceIndex): readonly Problem[] {
  return [
    ...checkQuota(self, index),
    ...checkService(self, index),
    ...checkFields(self),
    ...checkPlaces(self, index),
    ...checkDns(self, index),
    ...checkPolicy(self),
  ];
}

/** Warns about AWS's quotas (Amazon VPC User Guide, "Amazon VPC quotas": VPC endpoints). */
function checkQuota(self: Subject<VpcEndpoint>, index: ResourceIndex): readonly Problem[] {
  const all = index.of("vpcEndpoint") as readonly Subject<VpcEndpoint>[];
  if (typeOf(self.spec) === "Gateway")
    return beyondQuota(
      self,
      all.filter(({ spec }) => typeOf(spec) === "Gateway"),
      20,
      "gateway endpoints in one region",
    );
  const here = all.filter(({ spec }) => typeOf(spec) !== "Gateway" && refKey(spec.vpc) === refKey(self.spec.vpc));
  return beyondQuota(self, here, 50, "interface endpoints in one VPC");
}

function checkService({ spec }: Subject<VpcEndpoint>, index: ResourceIndex): Problem[] {
  const { region } = index;
  const named = regionIn(spec.service);
  const path = "service";
  if (named !== undefined && named !== region)
    return [
      {
        code: "bad-value",
        path,
        summary: `${spec.service} is a service in ${named}, and the endpoint would be created in ${region}.`,
        hint: `write \`service: ${shortName(spec.service)}\``,
      },
    ];
  if (typeOf(spec) === "Gateway" && !gatewayServices.has(shortName(spec.service)))
    return [
      {
        code: "bad-value",
        path,
        summary: `Only S3 and DynamoDB have gateway endpoints; ${shortName(spec.service)} has none.`,
        hint: "write `type: Interface`",
      },
    ];
  const offered = index.get(spec.service);
  if (offered?.kind === "vpcEndpointService" && offered.spec.acceptanceRequired !== false)
    return [
      {
        code: "conflict",
        severity: "warning",
        path,
        summary: `${offered.address} accepts no traffic of this endpoint before you accept the endpoint.`,
        hint: `write \`acceptanceRequired: false\` there, or accept the endpoint in the console`,
      },
    ];
  if (typeOf(spec) === "GatewayLoadBalancer" && !isSomebodys(spec.service))
    return [
      {
        code: "bad-value",
        path,
        summary: "A Gateway Load Balancer endpoint cannot be made for a service of AWS.",
        hint: "write the name of an endpoint service: com.amazonaws.vpce.REGION.vpce-svc-…",
      },
    ];
  return [];
}

/** Checks which fields fit the type (EC2 API, CreateVpcEndpoint). */
function checkFields({ spec }: Subject<VpcEndpoint>): Problem[] {
  const type = typeOf(spec);
  const unfit = (field: keyof VpcEndpoint, types: string): Problem[] =>
    isSet(spec[field])
      ? [
          {
            code: "conflict",
            path: field,
            summary: `\`${field}\` is for endpoints of the type ${types}, and this one is of the type ${type}.`,
          },
        ]
      : [];
  const needed = (field: keyof VpcEndpoint, why: string): Problem[] =>
    isSet(spec[field]) ? [] : [{ code: "missing-field", summary: `An endpoint of the type ${type} needs \`${field}\`: ${why}.` }];
  switch (type) {
    case "Gateway":
      return [...unfit("subnets", "Interface"), ...unfit("securityGroups", "Interface"), ...unfit("privateDns", "Interface")];
    case "Interface":
      return [
        ...unfit("routeTables", "Gateway"),
        ...needed("subnets", "AWS creates a network interface in each subnet"),
        ...needed("securityGroups", "without one, AWS uses the default security group of the VPC"),
        ...checkRecords(spec),
      ];
    case "GatewayLoadBalancer":
      return [
        ...unfit("routeTables", "Gateway"),
        ...unfit("securityGroups", "Interface"),
        ...unfit("privateDns", "Interface"),
        ...unfit("dnsRecordIpType", "Interface or Gateway"),
        ...needed("subnets", "AWS creates a network interface in the subnet"),
        ...((spec.subnets?.length ?? 0) > 1
          ? [
              {
                code: "bad-value" as const,
                path: "subnets[1]",
                summary: "A Gateway Load Balancer endpoint has only one subnet.",
                hint: "declare one endpoint for each zone",
              },
            ]
          : []),
      ];
  }
}

/** Checks that the endpoint has the addresses to which its DNS records lead. */
function checkRecords({ dnsRecordIpType: records, ipAddressType: addresses = "ipv4" }: VpcEndpoint): Problem[] {
  const fit: readonly string[] = records === undefined ? [addresses] : addressesFor[records];
  if (fit.includes(addresses)) return [];
  return [
    {
      code: "conflict",
      path: "dnsRecordIpType",
      summary: `DNS records of the type ${records} need \`ipAddressType: ${fit.join("` or `")}\`; this endpoint has ${addresses}.`,
      hint: `write \`ipAddressType: ${fit.at(-1)}\`, or remove \`dnsRecordIpType\``,
    },
  ];
}

/** Whether a field requests anything. `[]` and `false` do not. */
function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

function checkPlaces({ spec }: Subject<VpcEndpoint>, index: ResourceIndex): Problem[] {
  const zones = new Map<unknown, string>();
  const subnets = (spec.subnets ?? []).flatMap((subnet, i): Problem[] => {
    const zone: unknown = index.get(subnet)?.spec.availabilityZone;
    const twin = zone === undefined ? undefined : zones.get(zone);
    zones.set(zone, subnet);
    return [
      ...elsewhere(spec, vpcOfSubnet(index, subnet), subnet, `subnets[${i}]`),
      ...(twin === undefined
        ? []
        : [
            {
              code: "bad-value" as const,
              path: `subnets[${i}]`,
              summary: `${subnet} is in the same zone as ${twin}, and an endpoint has only one subnet per zone.`,
            },
          ]),
    ];
  });
  const others = (["routeTables", "securityGroups"] as const).flatMap((field) =>
    (spec[field] ?? []).flatMap((ref, i) => elsewhere(spec, vpcOf(index, ref), ref, `${field}[${i}]`)),
  );
  const families =
    (spec.ipAddressType ?? "ipv4") === "ipv4" ? [] : needsIpv6(index, "ipAddressType", spec.subnets ?? [], "`ipAddressType: ipv4`");
  return [...subnets, ...others, ...families];
}

function vpcOf(index: ResourceIndex, ref: string): string | undefined {
  const found = index.get(ref);
  return found && refKey(found.spec.vpc);
}

function elsewhere(spec: VpcEndpoint, vpc: string | undefined, what: string, path: string): Problem[] {
  if (vpc === undefined || vpc === refKey(spec.vpc)) return [];
  return [{ code: "other-vpc", path, summary: `${what} is in ${vpc}, and the endpoint is in ${refKey(spec.vpc)}.` }];
}

/**
 * Checks the VPC's DNS settings: private names need both of them (AWS PrivateLink Guide, "Access an AWS service using an interface VPC
 * endpoint").
 */
function checkDns({ spec }: Subject<VpcEndpoint>, index: ResourceIndex): Problem[] {
  const vpc = index.get(spec.vpc)?.spec as { enableDnsSupport?: boolean; enableDnsHostnames?: boolean } | undefined;
  if (!privateDnsOf(spec) || !vpc || (vpc.enableDnsHostnames === true && vpc.enableDnsSupport !== false)) return [];
  return [
    {
      code: "conflict",
      path: spec.privateDns === undefined ? "service" : "privateDns",
      summary: `Private DNS names for ${shortName(spec.service)} need \`enableDnsHostnames\` and \`enableDnsSupport\` on ${spec.vpc}.`,
      hint: `write \`${vpc.enableDnsHostnames === true ? "enableDnsSupport" : "enableDnsHostnames"}: true\` there, or \`privateDns: false\` here`,
    },
  ];
}

/** Checks the policy (AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies"). */
function checkPolicy({ spec: { policy } }: Subject<VpcEndpoint>): Problem[] {
  if (policy === undefined) return [];
  if (policyIn(policy)?.["Statement"] === undefined)
    return [{ code: "bad-value", path: "policy", summary: "The policy is not a JSON object with a `Statement`." }];
  if (policy.length > 20_480)
    return [{ code: "bad-value", path: "policy", summary: `The policy has ${policy.length} characters, and AWS allows 20,480.` }];
  return [];
}
