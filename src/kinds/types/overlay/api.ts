/** HTTP and WebSocket APIs of API Gateway. */
import { seconds, same, sets, type Curated, type Part } from "./entry.ts";

/**
 * Actions of API Gateway are HTTP methods, and its ARNs paths (API Gateway Developer Guide, "Control access to an API Gateway API with
 * IAM").
 */
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
    unordered: sets("aws_apigatewayv2_api", {
      "CorsConfiguration.AllowHeaders": "cors_configuration.allow_headers",
      "CorsConfiguration.AllowMethods": "cors_configuration.allow_methods",
      "CorsConfiguration.AllowOrigins": "cors_configuration.allow_origins",
      "CorsConfiguration.ExposeHeaders": "cors_configuration.expose_headers",
    }),
    quirks: [["infra does not compare routes that `Body` makes.", "infra"]],
  },
  "AWS::ApiGatewayV2::Stage": {
    ...whole,
    doc: "A stage of an API, with the URL at which it is called. `$default` has no path of its own.",
    index: "apigateway",
    idOf: at(/:\/apis\/([^/]+)\/stages\/(.+)$/),
    arn: (id, { partition, region }) => `arn:${partition}:apigateway:${region}::/apis/${id.replace("|", "/stages/")}`,
    // Its own tags name its owner. The list of its API finds stages that the tag index does not show yet.
    part: ofApi(["StageName"]),
    tells: ["StageName"],
    waits: seconds,
  },
  "AWS::ApiGatewayV2::Integration": {
    ...whole,
    doc: "The backend of an API: a function, a service or an address.",
    part: ofApi([]),
    // API Gateway API, CreateIntegration: a description has at most 1024 characters.
    mark: { way: ["Description"], max: 1024 },
    passesTo: "apigateway.amazonaws.com",
    waits: seconds,
    quirks: [["It has no tags. Its `Description` holds the owner, and you cannot write another description.", "infra"]],
  },
  "AWS::ApiGatewayV2::Route": {
    ...whole,
    doc: "A route of an API: a method and a path, or a message key, and its target.",
    part: ofApi(["RouteKey"]),
    waits: seconds,
    unordered: sets("aws_apigatewayv2_route", { AuthorizationScopes: "authorization_scopes" }),
  },
  "AWS::ApiGatewayV2::Authorizer": {
    ...whole,
    doc: "An authorizer, which allows calls of the routes that name it: with a token (JWT) or a function.",
    part: ofApi(["Name"]),
    passesTo: "apigateway.amazonaws.com",
    waits: seconds,
    unordered: sets("aws_apigatewayv2_authorizer", {
      IdentitySource: "identity_sources",
      "JwtConfiguration.Audience": "jwt_configuration.audience",
    }),
    quirks: [
      [
        "Its `Name` identifies it in its API: another name makes another authorizer.",
        "API Gateway API, CreateAuthorizer: `name`; the rest is infra's",
      ],
    ],
  },
  "AWS::ApiGatewayV2::DomainName": {
    ...whole,
    doc: "A custom domain name for APIs.",
    index: "apigateway",
    idOf: at(/:\/domainnames\/([^/]+)$/),
    arn: (id, { partition, region }) => `arn:${partition}:apigateway:${region}::/domainnames/${id}`,
    untied: ["/domainnames", "/domainnames/*", "/tags/*"],
    // API Gateway v2 API reference, CreateDomainName.
    name: { field: "DomainName", max: 512, forbidden: /[^A-Za-z0-9.*-]/, lower: true, id: same },
    waits: { create: { typical: 60, limit: 3600 }, delete: { typical: 60, limit: 3600 } },
    quirks: [
      [
        "Write `DomainName`, because a derived name is not a domain. The certificate must be in the same region, and a DNS record must point to `RegionalDomainName`.",
        'API Gateway Developer Guide, "Custom domain names for HTTP APIs"',
      ],
    ],
  },
  "AWS::ApiGatewayV2::ApiMapping": {
    ...whole,
    doc: "The mapping of an API stage to a domain name and a path.",
    untied: ["/domainnames/*"],
    part: { field: "DomainName", of: "AWS::ApiGatewayV2::DomainName", idOf: same, key: ["ApiMappingKey"] },
    waits: seconds,
    quirks: [
      [
        "Its `ApiMappingKey` identifies it in its domain: another path makes another mapping.",
        "API Gateway API, CreateApiMapping: one mapping for each key of a domain",
      ],
    ],
  },
  "AWS::ApiGatewayV2::VpcLink": {
    ...whole,
    doc: "A connection from an API to the subnets of a VPC.",
    index: "apigateway",
    idOf: at(/:\/vpclinks\/([^/]+)$/),
    arn: (id, { partition, region }) => `arn:${partition}:apigateway:${region}::/vpclinks/${id}`,
    untied: ["/vpclinks", "/vpclinks/*", "/tags/*"],
    invented: "Name",
    also: ["iam:CreateServiceLinkedRole"],
    waits: { create: { typical: 120, limit: 1800 }, delete: { typical: 120, limit: 1800 } },
    unordered: sets("aws_apigatewayv2_vpc_link", { SecurityGroupIds: "security_group_ids", SubnetIds: "subnet_ids" }),
  },
};
