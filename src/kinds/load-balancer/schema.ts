import type { Static } from "typebox";
import * as Type from "typebox";
import { boolean, integer, list, map, object, oneOf, optional, ref, refOr, set, string } from "../../resource/fields.ts";
import { authentication } from "./authenticate-schema.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";

const weighted = object({
  targetGroup: ref("targetGroup", "A target group."),
  weight: optional(integer("Its share; 1 when unwritten.", { minimum: 0, maximum: 999 })),
});

const redirect = object(
  {
    protocol: optional(string("HTTP or HTTPS; unwritten: as it came.", { pattern: "^(HTTP|HTTPS|#\\{protocol\\})$" })),
    port: optional(
      Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.String({ pattern: "^([0-9]{1,5}|#\\{port\\})$" })], {
        description: "If omitted: as it came.",
      }),
    ),
    host: optional(string("If omitted: as it came.", { minLength: 1, maxLength: 128 })),
    path: optional(string("If omitted: as it came.", { pattern: "^/", maxLength: 128 })),
    query: optional(string("If omitted: as it came.", { maxLength: 128 })),
    statusCode: optional(oneOf(["HTTP_301", "HTTP_302"], "Permanent, which is also what is sent when unwritten, or for now.")),
  },
  "Tells the client to ask elsewhere. `#{protocol}`, `#{host}`, `#{port}`, `#{path}` and `#{query}` stand for what came.",
);

const fixedResponse = object(
  {
    statusCode: integer("2xx, 4xx or 5xx.", { minimum: 200, maximum: 599 }),
    contentType: optional(
      oneOf(["text/plain", "text/css", "text/html", "application/javascript", "application/json"], "What the body is."),
    ),
    messageBody: optional(string("The body.", { maxLength: 1024 })),
  },
  "An answer from the balancer itself.",
);

/** The action for a request: exactly one of forward, redirect and fixedResponse. */
const action = {
  forward: optional(
    Type.Union([ref("targetGroup", "A target group."), set(weighted, "Target groups and their weights.", { minItems: 1, maxItems: 5 })], {
      description:
        "To a target group, or by weight to several. Weights that a deployment tool moved stay until other weights are written here.",
    }),
  ),
  forwardStickiness: optional(
    integer("Seconds that a client stays with the target group chosen by weight.", { minimum: 1, maximum: 604_800 }),
  ),
  redirect: optional(redirect),
  fixedResponse: optional(fixedResponse),
  ...authentication,
};

const texts = (doc: string, more: object = {}) => optional(set(string(""), doc, { minItems: 1, uniqueItems: true, ...more }));

const conditions = object(
  {
    host: texts("Names in the Host header; `*` and `?` are wildcards."),
    path: texts("Paths; `*` and `?` are wildcards.", { examples: [["/api/*"]] }),
    hostRegex: texts("Regular expressions for the Host header; instead of `host`."),
    pathRegex: texts("Regular expressions for the path; instead of `path`.", { examples: [["^/v[0-9]+/"]] }),
    method: texts("HTTP methods, in capitals."),
    query: texts("`key=value` or `value`; `*` and `?` are wildcards. One of them suffices."),
    source: texts("Networks of clients."),
    header: optional(
      map(
        set(string(""), "Values; `*` and `?` are wildcards.", { minItems: 1 }),
        "Values by header; one value of each header must match.",
        "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$",
      ),
    ),
    headerRegex: optional(
      map(
        set(string(""), "Regular expressions.", { minItems: 1 }),
        "The same as `header` with regular expressions.",
        "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$",
      ),
    ),
  },
  "Which requests a rule is for: all of the conditions must hold.",
);

const rewrite = (doc: string) =>
  optional(
    Type.Union(
      [
        object({
          regex: string("What is looked for.", { minLength: 1, maxLength: 1024 }),
          replace: string("What stands in its place; `$1` is what the first group found.", { maxLength: 1024 }),
        }),
        Type.Literal("none"),
      ],
      { description: doc },
    ),
  );

const rule = object({
  priority: optional(
    integer(
      "Its place: the lowest number that matches decides. No two rules of a listener have the same. If omitted: after those that are there when it is made, where it then stays.",
      { minimum: 1, maximum: 50_000 },
    ),
  ),
  conditions,
  hostHeaderRewrite: rewrite("Changes the Host header before a target sees it. `none` takes it away."),
  urlRewrite: rewrite("Changes path and query before a target sees them. `none` takes it away."),
  ...action,
});

const listener = object({
  protocol: oneOf(
    ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP"],
    "HTTP and HTTPS on application balancers, the others on network balancers.",
  ),
  certificate: optional(
    refOr("^arn:", "certificate", "The certificate that is shown by default: one of this file, or an ARN.", { named: true }),
  ),
  certificates: optional(
    set(
      refOr("^arn:", "certificate", "A certificate of this file, or an ARN.", { named: true }),
      "Further certificates, chosen by the name that the client asks for (SNI).",
      { uniqueItems: true },
    ),
  ),
  sslPolicy: optional(
    string(
      "Which versions and ciphers are spoken. At creation, when unwritten, ELBSecurityPolicy-TLS13-1-2-2021-06; AWS's own default is of 2016.",
      { pattern: "^ELBSecurityPolicy-" },
    ),
  ),
  alpnPolicy: optional(
    oneOf(["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"], "Which protocol TLS listeners agree on."),
  ),
  mutualAuthentication: optional(
    object(
      {
        mode: oneOf(
          ["off", "passthrough", "verify"],
          "`verify`: clients show a certificate of the trust store. `passthrough`: targets get what they show, unchecked.",
        ),
        trustStore: optional(
          string("The ARN of the trust store, for `verify`.", { pattern: "^arn:[^:]+:elasticloadbalancing:[^:]+:[0-9]{12}:truststore/" }),
        ),
        ignoreClientCertificateExpiry: optional(boolean("Whether expired certificates will do.")),
        advertiseTrustStoreCaNames: optional(oneOf(["on", "off"], "Whether clients are told whose certificates will do.")),
      },
      "Certificates of clients (mutual TLS); HTTPS listeners.",
    ),
  ),
  idleTimeout: optional(integer("Seconds after which a quiet connection is forgotten; TCP listeners.", { minimum: 60, maximum: 6000 })),
  serverHeader: optional(boolean("Whether answers have the header `Server` of the balancer; HTTP and HTTPS listeners.")),
  responseHeaders: optional(
    map(
      string('Its value; `""` takes the header away again.', { maxLength: 1024 }),
      `Headers that the balancer writes into each answer; HTTP and HTTPS listeners: ${responseHeaders.map((one) => `\`${one}\``).join(", ")}. Those that are not named stay as they are.`,
      `^(${responseHeaders.join("|")})$`,
    ),
  ),
  requestHeaders: optional(
    map(
      string('Its other name; `""` gives it its own back.', { maxLength: 40 }),
      `Other names for the headers in which targets are told of TLS; HTTP and HTTPS listeners: ${requestHeaders.map((one) => `\`${one}\``).join(", ")}.`,
      `^(${requestHeaders.join("|")})$`,
    ),
  ),
  ...action,
  rules: optional(map(rule, "Rules by name, for application balancers: what is done with requests that fit. Rules that others made stay.")),
});

const mapping = object({
  subnet: ref("subnet", "A subnet."),
  elasticIp: optional(ref("elasticIp", "The fixed public address of an internet-facing network balancer there.")),
  privateIpv4Address: optional(string("The fixed address of an internal network balancer there.", { pattern: "^[0-9.]+$" })),
});

const logTo = (doc: string) =>
  optional(
    object(
      {
        enabled: optional(boolean("On, unless this says otherwise.")),
        bucket: optional(ref("bucket", "The bucket that takes it, whose policy lets Elastic Load Balancing write.", { named: true })),
        prefix: optional(string("What the names of its objects begin with.", { maxLength: 512 })),
      },
      doc,
    ),
  );

const portKey = "^[1-9][0-9]{0,4}$";

export const schema = object({
  type: optional(oneOf(["application", "network"], "`application` understands HTTP, `network` passes connections on.")),
  scheme: oneOf(["internet-facing", "internal"], "Whether its name resolves to public addresses."),
  subnets: optional(
    list(ref("subnet", "A subnet."), "Where it stands, one subnet a zone; an application balancer needs two zones.", {
      minItems: 1,
      uniqueItems: true,
    }),
  ),
  subnetMappings: optional(list(mapping, "The same with fixed addresses; instead of `subnets`.", { minItems: 1 })),
  securityGroups: list(
    ref("securityGroup", "A security group."),
    "Its security groups. `[]` makes a network balancer without; it can never get any later.",
    { uniqueItems: true },
  ),
  ipAddressType: optional(oneOf(["ipv4", "dualstack", "dualstack-without-public-ipv4"], "The families of its addresses.")),
  idleTimeout: optional(integer("Seconds after which an idle connection is closed; application balancers.", { minimum: 1, maximum: 4000 })),
  clientKeepAlive: optional(
    integer("Seconds that a client's connection may live; application balancers.", { minimum: 60, maximum: 604_800 }),
  ),
  deletionProtection: optional(boolean("Whether AWS refuses to delete it. While it does, `infra` deletes it only with `allowDestroy`.")),
  crossZone: optional(boolean("Whether each node serves the targets of all zones; application balancers always do.")),
  accessLogs: logTo("A log of requests."),
  connectionLogs: logTo("A log of connections; application balancers."),
  http2: optional(boolean("Whether clients may speak HTTP/2; application balancers.")),
  dropInvalidHeaderFields: optional(boolean("Whether headers with odd names are dropped; application balancers.")),
  desyncMitigationMode: optional(
    oneOf(["monitor", "defensive", "strictest"], "What is done with ambiguous requests; application balancers."),
  ),
  preserveHostHeader: optional(boolean("Whether targets see the Host header unchanged; application balancers.")),
  xffHeaderProcessing: optional(oneOf(["append", "preserve", "remove"], "What is done with X-Forwarded-For; application balancers.")),
  xffClientPort: optional(boolean("Whether X-Forwarded-For holds the client's port; application balancers.")),
  tlsHeaders: optional(boolean("Whether targets are told version and cipher; application balancers.")),
  wafFailOpen: optional(boolean("Whether requests pass while WAF cannot be asked; application balancers.")),
  zonalShift: optional(boolean("Whether traffic can be shifted out of a zone.")),
  dnsClientRouting: optional(
    oneOf(
      ["availability_zone_affinity", "partial_availability_zone_affinity", "any_availability_zone"],
      "Which zone's addresses clients get; network balancers.",
    ),
  ),
  minimumCapacity: optional(
    integer(
      "Capacity units (LCU) that are kept ready for it, paid by the hour whether they are used or not: 100 at least for an application balancer, 2,750 a zone for a network balancer. 0: none. AWS lowers it twice a day at most.",
      { minimum: 0 },
    ),
  ),
  listeners: optional(map(listener, "What it listens on, by port.", portKey)),
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
