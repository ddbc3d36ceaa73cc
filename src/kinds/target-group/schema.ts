import type { Static } from "typebox";
import * as Type from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";

const portNumber = { minimum: 1, maximum: 65_535 };

const healthCheck = object(
  {
    enabled: optional(
      boolean("Whether health checks are on. Only for groups with a function, which they invoke; in all other groups they always are."),
    ),
    protocol: optional(
      oneOf(["HTTP", "HTTPS", "TCP"], "The protocol of health checks. If omitted: HTTP for HTTP and HTTPS groups, TCP for others."),
    ),
    port: optional(
      Type.Union([Type.Integer(portNumber), Type.Literal("traffic-port")], {
        description: "The port of health checks; `traffic-port` is the port on which the target gets traffic.",
      }),
    ),
    path: optional(
      string("The path of health checks; only for HTTP and HTTPS checks.", { pattern: "^/", maxLength: 1024, examples: ["/healthz"] }),
    ),
    interval: optional(integer("Number of seconds between two health checks of a target. Default: 30.", { minimum: 5, maximum: 300 })),
    timeout: optional(
      integer(
        "Number of seconds after which a check fails; less than the interval. If omitted, in a new group and when the protocol of the check changes: 5 for HTTP and HTTPS groups; for others 6 over HTTP, 10 over TCP and HTTPS.",
        { minimum: 2, maximum: 120 },
      ),
    ),
    healthyThreshold: optional(integer("Number of consecutive successes after which a target is healthy.", { minimum: 2, maximum: 10 })),
    unhealthyThreshold: optional(integer("Number of consecutive failures after which a target is unhealthy.", { minimum: 2, maximum: 10 })),
    matcher: optional(
      string("The codes that count as success: HTTP codes, or gRPC codes in a GRPC group.", {
        pattern: "^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$",
        examples: ["200", "200-299", "200,302"],
      }),
    ),
  },
  "The health checks of targets. Settings that are not written have AWS's defaults, which depend on the protocol.",
);

const stickiness = object(
  {
    enabled: optional(boolean("Whether stickiness is on. Default: true.")),
    type: optional(
      oneOf(
        ["lb_cookie", "app_cookie", "source_ip"],
        "The type: a cookie of the load balancer or of the application; `source_ip` for groups of Network Load Balancers.",
      ),
    ),
    duration: optional(integer("Number of seconds for which the cookie is valid.", { minimum: 1, maximum: 604_800 })),
    cookieName: optional(
      string("The name of the application's cookie, for `app_cookie`.", { pattern: "^(?!AWSALB)", minLength: 1, maxLength: 255 }),
    ),
  },
  "Sticky sessions: whether requests of a client go to the same target.",
);

const enough = (doc: string, least: "count" | "off") =>
  object(
    {
      count: optional(
        least === "off"
          ? Type.Union([Type.Integer({ minimum: 1 }), Type.Literal("off")], { description: "The minimum number of healthy targets." })
          : integer("The minimum number of healthy targets.", { minimum: 1 }),
      ),
      percentage: optional(
        Type.Union([Type.Integer({ minimum: 1, maximum: 100 }), Type.Literal("off")], {
          description: "The minimum percentage of healthy targets.",
        }),
      ),
    },
    doc,
  );

const target = object({
  instance: optional(ref("instance", "An instance.")),
  ip: optional(string("An IP address, for groups with `targetType: ip`.", { pattern: "^[0-9a-fA-F.:]+$" })),
  availabilityZone: optional(oneOf(["all"], "The zone of an address outside the VPC: `all`.")),
  lambda: optional(
    string(
      "A function, or an alias or version of one, for groups with `targetType: lambda`. Its resource policy must allow elasticloadbalancing.amazonaws.com to invoke it.",
      { pattern: "^arn:[^:]+:lambda:[^:]+:[0-9]{12}:function:.+$" },
    ),
  ),
  loadBalancer: optional(
    ref("loadBalancer", "An Application Load Balancer that listens on the group's port, for groups with `targetType: alb`."),
  ),
  port: optional(integer("The port of the target, if it differs from the group's.", portNumber)),
});

export const schema = object({
  vpc: optional(ref("vpc", "The VPC of the targets; required except for groups with a function.")),
  protocol: optional(
    oneOf(
      ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP"],
      "The protocol to the targets: HTTP and HTTPS behind Application Load Balancers, the others behind Network Load Balancers.",
    ),
  ),
  port: optional(integer("The port on which targets get traffic.", portNumber)),
  targetType: optional(
    oneOf(
      ["instance", "ip", "lambda", "alb"],
      "The type of targets: instances, IP addresses, one function (behind Application Load Balancers), or one Application Load Balancer (behind Network Load Balancers).",
    ),
  ),
  protocolVersion: optional(oneOf(["HTTP1", "HTTP2", "GRPC"], "The HTTP version to the targets.")),
  ipAddressType: optional(oneOf(["ipv4", "ipv6"], "The IP version of the targets' addresses.")),
  healthCheck: optional(healthCheck),
  deregistrationDelay: optional(
    integer("Number of seconds for which a deregistered target may finish its requests; AWS's default of 300 slows down each deployment.", {
      minimum: 0,
      maximum: 3600,
    }),
  ),
  slowStart: optional(
    integer("Number of seconds over which the share of traffic of a new target grows; 0 is off.", { minimum: 0, maximum: 900 }),
  ),
  algorithm: optional(oneOf(["round_robin", "least_outstanding_requests", "weighted_random"], "The algorithm that chooses a target.")),
  anomalyMitigation: optional(oneOf(["on", "off"], "Whether targets with anomalies get less traffic; only with `weighted_random`.")),
  stickiness: optional(stickiness),
  crossZone: optional(
    Type.Union([Type.Boolean(), Type.Literal("use_load_balancer_configuration")], {
      description: "Whether targets get traffic from load balancer nodes in all zones.",
    }),
  ),
  preserveClientIp: optional(boolean("Whether targets see the client's IP address; groups of Network Load Balancers only.")),
  proxyProtocolV2: optional(
    boolean("Whether a proxy protocol (version 2) header is sent before the data; groups of Network Load Balancers only."),
  ),
  connectionTermination: optional(
    boolean("Whether connections are closed at the end of the deregistration delay; groups of Network Load Balancers only."),
  ),
  dnsFailover: optional(enough("The number or percentage of healthy targets below which a zone is removed from DNS.", "off")),
  unhealthyStateRouting: optional(
    enough("The number or percentage of healthy targets below which traffic also goes to unhealthy targets.", "count"),
  ),
  multiValueHeaders: optional(boolean("Whether headers and query parameters are sent as lists; groups with a function only.")),
  targets: optional(
    list(
      Type.Union([ref("instance", "An instance."), target]),
      "Targets to register: instances by name, or `{ instance | ip | lambda | loadBalancer, port }`. Targets that Auto Scaling groups and others register stay.",
    ),
  ),
});

export type TargetGroup = Static<typeof schema>;
export type HealthCheck = NonNullable<TargetGroup["healthCheck"]>;
export type Target = Static<typeof target>;
