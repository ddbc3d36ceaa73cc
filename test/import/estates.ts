/** Random estates: networks with security groups, route tables, ACLs, endpoints, peerings and addresses, and resources beside them. */
import fc from "fast-check";

export type Sections = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** Texts that people put into tags, of characters that every service accepts (AWS Tagging guide, "Tag naming limits and requirements"). */
const label = fc.oneof(
  fc.constantFrom("prod", "Prod Web/Ünïcode", "yes", "null", "0123", "ends with :", "- x", "x".repeat(255)),
  fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(..."abcXYZ019 _.:/=+-@") }).map((text) => text.trim() || "x"),
);
const tags = fc.dictionary(fc.constantFrom("Name", "team", "cost-centre", "Stage"), label, { maxKeys: 3 });
/** Characters that EC2 accepts in the description of a rule. */
const description = fc
  .string({ minLength: 1, maxLength: 30, unit: fc.constantFrom(..."abc XYZ019._-:/()#,@[]+=&;{}!$*") })
  .map((text) => text.trim() || "x");

const port = fc.integer({ min: 1, max: 65_535 });
const ports = fc.oneof(
  port.map((port) => ({ port })),
  fc.tuple(port, port).map(([a, b]) => ({ ports: `${Math.min(a, b)}-${Math.max(a, b)}` })),
);
const network = fc.tuple(fc.nat(255), fc.nat(255), fc.constantFrom(8, 16, 24)).map(([a, b, length]) => {
  const octets = [10, length >= 16 ? a : 0, length === 24 ? b : 0, 0];
  return `${octets.join(".")}/${length}`;
});

const rule = (groups: readonly string[]) =>
  fc
    .tuple(
      fc.oneof(
        ports,
        fc.record({ protocol: fc.constant("udp"), port }),
        fc.constant({ protocol: "all" }),
        fc.constant({ protocol: "icmp" }),
      ),
      fc.oneof(fc.constant("0.0.0.0/0"), network, fc.constantFrom(...groups)),
      fc.option(description, { nil: undefined }),
    )
    .map(([what, source, description]) => ({ ...what, source, ...(description !== undefined && { description }) }));

const keyOfRule = (one: object) => JSON.stringify({ ...one, description: undefined });

/** A group names itself with the word "self". */
const peer = (named: string, own: string) => (named === own ? "self" : named);

const acl = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 200 }), fc.constantFrom("allow", "deny"), network, port), {
  selector: ([number]) => number,
  maxLength: 3,
});

/** One VPC with its contents; `n` keeps ranges and names apart. */
function vpc(n: number): fc.Arbitrary<Sections> {
  const name = `net${n}`;
  return fc
    .record({
      subnets: fc.integer({ min: 1, max: 4 }),
      groups: fc.integer({ min: 1, max: 4 }),
      gateway: fc.boolean(),
      nat: fc.boolean(),
      endpoint: fc.boolean(),
      dns: fc.boolean(),
      tags: fc.array(tags, { minLength: 12, maxLength: 12 }),
      acl: fc.option(acl, { nil: undefined }),
      onLaunch: fc.boolean(),
    })
    .chain((shape) => {
      const groups = Array.from({ length: shape.groups }, (_, i) => `${name}-g${i}`);
      const rules = fc.uniqueArray(rule(groups), { selector: keyOfRule, maxLength: 5 });
      return fc
        .tuple(fc.array(rules, { minLength: shape.groups, maxLength: shape.groups }), fc.option(rules, { nil: undefined }))
        .map(([ingress, egress]) => {
          const subnets = Array.from({ length: shape.subnets }, (_, i) => `${name}-s${i}`);
          const routed = shape.gateway ? [{ destination: "0.0.0.0/0", target: `internetGateway/${name}` }] : [];
          const hasNat = shape.nat && shape.gateway;
          const tagged = (i: number) => (Object.keys(shape.tags[i]!).length > 0 ? { tags: shape.tags[i]! } : {});
          return {
            vpcs: { [name]: { cidrBlock: `10.${n}.0.0/16`, ...(shape.dns && { enableDnsHostnames: true }), ...tagged(0) } },
            internetGateways: shape.gateway ? { [name]: { vpc: name, ...tagged(1) } } : {},
            subnets: Object.fromEntries(
              subnets.map((one, i) => [
                one,
                {
                  vpc: name,
                  cidrBlock: `10.${n}.${i}.0/24`,
                  availabilityZone: "abc"[i % 3],
                  ...(shape.onLaunch && { mapPublicIpOnLaunch: true }),
                  ...tagged(2 + i),
                },
              ]),
            ),
            routeTables: { [name]: { vpc: name, routes: routed, subnets: subnets.slice(0, 2), ...tagged(6) } },
            ...(shape.acl && {
              networkAcls: {
                [name]: {
                  vpc: name,
                  subnets: [subnets[0]!],
                  ingress: Object.fromEntries(
                    shape.acl.map(([number, action, source, port]) => [number, { action, protocol: "tcp", port, source }]),
                  ),
                },
              },
            }),
            ...(hasNat && {
              elasticIps: { [name]: tagged(7) },
              natGateways: { [name]: { subnet: subnets[0]!, elasticIp: name, ...tagged(8) } },
            }),
            ...(shape.endpoint && { vpcEndpoints: { [name]: { vpc: name, service: "s3", type: "Gateway", routeTables: [name] } } }),
            securityGroups: Object.fromEntries(
              groups.map((one, i) => [
                one,
                {
                  vpc: name,
                  ingress: ingress[i]!.map((one) => ({ ...one, source: peer(one.source, groups[i]!) })),
                  ...(egress &&
                    i === 0 && { egress: egress.map(({ source, ...rest }) => ({ ...rest, destination: peer(source, groups[i]!) })) }),
                  ...tagged(9 + (i % 3)),
                },
              ]),
            ),
          };
        });
    });
}

const beside: fc.Arbitrary<Sections> = fc
  .record({
    topic: fc.option(fc.record({ displayName: fc.constantFrom("Ops", "a, b", "Ops: all") }, { requiredKeys: [] }), { nil: undefined }),
    bucket: fc.option(
      fc.record(
        { versioning: fc.boolean(), ownership: fc.constantFrom("BucketOwnerPreferred", "ObjectWriter"), tags: tags },
        { requiredKeys: [] },
      ),
      { nil: undefined },
    ),
    key: fc.option(fc.record({ rotation: fc.boolean(), description: label, tags: tags }, { requiredKeys: [] }), {
      nil: undefined,
    }),
    logs: fc.option(fc.record({ retention: fc.constantFrom(1, 7, 30, 365), tags: tags }, { requiredKeys: [] }), { nil: undefined }),
    zone: fc.option(fc.uniqueArray(fc.constantFrom("www", "api", "mail"), { maxLength: 3 }), { nil: undefined }),
  })
  .map(({ topic, bucket, key, logs, zone }) => ({
    ...(topic && { topics: { ops: topic } }),
    ...(bucket && { buckets: { files: bucket } }),
    ...(key && { kmsKeys: { data: key } }),
    ...(logs && { logGroups: { web: logs } }),
    ...(zone && {
      hostedZones: { main: { name: "shop.example.com" } },
      records: Object.fromEntries(
        zone.map((host, i) => [
          host,
          { zone: "main", name: `${host}.shop.example.com`, type: "A", values: [`10.0.0.${i + 1}`], ttl: 60 * (i + 1) },
        ]),
      ),
    }),
  }));

/** One or two VPCs, perhaps with a peering between them, and resources beside them. */
export const estate: fc.Arbitrary<Sections> = fc
  .tuple(vpc(1), fc.option(vpc(2), { nil: undefined }), fc.boolean(), beside)
  .map(([one, other, isPeered, more]) => {
    const peering = other && isPeered ? { vpcPeerings: { both: { vpc: "net1", peerVpc: "net2" } } } : {};
    const all = [one, other ?? {}, peering, more];
    const sections = [...new Set(all.flatMap((part) => Object.keys(part)))];
    const merged = sections.map(
      (section) => [section, Object.assign({}, ...all.map((part) => (part as Sections)[section] ?? {}))] as const,
    );
    return Object.fromEntries(merged.filter(([, resources]) => Object.keys(resources).length > 0)) as Sections;
  });
