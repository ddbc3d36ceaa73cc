/** HTTP and WebSocket APIs of API Gateway. */
import { seconds, same, type Curated, type Part } from "./entry.ts";

/** Actions of API Gateway are HTTP methods, and its ARNs paths (API Gateway Developer Guide, "Control access to an API Gateway API with IAM"). */
const whole: Pick<Curated, "service" | "isUntied" | "untied"> = {
  service: "apigateway",
  isUntied: true,
  untied: ["/apis", "/apis/*", "/tags/*"],
};

const ofApi = (key: readonly string[]): Part => ({ field: "ApiId", of: "AWS::ApiGatewayV2::Api", idOf: same, key });

const at = (pattern: RegExp, join = (parts: readonly string[]) => parts.join("|")) => {
  return (arn: string) => {
    const found = pattern.exec(arn);
    return found ? join(found.slice(1)) : undefined;
  };
};

export const api: Readonly<Record<string, Curated>> = {
  "AWS::ApiGatewayV2::Api": {
    ...whole,
    doc: "An HTTP or WebSocket API.",
    index: "apigateway",
    idOf: at(/:\/apis\/([^/]+)$/),
    arn: (id, { partition, region }) => `arn:${partition}:apigateway:${region}::/apis/${id}`,
    invented: "Name",
    onlyFor: { "s3:GetObject": ["BodyS3Location"] },
    waits: seconds,
    quirks: ["AWS never tells `Body` back: a change is seen by a hash. Routes that `Body` makes are not looked at."],
  },
  "AWS::ApiGatewayV2::Stage": {
    ...whole,
    doc: "A stage of an API: the address under which it answers. `$default` has no path of its own.",
    index: "apigateway",
    idOf: at(/:\/apis\/([^/]+)\/stages\/(.+)$/),
    arn: (id, { partition, region }) => `arn:${partition}:apigateway:${region}::/apis/${id.replace("|", "/stages/")}`,
    // Not marked by its API: its own tags say whose it is. The list of its API finds what the index does not show yet.
    part: ofApi(["StageName"]),
    waits: seconds,
  },
  "AWS::ApiGatewayV2::Integration": {
    ...whole,
    doc: "What an API calls: a function, a service or an address.",
    part: ofApi([]),
    // API Gateway API, CreateIntegration: a description has at most 1024 characters.
    mark: { way: ["Description"], max: 1024 },
    passesTo: "apigateway.amazonaws.com",
    waits: seconds,
    quirks: ["Its `Description` says whose it is, and nothing else can be written there."],
  },
  "AWS::ApiGatewayV2::Route": {
    ...whole,
    doc: "A route of an API: a method and a path, or a key of messages, and where it leads.",
    part: ofApi(["RouteKey"]),
    waits: seconds,
    quirks: ["AWS never tells `AuthorizerId` and `RequestParameters` back: changes are seen by a hash."],
  },
  "AWS::ApiGatewayV2::VpcLink": {
    ...whole,
    doc: "A way from an API into subnets.",
    index: "apigateway",
    idOf: at(/:\/vpclinks\/([^/]+)$/),
    arn: (id, { partition, region }) => `arn:${partition}:apigateway:${region}::/vpclinks/${id}`,
    untied: ["/vpclinks", "/vpclinks/*", "/tags/*"],
    invented: "Name",
    also: ["iam:CreateServiceLinkedRole"],
    waits: { create: { typical: 120, limit: 1800 }, delete: { typical: 120, limit: 1800 } },
    unordered: [["SubnetIds"], ["SecurityGroupIds"]],
  },
};
