/** API Gateway, version 2 of its API. */
import { all, needs, type Behaviour, type Properties } from "./behaviour.ts";
import { AwsFault, type Call } from "../../../model.ts";

function ofApi({ ApiId }: Properties, call: Call): void {
  needs(call, "AWS::ApiGatewayV2::Api", String(ApiId), `Invalid API identifier specified ${call.account}:${String(ApiId)}`);
}

export const api: Readonly<Record<string, Behaviour>> = {
  // API Gateway v2 API reference, CreateApi
  "AWS::ApiGatewayV2::Api": {
    arn: { service: "apigateway", isNobodys: true, end: ({ ApiId }) => `/apis/${String(ApiId)}` },
    ids: (digits) => ({ ApiId: digits.slice(0, 10) }),
    made: ({ ApiId, ProtocolType }, _arn, { region, account, partition }) => ({
      ApiEndpoint: `${ProtocolType === "WEBSOCKET" ? "wss" : "https"}://${String(ApiId)}.execute-api.${region}.amazonaws.com`,
      ExecuteApiArn: `arn:${partition}:execute-api:${region}:${account}:${String(ApiId)}`,
    }),
    defaults: { ApiKeySelectionExpression: "$request.header.x-api-key", DisableExecuteApiEndpoint: false, IpAddressType: "ipv4" },
    holds: [
      ["AWS::ApiGatewayV2::Stage", "ApiId"],
      ["AWS::ApiGatewayV2::Route", "ApiId"],
      ["AWS::ApiGatewayV2::Integration", "ApiId"],
      ["AWS::ApiGatewayV2::Authorizer", "ApiId"],
    ],
  },
  "AWS::ApiGatewayV2::Stage": {
    arn: { service: "apigateway", isNobodys: true, end: ({ ApiId, StageName }) => `/apis/${String(ApiId)}/stages/${String(StageName)}` },
    defaults: { AutoDeploy: false },
    check: ofApi,
  },
  // CreateIntegration; DeleteIntegration refuses while a route leads to it
  "AWS::ApiGatewayV2::Integration": {
    ids: (digits) => ({ IntegrationId: digits.slice(0, 7) }),
    defaults: { ConnectionType: "INTERNET", TimeoutInMillis: 30_000 },
    check: ofApi,
    inUse: ({ properties: { ApiId, IntegrationId } }, call) => {
      const target = `integrations/${String(IntegrationId)}`;
      const user = all(call, "AWS::ApiGatewayV2::Route").find(
        ({ properties }) => properties["ApiId"] === ApiId && properties["Target"] === target,
      );
      return (
        user && `Cannot delete Integration '${String(IntegrationId)}' as it is referenced by Route '${String(user.properties["RouteId"])}'`
      );
    },
  },
  // CreateRoute
  "AWS::ApiGatewayV2::Route": {
    ids: (digits) => ({ RouteId: digits.slice(0, 7) }),
    defaults: { ApiKeyRequired: false, AuthorizationType: "NONE" },
    check(properties, call) {
      ofApi(properties, call);
      const { ApiId, RouteKey, RouteId, Target } = properties;
      const others = all(call, "AWS::ApiGatewayV2::Route").filter((one) => one.properties["RouteId"] !== RouteId);
      if (others.some((one) => one.properties["ApiId"] === ApiId && one.properties["RouteKey"] === RouteKey))
        throw new AwsFault("AlreadyExists", `Route with key ${String(RouteKey)} already exists for this API`);
      const integration = /^integrations\/(.+)$/.exec(String(Target))?.[1];
      if (integration !== undefined)
        needs(
          call,
          "AWS::ApiGatewayV2::Integration",
          `${String(ApiId)}|${integration}`,
          `Invalid integration identifier specified: ${integration}`,
        );
    },
  },
  // CreateAuthorizer; DeleteAuthorizer refuses while a route names it
  "AWS::ApiGatewayV2::Authorizer": {
    ids: (digits) => ({ AuthorizerId: digits.slice(0, 6) }),
    check: ofApi,
    inUse: ({ properties: { AuthorizerId } }, call) =>
      all(call, "AWS::ApiGatewayV2::Route").some(({ hidden }) => hidden["AuthorizerId"] === AuthorizerId)
        ? `Cannot delete Authorizer '${String(AuthorizerId)}' as it is referenced by a route`
        : undefined,
  },
  // CreateDomainName
  "AWS::ApiGatewayV2::DomainName": {
    arn: { service: "apigateway", isNobodys: true, end: ({ DomainName }) => `/domainnames/${String(DomainName)}` },
    made: ({ DomainName }, arn, { region }) => ({
      RegionalDomainName: `d-${Buffer.from(String(DomainName)).toString("hex").slice(0, 10)}.execute-api.${region}.amazonaws.com`,
      RegionalHostedZoneId: "Z2FDTNDATAQYW2",
      DomainNameArn: arn,
    }),
    defaults: { RoutingMode: "API_MAPPING_ONLY" },
    holds: [["AWS::ApiGatewayV2::ApiMapping", "DomainName"]],
    takes: 30_000,
  },
  // CreateApiMapping
  "AWS::ApiGatewayV2::ApiMapping": {
    ids: (digits) => ({ ApiMappingId: digits.slice(0, 6) }),
    check(properties, call) {
      ofApi(properties, call);
      const { ApiId, DomainName, Stage, ApiMappingId, ApiMappingKey = "" } = properties;
      needs(call, "AWS::ApiGatewayV2::DomainName", String(DomainName), "Invalid domain name identifier specified");
      needs(call, "AWS::ApiGatewayV2::Stage", `${String(ApiId)}|${String(Stage)}`, "Invalid stage identifier specified");
      const isTaken = all(call, "AWS::ApiGatewayV2::ApiMapping").some(
        ({ properties: other }) =>
          other["DomainName"] === DomainName && (other["ApiMappingKey"] ?? "") === ApiMappingKey && other["ApiMappingId"] !== ApiMappingId,
      );
      if (isTaken) throw new AwsFault("AlreadyExists", "ApiMapping key already exists for this domain name");
    },
  },
  "AWS::ApiGatewayV2::VpcLink": {
    arn: { service: "apigateway", isNobodys: true, end: ({ VpcLinkId }) => `/vpclinks/${String(VpcLinkId)}` },
    ids: (digits) => ({ VpcLinkId: digits.slice(0, 6) }),
    takes: 60_000,
  },
};
