import type { Static } from "typebox";
import * as Type from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";

const portNumber = { minimum: 1, maximum: 65_535 };

const healthCheck = object(
  {
    enabled: optional(boolean("Of a group with a function: whether it is checked, which calls it; all others always are.")),
    protocol: optional(oneOf(["HTTP", "HTTPS", "TCP"], "What is spoken. If omitted: HTTP for HTTP and HTTPS groups, else TCP.")),
    port: optional(
      Type.Union([Type.Integer(portNumber), Type.Literal("traffic-port")], {
        description: "Where; `traffic-port` is the port on which the target gets traffic.",
      }),
    ),
    path: optional(string("What is asked for; HTTP and HTTPS checks only.", { pattern: "^/", maxLength: 1024, examples: ["/healthz"] })),
    interval: optional(integer("Seconds between two checks of one target; 30 when unwritten.", { minimum: 5, maximum: 300 })),
    timeout: optional(
      integer(
        "Seconds after which a check counts as failed; less than the interval. In a new group, and when the protocol of the check changes, unwritten: 5 for HTTP and HTTPS groups; for the others 6 over HTTP, 10 over TCP and HTTPS.",
        { minimum: 2, maximum: 120 },
      ),
    ),
    healthyThreshold: optional(integer("How many successes in a row make a target healthy.", { minimum: 2, maximum: 10 })),
    unhealthyThreshold: optional(integer("How many failures in a row make it unhealthy.", { minimum: 2, maximum: 10 })),
    matcher: optional(
      string("Which answers are successes: HTTP codes, or gRPC codes in a GRPC group.", {
        pattern: "^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$",
        examples: ["200", "200-299", "200,302"],
      }),
    ),
  },
  "How targets are checked. What is not written is AWS's choice, which depends on the protocol.",
);

const stickiness = object(
  {
    enabled: optional(boolean("On, unless this says otherwise.")),
    type: optional(
      oneOf(
        ["lb_cookie", "app_cookie", "source_ip"],
        "Whose cookie binds a client to a target; `source_ip` for the groups of network balancers.",
      ),
    ),
    duration: optional(integer("Seconds that a cookie binds.", { minimum: 1, maximum: 604_800 })),
    cookieName: optional(string("The application's cookie, for `app_cookie`.", { pattern: "^(?!AWSALB)", minLength: 1, maxLength: 255 })),
  },
  "Whether a client stays with its target.",
);

const enough = (doc: string, least: "count" | "off") =>
  object(
    {
      count: optional(
        least === "off"
          ? Type.Union([Type.Integer({ minimum: 1 }), Type.Literal("off")], { description: "How many targets must be healthy." })
          : integer("How many targets must be healthy.", { minimum: 1 }),
      ),
      percentage: optional(
        Type.Union([Type.Integer({ minimum: 1, maximum: 100 }), Type.Literal("off")], {
          description: "What share of them must be healthy.",
        }),
      ),
    },
    doc,
  );

const target = object({
  instance: optional(ref("instance", "A machine.")),
  ip: optional(string("An address, for groups of `targetType: ip`.", { pattern: "^[0-9a-fA-F.:]+$" })),
  availabilityZone: optional(oneOf(["all"], "Of an address outside the VPC: `all`, since it is in no zone.")),
  lambda: optional(
    string(
      "A function, or an alias or version of one, for groups of `targetType: lambda`. Its resource policy must let elasticloadbalancing.amazonaws.com invoke it.",
      { pattern: "^arn:[^:]+:lambda:[^:]+:[0-9]{12}:function:.+$" },
    ),
  ),
  loadBalancer: optional(ref("loadBalancer", "An application balancer that listens on the group's port, for groups of `targetType: alb`.")),
  port: optional(integer("Its port where it is not the group's.", portNumber)),
});

export const schema = object({
  vpc: optional(ref("vpc", "The VPC in which the targets are; all groups but those of functions have one.")),
  protocol: optional(
    oneOf(
      ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP"],
      "What the targets speak: HTTP and HTTPS behind application balancers, the others behind network balancers.",
    ),
  ),
  port: optional(integer("The port on which targets get traffic.", portNumber)),
  targetType: optional(
    oneOf(
      ["instance", "ip", "lambda", "alb"],
      "What targets are: machines, addresses, one function (behind application balancers), or one application balancer (behind network balancers).",
    ),
  ),
  protocolVersion: optional(oneOf(["HTTP1", "HTTP2", "GRPC"], "The version of HTTP that the targets speak.")),
  ipAddressType: optional(oneOf(["ipv4", "ipv6"], "The family of the targets' addresses.")),
  healthCheck: optional(healthCheck),
  deregistrationDelay: optional(
    integer("Seconds that a target which leaves may finish its requests; AWS's 300 make every roll-out slow.", {
      minimum: 0,
      maximum: 3600,
    }),
  ),
  slowStart: optional(integer("Seconds in which a new target's share of traffic grows; 0 is off.", { minimum: 0, maximum: 900 })),
  algorithm: optional(oneOf(["round_robin", "least_outstanding_requests", "weighted_random"], "How a target is chosen.")),
  anomalyMitigation: optional(oneOf(["on", "off"], "Less traffic for targets that behave oddly; with `weighted_random` only.")),
  stickiness: optional(stickiness),
  crossZone: optional(
    Type.Union([Type.Boolean(), Type.Literal("use_load_balancer_configuration")], {
      description: "Whether targets get traffic from all zones.",
    }),
  ),
  preserveClientIp: optional(boolean("Whether targets see the client's address; groups of network balancers.")),
  proxyProtocolV2: optional(boolean("Whether a proxy protocol header goes before the data; groups of network balancers.")),
  connectionTermination: optional(
    boolean("Whether connections are cut when the deregistration delay is over; groups of network balancers."),
  ),
  dnsFailover: optional(enough("When a zone is taken out of DNS.", "off")),
  unhealthyStateRouting: optional(enough("When traffic goes to unhealthy targets too.", "count")),
  multiValueHeaders: optional(boolean("Of a group with a function: whether headers and query parameters come as lists.")),
  targets: optional(
    list(
      Type.Union([ref("instance", "A machine."), target]),
      "Targets that are registered by hand: machines by name, or `{ instance | ip | lambda | loadBalancer, port }`. Those that groups and others register stay.",
    ),
  ),
});

export type TargetGroup = Static<typeof schema>;
export type HealthCheck = NonNullable<TargetGroup["healthCheck"]>;
export type Target = Static<typeof target>;
