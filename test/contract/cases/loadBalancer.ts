import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import type { Aws } from "../../../src/aws/aws.ts";
import type { Case } from "../case.ts";
import { network } from "../network.ts";

const targets = { vpc: "net", protocol: "HTTP", port: 80 };
const certificate = (name: string) => `arn:aws:acm:eu-west-1:123456789012:certificate/${name}`;
const weighted = [
  { targetGroup: "one", weight: 2 },
  { targetGroup: "two", weight: 1 },
];
const redirect = {
  protocol: "HTTPS",
  port: 443,
  host: "example.com",
  path: "/one",
  query: "from=here",
  statusCode: "HTTP_302",
};
const fixedResponse = { statusCode: 200, contentType: "text/plain", messageBody: "up" };

/** The same changes of actions for a listener and for a rule. */
const forwardChanges = (at: string): Case["forms"][number]["changes"] => [
  [`${at}.forward`, "one", "update", { also: { [`${at}.forwardStickiness`]: undefined } }],
  [`${at}.forward.0.targetGroup`, "three"],
  [`${at}.forward.0.weight`, 3],
  [`${at}.forwardStickiness`, 900],
];
const redirectChanges = (at: string): Case["forms"][number]["changes"] => [
  [`${at}.redirect.protocol`, "#{protocol}"],
  [`${at}.redirect.port`, 8443],
  [`${at}.redirect.host`, "www.example.com"],
  [`${at}.redirect.path`, "/two"],
  [`${at}.redirect.query`, "from=there"],
  [`${at}.redirect.statusCode`, "HTTP_301"],
  [`${at}.redirect`, undefined, "update", { also: { [`${at}.fixedResponse`]: fixedResponse } }],
];
const responseChanges = (at: string): Case["forms"][number]["changes"] => [
  [`${at}.fixedResponse.statusCode`, 404],
  [`${at}.fixedResponse.contentType`, "text/html"],
  [`${at}.fixedResponse.messageBody`, "still up"],
  [`${at}.fixedResponse`, undefined, "update", { also: { [`${at}.forward`]: "three" } }],
];

/** A bucket into which load balancers may write. */
const logsIn = (name: string) => ({
  name,
  policy: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: ["logdelivery.elasticloadbalancing.amazonaws.com", "delivery.logs.amazonaws.com"] },
        Action: "s3:PutObject",
        Resource: `arn:aws:s3:::${name}/*`,
      },
    ],
  },
});

const session = {
  onUnauthenticatedRequest: "authenticate",
  scope: "openid email",
  sessionCookieName: "Session",
  sessionTimeout: 3600,
  authenticationRequestExtraParams: { prompt: "login" },
};
const oidc = {
  issuer: "https://login.example.com",
  authorizationEndpoint: "https://login.example.com/authorize",
  tokenEndpoint: "https://login.example.com/token",
  userInfoEndpoint: "https://login.example.com/me",
  clientId: "shop",
  clientSecret: { ssmParameter: "/shop/client" },
  ...session,
};
const cognito = {
  userPool: "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_one",
  userPoolClient: "one",
  userPoolDomain: "shop",
  ...session,
};
const jwt = {
  jwksEndpoint: "https://login.example.com/keys",
  issuer: "https://login.example.com",
  additionalClaims: [{ name: "role", format: "single-string", values: ["admin"] }],
};
const otherSession = {
  onUnauthenticatedRequest: "deny",
  scope: "openid",
  sessionCookieName: "Other",
  sessionTimeout: 7200,
  authenticationRequestExtraParams: { prompt: "none" },
};
const otherOidc = {
  issuer: "https://other.example.com",
  authorizationEndpoint: "https://other.example.com/authorize",
  tokenEndpoint: "https://other.example.com/token",
  userInfoEndpoint: "https://other.example.com/me",
  clientId: "other",
  clientSecret: { ssmParameter: "/shop/other-client" },
  ...otherSession,
};
const otherCognito = {
  userPool: "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_two",
  userPoolClient: "two",
  userPoolDomain: "other",
  ...otherSession,
};
const otherJwt = {
  jwksEndpoint: "https://other.example.com/keys",
  issuer: "https://other.example.com",
  additionalClaims: [{ name: "group", format: "string-array", values: ["owner"] }],
};
/** Logins and tokens, the same for a listener and for a rule. All members change at once, because each alone would need an apply. */
const loginChanges = (at: (field: string) => string): Case["forms"][number]["changes"] => [
  [`${at("oidc")}.authenticateOidc`, "none"],
  [`${at("oidc")}.authenticateOidc`, otherOidc],
  [`${at("oidc")}.authenticateOidc.scope`, "openid"],
  [`${at("oidc")}.authenticateOidc.clientSecret.ssmParameter`, "/shop/other-client", "nothing"],
  [`${at("cognito")}.authenticateCognito`, "none"],
  [`${at("cognito")}.authenticateCognito`, otherCognito],
  [`${at("jwt")}.jwtValidation`, "none"],
  [`${at("jwt")}.jwtValidation`, otherJwt],
];
const secure = { protocol: "HTTPS", certificate: certificate("main"), fixedResponse };
const verify = {
  mode: "verify",
  trustStore: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:truststore/one/0123456789abcdef",
  ignoreClientCertificateExpiry: false,
  advertiseTrustStoreCaNames: "off",
};

const withoutVerify = Object.fromEntries(
  ["trustStore", "ignoreClientCertificateExpiry", "advertiseTrustStoreCaNames"].map((field) => [
    `listeners.443.mutualAuthentication.${field}`,
    undefined,
  ]),
);

/** Puts the secrets of the clients into Parameter Store, as a user does. */
async function clientSecrets({ ssm }: Aws): Promise<void> {
  for (const Name of ["/shop/client", "/shop/other-client"])
    await ssm(new PutParameterCommand({ Name, Type: "SecureString", Value: "s3cret" }));
}

export const loadBalancer: Case = {
  kind: "loadBalancer",
  index: network,
  bare: { scheme: "internal", subnets: ["a", "b"], securityGroups: ["one"] },
  forms: [
    {
      index: { buckets: { one: logsIn("lab-logs-one"), two: logsIn("lab-logs-two") } },
      full: {
        type: "application",
        scheme: "internet-facing",
        subnets: ["a", "b"],
        securityGroups: ["one"],
        ipAddressType: "ipv4",
        idleTimeout: 120,
        clientKeepAlive: 600,
        deletionProtection: false,
        accessLogs: { enabled: true, bucket: "one", prefix: "access" },
        connectionLogs: { enabled: true, bucket: "one", prefix: "connections" },
        http2: true,
        dropInvalidHeaderFields: true,
        desyncMitigationMode: "defensive",
        preserveHostHeader: true,
        xffHeaderProcessing: "append",
        xffClientPort: true,
        tlsHeaders: true,
        wafFailOpen: true,
        zonalShift: true,
        minimumCapacity: 200,
        disposable: true,
      },
      changes: [
        ["type", "network", "replace", { also: onlyShared() }],
        ["minimumCapacity", 300],
        ["scheme", "internal", "replace"],
        ["subnets", ["a", "c"]],
        ["securityGroups", ["one", "two"]],
        ["idleTimeout", 90],
        ["clientKeepAlive", 900],
        ["deletionProtection", true],
        ["accessLogs.enabled", false],
        ["accessLogs.bucket", "two"],
        ["accessLogs.prefix", "requests"],
        ["connectionLogs.enabled", false],
        ["connectionLogs.bucket", "two"],
        ["connectionLogs.prefix", "clients"],
        ["http2", false],
        ["dropInvalidHeaderFields", false],
        ["desyncMitigationMode", "strictest"],
        ["preserveHostHeader", false],
        ["xffHeaderProcessing", "preserve"],
        ["xffClientPort", false],
        ["tlsHeaders", false],
        ["wafFailOpen", false],
        ["zonalShift", false],
      ],
    },
    {
      before: networkOfOthers,
      full: {
        scheme: "internet-facing",
        subnets: [{ tags: { Name: "six-a" } }, { tags: { Name: "six-b" } }],
        securityGroups: [{ tags: { Name: "six" } }],
        ipAddressType: "dualstack",
      },
      changes: [["ipAddressType", "ipv4"]],
    },
    {
      index: { targetGroups: { one: targets, two: targets, three: targets } },
      full: {
        scheme: "internal",
        subnets: ["a", "b"],
        securityGroups: ["one"],
        listeners: {
          80: {
            protocol: "HTTP",
            forward: weighted,
            forwardStickiness: 600,
            rules: {
              go: {
                priority: 10,
                conditions: { host: ["go.example.com"], path: ["/go"], method: ["GET"], query: ["to=one"], source: ["192.0.2.0/24"] },
                redirect,
              },
              share: { priority: 20, conditions: { header: { "X-Share": ["yes"] } }, forward: weighted, forwardStickiness: 600 },
              status: { priority: 30, conditions: { path: ["/status"] }, fixedResponse },
            },
          },
          81: { protocol: "HTTP", redirect },
          82: { protocol: "HTTP", fixedResponse },
          443: {
            serverHeader: false,
            responseHeaders: { "Strict-Transport-Security": "max-age=31536000", "X-Frame-Options": "DENY" },
            requestHeaders: { "X-Amzn-Tls-Version": "X-Tls" },
            protocol: "HTTPS",
            certificate: certificate("main"),
            certificates: [certificate("one")],
            sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
            fixedResponse,
          },
        },
      },
      changes: [
        ["listeners", { 80: { protocol: "HTTP", forward: "one" }, 8080: { protocol: "HTTP", forward: "two" } }],
        ["listeners.443.protocol", "HTTP", "update", { also: withoutTls("listeners.443") }],
        ["listeners.443.serverHeader", true],
        ["listeners.443.responseHeaders", { "Strict-Transport-Security": "max-age=60", "X-Frame-Options": "" }],
        ["listeners.443.requestHeaders", { "X-Amzn-Tls-Version": "" }],
        ["listeners.443.certificate", certificate("two")],
        ["listeners.443.certificates", [certificate("two")]],
        ["listeners.443.sslPolicy", "ELBSecurityPolicy-TLS13-1-3-2021-06"],
        ...forwardChanges("listeners.80"),
        ...redirectChanges("listeners.81"),
        ...responseChanges("listeners.82"),
        ["listeners.80.rules", {}],
        ["listeners.80.rules.go.priority", 40],
        ["listeners.80.rules.go.priority", 20, "update", { also: { "listeners.80.rules.share.priority": 10 } }],
        ["listeners.80.rules.go.conditions", { path: ["/elsewhere"] }],
        ["listeners.80.rules.go.conditions.host", ["went.example.com"]],
        ["listeners.80.rules.go.conditions.path", ["/went"]],
        ["listeners.80.rules.go.conditions.method", ["POST"]],
        ["listeners.80.rules.go.conditions.query", ["to=two"]],
        ["listeners.80.rules.go.conditions.source", ["198.51.100.0/24"]],
        ["listeners.80.rules.share.conditions.header", { "X-Share": ["no"] }],
        ...forwardChanges("listeners.80.rules.share"),
        ...redirectChanges("listeners.80.rules.go"),
        ...responseChanges("listeners.80.rules.status"),
      ],
    },
    {
      before: clientSecrets,
      full: {
        scheme: "internal",
        subnets: ["a", "b"],
        securityGroups: ["one"],
        listeners: {
          443: {
            ...secure,
            mutualAuthentication: verify,
            authenticateOidc: oidc,
            rules: {
              oidc: { priority: 1, conditions: { hostRegex: ["^a[0-9]+"] }, authenticateOidc: oidc, fixedResponse },
              cognito: { priority: 2, conditions: { pathRegex: ["^/b"] }, authenticateCognito: cognito, fixedResponse },
              jwt: { priority: 3, conditions: { headerRegex: { "X-Api": ["^c"] } }, jwtValidation: jwt, fixedResponse },
              rewritten: {
                conditions: { path: ["/old/*"] },
                hostHeaderRewrite: { regex: "^old[.]", replace: "new." },
                urlRewrite: { regex: "^/old/(.*)$", replace: "/new/$1" },
                fixedResponse,
              },
            },
          },
          444: { ...secure, authenticateCognito: cognito },
          445: { ...secure, jwtValidation: jwt },
        },
      },
      changes: [
        ...loginChanges((field) => `listeners.${{ oidc: 443, cognito: 444, jwt: 445 }[field]}`),
        ...loginChanges((field) => `listeners.443.rules.${field}`),
        ["listeners.443.mutualAuthentication", { mode: "passthrough" }],
        ["listeners.443.mutualAuthentication.mode", "off", "update", { also: withoutVerify }],
        ["listeners.443.mutualAuthentication.trustStore", verify.trustStore.replace("/one/", "/two/")],
        ["listeners.443.mutualAuthentication.ignoreClientCertificateExpiry", true],
        ["listeners.443.mutualAuthentication.advertiseTrustStoreCaNames", "on"],
        ["listeners.443.rules.oidc.conditions.hostRegex", ["^z"]],
        ["listeners.443.rules.cognito.conditions.pathRegex", ["^/z"]],
        ["listeners.443.rules.jwt.conditions.headerRegex", { "X-Api": ["^z"] }],
        ["listeners.443.rules.rewritten.hostHeaderRewrite", "none"],
        ["listeners.443.rules.rewritten.hostHeaderRewrite.regex", "^older[.]"],
        ["listeners.443.rules.rewritten.hostHeaderRewrite.replace", "newer."],
        [
          "listeners.443.rules.rewritten.urlRewrite",
          "none",
          "update",
          { also: { "listeners.443.rules.rewritten.hostHeaderRewrite": "none" } },
        ],
        ["listeners.443.rules.rewritten.urlRewrite.regex", "^/older/(.*)$"],
        ["listeners.443.rules.rewritten.urlRewrite.replace", "/newer/$1"],
      ],
    },
    {
      index: { elasticIps: { one: {}, two: {}, three: {} }, targetGroups: { one: { ...targets, protocol: "TCP" } } },
      full: {
        type: "network",
        scheme: "internet-facing",
        subnetMappings: [
          { subnet: "a", elasticIp: "one" },
          { subnet: "b", elasticIp: "two" },
        ],
        securityGroups: ["one"],
        crossZone: true,
        dnsClientRouting: "availability_zone_affinity",
        listeners: {
          443: { protocol: "TLS", certificate: certificate("main"), alpnPolicy: "HTTP2Preferred", forward: "one" },
          80: { protocol: "TCP", idleTimeout: 600, forward: "one" },
        },
        disposable: true,
      },
      changes: [
        ["subnetMappings", [{ subnet: "a", elasticIp: "one" }]],
        ["subnetMappings.1.subnet", "c", "update", { also: { "subnetMappings.1.elasticIp": "three" } }],
        ["subnetMappings.1.subnet", "c", "replace"],
        ["subnetMappings.1.elasticIp", "three", "replace"],
        ["securityGroups", [], "replace"],
        ["crossZone", false],
        ["dnsClientRouting", "partial_availability_zone_affinity"],
        ["listeners.443.alpnPolicy", "HTTP2Only"],
        ["listeners.80.idleTimeout", 120],
      ],
    },
    {
      full: {
        type: "network",
        scheme: "internal",
        subnetMappings: [
          { subnet: "a", privateIpv4Address: "10.0.1.20" },
          { subnet: "b", privateIpv4Address: "10.0.2.20" },
        ],
        securityGroups: [],
        disposable: true,
      },
      changes: [["subnetMappings.1.privateIpv4Address", "10.0.2.21", "replace"]],
    },
  ],
};

/** Removes the fields that a Network Load Balancer does not have. */
function onlyShared() {
  const fields = ["idleTimeout", "clientKeepAlive", "connectionLogs", "http2", "dropInvalidHeaderFields", "desyncMitigationMode"];
  const more = ["minimumCapacity", "preserveHostHeader", "xffHeaderProcessing", "xffClientPort", "tlsHeaders", "wafFailOpen"];
  return Object.fromEntries([...fields, ...more].map((field) => [field, undefined]));
}

function withoutTls(at: string) {
  return Object.fromEntries(["certificate", "certificates", "sslPolicy"].map((field) => [`${at}.${field}`, undefined]));
}

/** Makes a VPC with IPv6 outside of the file. */
async function networkOfOthers({ ec2, clock }: Aws): Promise<void> {
  const { Vpc } = await ec2(new CreateVpcCommand({ CidrBlock: "10.6.0.0/16", AmazonProvidedIpv6CidrBlock: true }));
  const VpcId = Vpc!.VpcId!;
  await clock.sleep(60_000);
  const { Vpcs: [found] = [] } = await ec2(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
  const prefix = found!.Ipv6CidrBlockAssociationSet![0]!.Ipv6CidrBlock!;
  for (const [place, zone] of ["a", "b"].entries())
    await ec2(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: `10.6.${place}.0/24`,
        Ipv6CidrBlock: prefix.replace("::/56", `:0:${place}::/64`),
        AvailabilityZone: `eu-west-1${zone}`,
        TagSpecifications: [{ ResourceType: "subnet", Tags: [{ Key: "Name", Value: `six-${zone}` }] }],
      }),
    );
  const TagSpecifications = [{ ResourceType: "security-group" as const, Tags: [{ Key: "Name", Value: "six" }] }];
  await ec2(new CreateSecurityGroupCommand({ VpcId, GroupName: "six", Description: "six", TagSpecifications }));
  const { InternetGateway } = await ec2(new CreateInternetGatewayCommand({}));
  await ec2(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: InternetGateway!.InternetGatewayId! }));
}
