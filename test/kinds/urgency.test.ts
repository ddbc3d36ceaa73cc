/** The urgency of drift of each field, as its kind declares it. */
import { expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import type { FieldRule } from "../../src/kinds/kind.ts";
import { rulesFor } from "../../src/kinds/types/rules.ts";
import { driftOf } from "../../src/render/drift.ts";
import { driftText } from "../../src/render/drift-text.ts";
import { planned } from "../plan/pure.ts";

/** Returns every rule of a kind. The rules of members come after the rule of their field. */
function rulesIn(fields: Readonly<Record<string, FieldRule>>, at = ""): (readonly [path: string, rule: FieldRule])[] {
  return Object.entries(fields).flatMap(([name, rule]) => [[at + name, rule] as const, ...rulesIn(rule.of ?? {}, `${at}${name}.`)]);
}

const all = kinds.map((kind) => ({ kind: kind.name, rules: rulesIn(kind.fields as Readonly<Record<string, FieldRule>>) }));

/** The fields whose drift is more than a setting, by class. A new field or a new kind needs no line here; no field leaves its line unnoticed. */
const classes = `
  vpc traffic: ipv6 enableDnsSupport enableDnsHostnames dhcpOptions
  dhcpOptions traffic: domainNameServers
  internetGateway traffic: vpc
  subnet by value: mapPublicIpOnLaunch assignIpv6AddressOnCreation; traffic: ipv6CidrBlock enableDns64
  routeTable traffic: routes propagatingVpnGateways subnets main
  networkAcl by value: ingress egress; traffic: subnets
  vpcEndpoint by value: securityGroups policy; traffic: routeTables subnets privateDns
  vpcEndpointService by value: acceptanceRequired allowedPrincipals; traffic: loadBalancers privateDnsName
  vpcPeering traffic: accept dnsResolution
  transitGateway by value: autoAcceptSharedAttachments; traffic: defaultRouteTableAssociation defaultRouteTablePropagation dnsSupport securityGroupReferencingSupport
  transitGatewayAttachment traffic: subnets applianceModeSupport dnsSupport ipv6Support securityGroupReferencingSupport
  transitGatewayRouteTable traffic: associations propagations routes
  flowLog safety: traffic to
  vpnGateway traffic: vpc
  vpnConnection traffic: customerGateway vpnGateway routes localIpv4NetworkCidr remoteIpv4NetworkCidr
  elasticIp traffic: instance networkInterface privateIpAddress
  natGateway traffic: availabilityZoneAddresses secondaryElasticIps
  prefixList traffic: entries
  securityGroup by value: ingress egress
  keyPair safety: publicKey
  networkInterface by value: securityGroups; safety: sourceDestCheck
  instanceConnectEndpoint by value: securityGroups; traffic: preserveClientIp
  instance by value: securityGroups associatePublicIpAddress metadataOptions; safety: keyPair instanceProfile userData rootVolume.encrypted rootVolume.kmsKey rootVolume.deleteOnTermination disableApiTermination shutdownBehavior disableApiStop sourceDestCheck; traffic: state
  volume safety: encrypted kmsKey
  launchTemplate by value: securityGroups associatePublicIpAddress metadataOptions; safety: keyPair instanceProfile userData rootVolume.encrypted rootVolume.kmsKey disableApiTermination disableApiStop shutdownBehavior
  targetGroup traffic: targetType healthCheck crossZone preserveClientIp proxyProtocolV2 dnsFailover unhealthyStateRouting targets
  loadBalancer by value: scheme securityGroups listeners; safety: deletionProtection accessLogs connectionLogs dropInvalidHeaderFields desyncMitigationMode wafFailOpen; traffic: subnets subnetMappings crossZone zonalShift dnsClientRouting
  autoScalingGroup safety: protectFromScaleIn; traffic: subnets targetGroups trafficSources
  alarm safety: actionsEnabled alarmActions
  hostedZone traffic: private
  record traffic: values alias evaluateTargetHealth routing
  topic by value: policy subscriptions; safety: deliveryLogging kmsKey
  logGroup safety: retention kmsKey
  secret safety: kmsKey
  kmsKey by value: policy; safety: rotation rotationPeriod enabled
  bucket by value: publicAccessBlock ownership policy; safety: versioning encryption lifecycle cors logging; traffic: website
  dbSubnetGroup traffic: subnets
  dbParameterGroup by value: parameters
  dbInstance by value: securityGroups publiclyAccessible; safety: storageEncrypted kmsKey multiAz backupRetention backupWindow caCertificate performanceInsightsKmsKey logExports iamAuthentication masterPassword deletionProtection; traffic: port
  dbClusterParameterGroup by value: parameters
  dbCluster by value: instances securityGroups httpEndpoint; safety: storageEncrypted kmsKey backupRetention backupWindow backtrackWindow performanceInsightsKmsKey logExports iamAuthentication masterPassword deletionProtection; traffic: port
  dbProxy by value: securityGroups requireTls; safety: role auth debugLogging; traffic: dbInstance dbCluster subnets
  cacheSubnetGroup traffic: subnets
  cacheParameterGroup by value: parameters
  replicationGroup by value: securityGroups transitEncryption userGroups; safety: automaticFailover multiAz atRestEncryption kmsKey snapshotRetention snapshotWindow logDelivery
  cacheCluster by value: securityGroups transitEncryption; safety: snapshotRetention snapshotWindow logDelivery
  serverlessCache by value: securityGroups; safety: kmsKey userGroup snapshotRetention dailySnapshotTime; traffic: subnets
  fileSystem by value: policy mountTargets; safety: encrypted kmsKey backup replicationOverwriteProtection
  iamRole by value: trust managedPolicies policies permissionsBoundary; safety: maxSessionDuration
  instanceProfile safety: role
  iamPolicy by value: document
  oidcProvider by value: clientIds thumbprints
`;

/** Returns the fields of a kind in one class. */
function fieldsIn(kind: string, name: string): readonly string[] {
  const { rules } = all.find((one) => one.kind === kind)!;
  const isIn = ({ urgency }: FieldRule) => (name === "by value" ? typeof urgency === "function" : urgency === name);
  return rules.filter(([, rule]) => isIn(rule)).map(([path]) => path);
}

test.each(classes.trim().split("\n"))("%s", (line) => {
  const [, kind, rest] = /^ *(\w+) (.*)$/.exec(line)!;
  for (const part of rest!.split("; ")) {
    const [name, fields] = part.split(": ");
    expect(fieldsIn(kind!, name!)).toEqual(expect.arrayContaining(fields!.split(" ")));
  }
});

const statement = (more: object) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", ...more }] });
const groups = (group: string) => ({ ipAddress: "10.0.0.9", securityGroups: [group] });
const allow = { action: "allow", protocol: "tcp", port: 22, source: "10.0.0.0/8" };
const rule = { port: 22, source: "10.1.0.0/16" };

test.each<[what: string, path: string, yaml: unknown, aws: unknown, urgency: string | undefined]>([
  ["a rule for somebody", "securityGroup.ingress", undefined, rule, "exposure"],
  ["a rule that is missing", "securityGroup.ingress", rule, undefined, "traffic"],
  ["a rule that is described otherwise", "securityGroup.ingress", rule, { ...rule, description: "SSH" }, undefined],
  ["a way out", "securityGroup.egress", undefined, { destination: "0.0.0.0/0" }, "exposure"],
  ["an entry that allows", "networkAcl.ingress", undefined, allow, "exposure"],
  ["an entry that denies", "networkAcl.ingress", undefined, { ...allow, action: "deny" }, "traffic"],
  ["an entry that no longer denies", "networkAcl.egress", { ...allow, action: "deny" }, undefined, "exposure"],
  ["an entry that allows instead", "networkAcl.ingress", { ...allow, action: "deny" }, allow, "exposure"],
  ["an entry that allows everybody", "networkAcl.ingress", allow, { ...allow, source: "0.0.0.0/0" }, "exposure"],
  ["an entry that is missing", "networkAcl.ingress", allow, undefined, "traffic"],
  ["one group more", "instance.securityGroups", ["securityGroup/a"], ["securityGroup/a", "sg-1"], "exposure"],
  ["one group less", "instance.securityGroups", ["securityGroup/a", "securityGroup/b"], ["securityGroup/a"], "safety"],
  ["metadata without a token", "instance.metadataOptions", "required", "optional", "exposure"],
  ["a database open to the internet", "dbInstance.publiclyAccessible", false, true, "exposure"],
  ["a database shut off", "dbInstance.publiclyAccessible", true, false, "safety"],
  ["an instance of a cluster that is open", "dbCluster.instances", { class: "a" }, { class: "a", publiclyAccessible: true }, "exposure"],
  ["an instance of a cluster", "dbCluster.instances", { class: "a" }, { class: "b", publiclyAccessible: false }, undefined],
  ["a balancer on the internet", "loadBalancer.scheme", "internal", "internet-facing", "exposure"],
  ["a listener without TLS", "loadBalancer.listeners", { protocol: "HTTPS" }, { protocol: "HTTP" }, "exposure"],
  [
    "a listener with another policy",
    "loadBalancer.listeners",
    { protocol: "TLS", sslPolicy: "a" },
    { protocol: "TLS", sslPolicy: "b" },
    "safety",
  ],
  ["a listener that leads elsewhere", "loadBalancer.listeners", { forward: "targetGroup/a" }, { forward: "targetGroup/b" }, "traffic"],
  ["a listener that is missing", "loadBalancer.listeners", { protocol: "HTTP" }, undefined, "traffic"],
  ["a principal more", "vpcEndpointService.allowedPrincipals", undefined, "*", "exposure"],
  ["connections nobody accepts", "vpcEndpointService.acceptanceRequired", true, false, "exposure"],
  ["TLS that is no longer needed", "replicationGroup.transitEncryption", "required", "preferred", "exposure"],
  ["TLS that is needed", "replicationGroup.transitEncryption", "preferred", "required", "safety"],
  ["TLS that a database no longer asks for", "dbParameterGroup.parameters", { "rds.force_ssl": 1 }, { "rds.force_ssl": "0" }, "exposure"],
  ["another parameter", "dbParameterGroup.parameters", { "rds.force_ssl": 1, a: 1 }, { "rds.force_ssl": "1", a: "2" }, undefined],
  ["a group more of a mount target", "fileSystem.mountTargets", groups("sg-1"), groups("sg-2"), "exposure"],
  ["a mount target that is missing", "fileSystem.mountTargets", groups("sg-1"), undefined, "traffic"],
  ["ACLs", "bucket.ownership", "BucketOwnerEnforced", "ObjectWriter", "exposure"],
  ["a policy where none is to be", "bucket.policy", undefined, statement({ Principal: "*" }), "exposure"],
  ["a policy that gives less", "bucket.policy", statement({ Principal: "*" }), undefined, "safety"],
  ["a policy that gives other rights", "iamPolicy.document", statement({ Resource: "a" }), statement({ Resource: "*" }), "exposure"],
  [
    "the same in other words",
    "iamPolicy.document",
    statement({ Sid: "a" }),
    JSON.stringify(statement({ Sid: "b", Action: ["s3:getObject"] })),
    "safety",
  ],
  ["a policy that no longer denies", "kmsKey.policy", statement({ Effect: "Deny" }), { Statement: [] }, "exposure"],
  ["a service that may take a role", "iamRole.trust", "ec2.amazonaws.com", ["ec2.amazonaws.com", "lambda.amazonaws.com"], "exposure"],
  ["a role without its boundary", "iamRole.permissionsBoundary", "arn:aws:iam::aws:policy/A", undefined, "exposure"],
])("%s", (_what, path, yaml, aws, urgency) => {
  const [kind, field] = path.split(".");
  const { urgency: of } = all.find((one) => one.kind === kind)!.rules.find(([name]) => name === field)![1];
  expect(typeof of === "function" ? of(yaml, aws) : of).toBe(urgency);
});

test("properties of AWS's types by their names", () => {
  const names = ["KmsMasterKeyId", "LogDestination", "LoginProfile", "RedrivePolicy", "SecurityGroupIds", "PubliclyAccessible", "Tier"];
  const schema = { properties: Object.fromEntries([...names, "QueuePolicy"].map((name) => [name, {}])) };
  const rules = rulesFor({ schema, readOnly: [], writeOnly: [], createOnly: [], conditional: [] } as never, new Set());
  const of = (name: string, yaml: unknown, aws: unknown) => {
    const { urgency } = rules[name]!;
    return typeof urgency === "function" ? urgency(yaml, aws) : urgency;
  };
  expect(names.map((name) => of(name, ["a"], ["b"]) ?? "setting")).toEqual([
    "safety",
    "safety",
    "setting",
    "setting",
    "exposure",
    "safety",
    "setting",
  ]);
  expect(of("PubliclyAccessible", false, true)).toBe("exposure");
  expect(of("QueuePolicy", undefined, statement({ Principal: "*" }))).toBe("exposure");
});

/** The drift from the first text to the second, as it is printed. */
const drift = (aws: string, yaml: string) => driftText(driftOf(planned(aws, yaml).plan));

test("a bucket that somebody opened to the public comes first", () => {
  const files = (more: string) => `buckets: { files: { name: lab-test-files, versioning: true, ${more} } }\n`;
  const off =
    "publicAccessBlock: { blockPublicAcls: false, ignorePublicAcls: true, blockPublicPolicy: false, restrictPublicBuckets: true }";
  const written = files("");
  expect(drift(files(off).replace("versioning: true", "versioning: false"), written)).toMatchInlineSnapshot(`
    "Open to more than the YAML allows (2)
      ~ bucket/files  id of bucket/files                                                     test.yaml:5
          publicAccessBlock.blockPublicAcls: YAML true, AWS false
      ~ bucket/files  id of bucket/files                                                     test.yaml:5
          publicAccessBlock.blockPublicPolicy: YAML true, AWS false

    Security and data (1)
      ~ bucket/files  id of bucket/files                                                     test.yaml:5
          versioning: YAML true, AWS false

    Drift: 3 differences (3 changed) in lab/test (account 123456789012, eu-west-1). Run \`infra apply\` to
    undo it.
    "
  `);
});

test("a database that takes logins by IAM though the file says no", () => {
  const database = (iam: boolean) => `vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }, b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b } }
dbSubnetGroups: { data: { subnets: [a, b], description: ${iam ? "A" : "B"} } }
dbInstances: { main: { engine: postgres, engineVersion: "16", instanceClass: db.t4g.micro, allocatedStorage: 20, subnetGroup: data, masterUsername: app, iamAuthentication: ${iam} } }
`;
  const lines = drift(database(true), database(false)).split("\n");
  expect(lines.slice(0, 7)).toEqual([
    "Security and data (1)",
    expect.stringMatching(/^ {2}~ dbInstance\/main /),
    "      iamAuthentication: YAML false, AWS true",
    "",
    "Other settings (2)",
    expect.stringMatching(/^ {2}~ dbSubnetGroup\/data /),
    "      description: YAML B, AWS A",
  ]);
});
