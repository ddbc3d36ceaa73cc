import type { Static } from "typebox";
import * as Type from "typebox";
import { boolean, integer, list, map, object, oneOf, optional, ref, refOr, set, string } from "../../resource/fields.ts";
import { authentication } from "./authenticate-schema.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";

const weighted = object({
  targetGroup: ref("targetGroup", "A target group."),
  weight: optional(integer("The weight of the target group. Default: 1.", { minimum: 0, maximum: 999 })),
});

const redirect = object(
  {
    protocol: optional(
      string("The protocol, HTTP or HTTPS. If omitted: that of the request.", { pattern: "^(HTTP|HTTPS|#\\{protocol\\})$" }),
    ),
    port: optional(
      Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.String({ pattern: "^([0-9]{1,5}|#\\{port\\})$" })], {
        description: "The port. If omitted: that of the request.",
      }),
    ),
    host: optional(string("The host name. If omitted: that of the request.", { minLength: 1, maxLength: 128 })),
    path: optional(string("The path. If omitted: that of the request.", { pattern: "^/", maxLength: 128 })),
    query: optional(string("The query string. If omitted: that of the request.", { maxLength: 128 })),
    statusCode: optional(oneOf(["HTTP_301", "HTTP_302"], "The status code: permanent (HTTP_301, the default) or temporary (HTTP_302).")),
  },
  "A redirect to another URL. `#{protocol}`, `#{host}`, `#{port}`, `#{path}` and `#{query}` stand for the parts of the request.",
);

const fixedResponse = object(
  {
    statusCode: integer("The status code: 2xx, 4xx or 5xx.", { minimum: 200, maximum: 599 }),
    contentType: optional(
      oneOf(["text/plain", "text/css", "text/html", "application/javascript", "application/json"], "The content type of the body."),
    ),
    messageBody: optional(string("The body.", { maxLength: 1024 })),
  },
  "A response from the load balancer itself.",
);

/** The action for a request: exactly one of forward, redirect and fixedResponse. */
const action = {
  forward: optional(
    Type.Union([ref("targetGroup", "A target group."), set(weighted, "Target groups and their weights.", { minItems: 1, maxItems: 5 })], {
      description:
        "The target group, or several with weights. Weights that a deployment tool has changed stay until other weights are written here.",
    }),
  ),
  forwardStickiness: optional(
    integer("Number of seconds for which a client stays with the target group that was chosen by weight.", {
      minimum: 1,
      maximum: 604_800,
    }),
  ),
  redirect: optional(redirect),
  fixedResponse: optional(fixedResponse),
  ...authentication,
};

const texts = (doc: string, more: object = {}) => optional(set(string(""), doc, { minItems: 1, uniqueItems: true, ...more }));

const conditions = object(
  {
    host: texts("Host names in the Host header; `*` and `?` are wildcards."),
    path: texts("Paths; `*` and `?` are wildcards.", { examples: [["/api/*"]] }),
    hostRegex: texts("Regular expressions for the Host header, instead of `host`."),
    pathRegex: texts("Regular expressions for the path, instead of `path`.", { examples: [["^/v[0-9]+/"]] }),
    method: texts("HTTP methods, in capitals."),
    query: texts("Query strings, `key=value` or `value`; `*` and `?` are wildcards. One match is enough."),
    source: texts("Source networks of clients."),
    header: optional(
      map(
        set(string(""), "Values; `*` and `?` are wildcards.", { minItems: 1 }),
        "Header values, by header name; one value of each header must match.",
        "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$",
      ),
    ),
    headerRegex: optional(
      map(
        set(string(""), "Regular expressions.", { minItems: 1 }),
        "Regular expressions for header values, by header name; one of each header must match.",
        "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$",
      ),
    ),
  },
  "The conditions of the rule; all of them must be met.",
);

const rewrite = (doc: string) =>
  optional(
    Type.Union(
      [
        object({
          regex: string("A regular expression for the part to replace.", { minLength: 1, maxLength: 1024 }),
          replace: string("The replacement; `$1` is the match of the first group.", { maxLength: 1024 }),
        }),
        Type.Literal("none"),
      ],
      { description: doc },
    ),
  );

const rule = object({
  priority: optional(
    integer(
      "The priority: the rule with the lowest number that matches is used, and no two rules of a listener have the same number. If omitted: at creation it comes after the existing rules, and it stays there.",
      { minimum: 1, maximum: 50_000 },
    ),
  ),
  conditions,
  hostHeaderRewrite: rewrite("The rewrite of the Host header before the request goes to a target. `none` removes it."),
  urlRewrite: rewrite("The rewrite of path and query before the request goes to a target. `none` removes it."),
  ...action,
});

const listener = object({
  protocol: oneOf(
    ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP"],
    "The protocol of the listener: HTTP and HTTPS on Application Load Balancers, the others on Network Load Balancers.",
  ),
  certificate: optional(refOr("^arn:", "certificate", "The default certificate: one of this file, or an ARN.", { named: true })),
  certificates: optional(
    set(
      refOr("^arn:", "certificate", "A certificate of this file, or an ARN.", { named: true }),
      "Further certificates, chosen by the host name that the client asks for (SNI).",
      { uniqueItems: true },
    ),
  ),
  sslPolicy: optional(
    string(
      "The security policy, which sets TLS versions and ciphers. At creation, if omitted: ELBSecurityPolicy-TLS13-1-2-2021-06; AWS's own default dates from 2016.",
      { pattern: "^ELBSecurityPolicy-" },
    ),
  ),
  alpnPolicy: optional(oneOf(["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"], "The ALPN policy of TLS listeners.")),
  mutualAuthentication: optional(
    object(
      {
        mode: oneOf(
          ["off", "passthrough", "verify"],
          "The mode. `verify`: the load balancer checks client certificates against the trust store. `passthrough`: it forwards them to targets without a check.",
        ),
        trustStore: optional(
          string("The ARN of the trust store, for `verify`.", { pattern: "^arn:[^:]+:elasticloadbalancing:[^:]+:[0-9]{12}:truststore/" }),
        ),
        ignoreClientCertificateExpiry: optional(boolean("Whether expired client certificates are accepted.")),
        advertiseTrustStoreCaNames: optional(
          oneOf(["on", "off"], "Whether the load balancer tells clients the CA names of the trust store."),
        ),
      },
      "Mutual TLS: certificates of clients; HTTPS listeners only.",
    ),
  ),
  idleTimeout: optional(
    integer("Number of seconds after which an idle connection is closed; TCP listeners only.", { minimum: 60, maximum: 6000 }),
  ),
  serverHeader: optional(boolean("Whether responses have the `Server` header of the load balancer; HTTP and HTTPS listeners only.")),
  responseHeaders: optional(
    map(
      string('The value of the header; `""` removes it.', { maxLength: 1024 }),
      `Headers that the load balancer adds to each response; HTTP and HTTPS listeners only: ${responseHeaders.map((one) => `\`${one}\``).join(", ")}. Headers that are not named stay unchanged.`,
      `^(${responseHeaders.join("|")})$`,
    ),
  ),
  requestHeaders: optional(
    map(
      string('The other name of the header; `""` restores its own name.', { maxLength: 40 }),
      `Other names for the request headers with TLS information for targets; HTTP and HTTPS listeners only: ${requestHeaders.map((one) => `\`${one}\``).join(", ")}.`,
      `^(${requestHeaders.join("|")})$`,
    ),
  ),
  ...action,
  rules: optional(map(rule, "Rules, by name; Application Load Balancers only. Rules that others made stay.")),
});

const mapping = object({
  subnet: ref("subnet", "A subnet."),
  elasticIp: optional(ref("elasticIp", "The Elastic IP in this subnet, for an internet-facing Network Load Balancer.")),
  privateIpv4Address: optional(
    string("The private IPv4 address in this subnet, for an internal Network Load Balancer.", { pattern: "^[0-9.]+$" }),
  ),
});

const logTo = (doc: string) =>
  optional(
    object(
      {
        enabled: optional(boolean("Whether the logs are on. Default: true.")),
        bucket: optional(ref("bucket", "The bucket for the logs; its policy must allow Elastic Load Balancing to write.", { named: true })),
        prefix: optional(string("The prefix of the object names.", { maxLength: 512 })),
      },
      doc,
    ),
  );

const portKey = "^[1-9][0-9]{0,4}$";

export const schema = object({
  type: optional(oneOf(["application", "network"], "The type: `application` for HTTP and HTTPS, `network` for TCP, UDP and TLS.")),
  scheme: oneOf(["internet-facing", "internal"], "The scheme: whether the DNS name resolves to public or to private addresses."),
  subnets: optional(
    list(ref("subnet", "A subnet."), "The subnets, one per zone; an Application Load Balancer needs two zones.", {
      minItems: 1,
      uniqueItems: true,
    }),
  ),
  subnetMappings: optional(list(mapping, "The subnets with fixed addresses, instead of `subnets`.", { minItems: 1 })),
  securityGroups: list(
    ref("securityGroup", "A security group."),
    "The security groups. `[]` makes a Network Load Balancer without any, which can never get one later.",
    { uniqueItems: true },
  ),
  ipAddressType: optional(
    oneOf(
      ["ipv4", "dualstack", "dualstack-without-public-ipv4"],
      "The IP address type: IPv4, IPv4 and IPv6, or both without public IPv4 addresses.",
    ),
  ),
  idleTimeout: optional(
    integer("Number of seconds after which an idle connection is closed; Application Load Balancers only.", { minimum: 1, maximum: 4000 }),
  ),
  clientKeepAlive: optional(
    integer("Number of seconds after which a client connection is closed; Application Load Balancers only.", {
      minimum: 60,
      maximum: 604_800,
    }),
  ),
  deletionProtection: optional(
    boolean("Whether AWS refuses to delete the load balancer. If so, `infra` deletes it only with `allowDestroy`."),
  ),
  crossZone: optional(boolean("Whether each node sends traffic to targets in all zones; Application Load Balancers always do.")),
  accessLogs: logTo("The log of requests."),
  connectionLogs: logTo("The log of connections; Application Load Balancers only."),
  http2: optional(boolean("Whether clients may use HTTP/2; Application Load Balancers only.")),
  dropInvalidHeaderFields: optional(boolean("Whether headers with invalid names are removed; Application Load Balancers only.")),
  desyncMitigationMode: optional(
    oneOf(
      ["monitor", "defensive", "strictest"],
      "The handling of requests that may be a security risk (HTTP desync); Application Load Balancers only.",
    ),
  ),
  preserveHostHeader: optional(boolean("Whether the Host header reaches targets unchanged; Application Load Balancers only.")),
  xffHeaderProcessing: optional(
    oneOf(["append", "preserve", "remove"], "The handling of the X-Forwarded-For header; Application Load Balancers only."),
  ),
  xffClientPort: optional(boolean("Whether X-Forwarded-For includes the client's port; Application Load Balancers only.")),
  tlsHeaders: optional(boolean("Whether targets get headers with the TLS version and cipher; Application Load Balancers only.")),
  wafFailOpen: optional(boolean("Whether requests are forwarded when WAF is not reachable; Application Load Balancers only.")),
  zonalShift: optional(boolean("Whether zonal shift is enabled: traffic can be moved away from a zone.")),
  dnsClientRouting: optional(
    oneOf(
      ["availability_zone_affinity", "partial_availability_zone_affinity", "any_availability_zone"],
      "The zones whose addresses clients get from DNS; Network Load Balancers only.",
    ),
  ),
  minimumCapacity: optional(
    integer(
      "The reserved capacity in load balancer capacity units (LCU), paid by the hour even if unused: at least 100 for an Application Load Balancer, at least 2,750 per zone for a Network Load Balancer; 0: none. AWS lowers it at most twice a day.",
      { minimum: 0 },
    ),
  ),
  listeners: optional(map(listener, "Listeners, by port.", portKey)),
});

export type LoadBalancer = Static<typeof schema>;
export type Listener = Static<typeof listener>;
export type Rule = Static<typeof rule>;
export type Conditions = Static<typeof conditions>;
export type Weighted = Static<typeof weighted>;
export type Redirect = Static<typeof redirect>;
/** The fields that listeners and rules share. */
export type ActionFields = Pick<
  Listener,
  "forward" | "forwardStickiness" | "redirect" | "fixedResponse" | "authenticateOidc" | "authenticateCognito" | "jwtValidation"
>;
