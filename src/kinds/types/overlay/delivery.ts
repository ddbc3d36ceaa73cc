/** CloudFront and WAF. */
import { lastOf, same, seconds, sets, type Curated, type Part, type Place } from "./entry.ts";

/**
 * CloudFront is in no region. The tagging API shows its objects only in us-east-1 (Resource Groups Tagging API, GetResources); in other
 * regions the account's list finds them.
 */
const minutes = { create: { typical: 300, limit: 5400 }, delete: { typical: 300, limit: 5400 } };

/**
 * Policies and access controls of CloudFront have no tags. Comments have at most 128 characters, descriptions 256 (CloudFront API
 * reference).
 */
const marked = (config: string, property: string, max: number): Curated["mark"] => ({ way: [config, property], max });

export const delivery: Readonly<Record<string, Curated>> = {
  "AWS::CloudFront::Distribution": {
    doc: "A CloudFront distribution.",
    index: "cloudfront:distribution",
    idOf: lastOf,
    arn: (id, { partition, account }) => `arn:${partition}:cloudfront::${account}:distribution/${id}`,
    without: /ConnectionGroup$|VpcOrigin$|WithStagingConfig$/,
    waits: minutes,
    unordered: sets("aws_cloudfront_distribution", {
      "DistributionConfig.Aliases": "aliases",
      "DistributionConfig.CacheBehaviors.*.AllowedMethods": "ordered_cache_behavior.allowed_methods",
      "DistributionConfig.CacheBehaviors.*.CachedMethods": "ordered_cache_behavior.cached_methods",
      "DistributionConfig.CacheBehaviors.*.ForwardedValues.Cookies.WhitelistedNames":
        "ordered_cache_behavior.forwarded_values.cookies.whitelisted_names",
      "DistributionConfig.CacheBehaviors.*.ForwardedValues.Headers": "ordered_cache_behavior.forwarded_values.headers",
      "DistributionConfig.CacheBehaviors.*.FunctionAssociations": "ordered_cache_behavior.function_association",
      "DistributionConfig.CacheBehaviors.*.LambdaFunctionAssociations": "ordered_cache_behavior.lambda_function_association",
      "DistributionConfig.CustomErrorResponses": "custom_error_response",
      "DistributionConfig.DefaultCacheBehavior.AllowedMethods": "default_cache_behavior.allowed_methods",
      "DistributionConfig.DefaultCacheBehavior.CachedMethods": "default_cache_behavior.cached_methods",
      "DistributionConfig.DefaultCacheBehavior.ForwardedValues.Cookies.WhitelistedNames":
        "default_cache_behavior.forwarded_values.cookies.whitelisted_names",
      "DistributionConfig.DefaultCacheBehavior.ForwardedValues.Headers": "default_cache_behavior.forwarded_values.headers",
      "DistributionConfig.DefaultCacheBehavior.FunctionAssociations": "default_cache_behavior.function_association",
      "DistributionConfig.DefaultCacheBehavior.LambdaFunctionAssociations": "default_cache_behavior.lambda_function_association",
      "DistributionConfig.Origins.*.CustomOriginConfig.OriginSSLProtocols": "origin.custom_origin_config.origin_ssl_protocols",
      "DistributionConfig.Origins.*.OriginCustomHeaders": "origin.custom_header",
      "DistributionConfig.Restrictions.GeoRestriction.Locations": "restrictions.geo_restriction.locations",
    }),
    quirks: [
      [
        "A change takes minutes to reach all edge locations. The certificate must be in us-east-1, so the whole environment must be there.",
        'CloudFront Developer Guide, "Requirements for using SSL/TLS certificates with CloudFront"',
      ],
    ],
  },
  "AWS::CloudFront::OriginAccessControl": {
    doc: "The access of CloudFront to a bucket, by signed requests.",
    mark: marked("OriginAccessControlConfig", "Description", 256),
    service: "cloudfront",
    untied: ["origin-access-control/*"],
    waits: seconds,
    quirks: [["It has no tags. Its `Description` holds the owner, and you cannot write another description.", "infra"]],
  },
  "AWS::CloudFront::CachePolicy": {
    doc: "The cache key and the caching times of CloudFront.",
    mark: marked("CachePolicyConfig", "Comment", 128),
    service: "cloudfront",
    untied: ["cache-policy/*"],
    waits: seconds,
    unordered: sets("aws_cloudfront_cache_policy", {
      "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.CookiesConfig.Cookies":
        "parameters_in_cache_key_and_forwarded_to_origin.cookies_config.cookies.items",
      "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.HeadersConfig.Headers":
        "parameters_in_cache_key_and_forwarded_to_origin.headers_config.headers.items",
      "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.QueryStringsConfig.QueryStrings":
        "parameters_in_cache_key_and_forwarded_to_origin.query_strings_config.query_strings.items",
    }),
    quirks: [["It has no tags. Its `Comment` holds the owner, and you cannot write another comment.", "infra"]],
  },
  "AWS::CloudFront::OriginRequestPolicy": {
    doc: "The parts of a request that CloudFront forwards to an origin.",
    mark: marked("OriginRequestPolicyConfig", "Comment", 128),
    service: "cloudfront",
    untied: ["origin-request-policy/*"],
    waits: seconds,
    unordered: sets("aws_cloudfront_origin_request_policy", {
      "OriginRequestPolicyConfig.CookiesConfig.Cookies": "cookies_config.cookies.items",
      "OriginRequestPolicyConfig.HeadersConfig.Headers": "headers_config.headers.items",
      "OriginRequestPolicyConfig.QueryStringsConfig.QueryStrings": "query_strings_config.query_strings.items",
    }),
    quirks: [["It has no tags. Its `Comment` holds the owner, and you cannot write another comment.", "infra"]],
  },
  "AWS::CloudFront::ResponseHeadersPolicy": {
    doc: "Headers that CloudFront adds to responses.",
    mark: marked("ResponseHeadersPolicyConfig", "Comment", 128),
    service: "cloudfront",
    untied: ["response-headers-policy/*"],
    waits: seconds,
    quirks: [["It has no tags. Its `Comment` holds the owner, and you cannot write another comment.", "infra"]],
  },
  "AWS::CloudFront::Function": {
    doc: "A function that CloudFront runs at its edge locations.",
    index: "cloudfront:function",
    idOf: same,
    name: {
      field: "Name",
      max: 64,
      forbidden: /[^A-Za-z0-9_-]/,
      id: (name, { partition, account }) => `arn:${partition}:cloudfront::${account}:function/${name}`,
    },
    waits: seconds,
    unordered: sets("aws_cloudfront_function", { "FunctionConfig.KeyValueStoreAssociations": "key_value_store_associations" }),
    quirks: [
      [
        "`AutoPublish: true` is needed for a distribution to use it.",
        "CloudFormation User Guide, AWS::CloudFront::Function: `AutoPublish`",
      ],
    ],
  },
  "AWS::WAFv2::WebACL": {
    doc: "WAF rules for web requests.",
    index: "wafv2",
    idOf: wafId("webacl"),
    name: { field: "Name", max: 128, forbidden: /[^A-Za-z0-9_-]/ },
    lists: scopes,
    choices: [["DefaultAction"]],
    waits: { create: { typical: 10, limit: 900 }, delete: { typical: 60, limit: 1800 } },
    unordered: sets("aws_wafv2_web_acl", { TokenDomains: "token_domains" }),
    quirks: [["With `Scope: CLOUDFRONT`, the environment must be in us-east-1.", "WAF API, CreateWebACL: `Scope`"]],
  },
  "AWS::WAFv2::IPSet": {
    doc: "A set of IP addresses for WAF rules.",
    index: "wafv2",
    idOf: wafId("ipset"),
    name: { field: "Name", max: 128, forbidden: /[^A-Za-z0-9_-]/ },
    lists: scopes,
    waits: seconds,
    unordered: sets("aws_wafv2_ip_set", { Addresses: "addresses" }),
    quirks: [["With `Scope: CLOUDFRONT`, the environment must be in us-east-1.", "WAF API, CreateWebACL: `Scope`"]],
  },
  // WAF API reference, AssociateWebACL: a resource has one web ACL, and nothing lists these pairs through Cloud Control.
  "AWS::WAFv2::WebACLAssociation": {
    doc: "The association of a web ACL with a load balancer, an API or a user pool. CloudFront distributions name theirs in `DistributionConfig.WebACLId`.",
    part: { ...ofAcl("WebACLArn"), key: ["ResourceArn"], idFrom: (acl, resource) => `${resource}|${acl}` },
    service: "wafv2",
    also: ["elasticloadbalancing:SetWebAcl"],
    waits: seconds,
    quirks: [
      ["A resource has only one web ACL: the association replaces one that others made for the same resource.", "WAF API, AssociateWebACL"],
      [
        "It cannot be changed: the old one is deleted, and then a new one is created.",
        "the schema: all of its properties are create-only, or it has no handler for updates",
      ],
    ],
  },
  // WAF API reference, PutLoggingConfiguration: one for each web ACL.
  "AWS::WAFv2::LoggingConfiguration": {
    doc: "The destination of the logs of a web ACL.",
    part: { ...ofAcl("ResourceArn"), key: [] },
    service: "wafv2",
    waits: seconds,
    unordered: sets("aws_wafv2_web_acl_logging_configuration", {
      LogDestinationConfigs: "log_destination_configs",
      "LoggingFilter.Filters": "logging_filter.filter",
      "LoggingFilter.Filters.*.Conditions": "logging_filter.filter.condition",
    }),
    quirks: [
      ["The name of the log group, stream or bucket begins with `aws-waf-logs-`.", 'WAF Developer Guide, "Logging destinations"'],
      [
        "The role that creates it also needs permission to deliver logs there. The policy of the destination is the best place for this permission.",
        "WAF API, PutLoggingConfiguration",
      ],
    ],
  },
};

/** Returns the description of a part of a web ACL, which it names by ARN. */
function ofAcl(field: string): Omit<Part, "key"> {
  return { field, of: "AWS::WAFv2::WebACL", idOf: (arn) => wafId("webacl")(arn) ?? arn, output: "Arn" };
}

/** Returns the scopes to list. The scope of CloudFront exists only in us-east-1 (WAF API reference, ListWebACLs). */
function scopes({ region }: Place): readonly Readonly<Record<string, string>>[] {
  return [{ Scope: "REGIONAL" }, ...(region === "us-east-1" ? [{ Scope: "CLOUDFRONT" }] : [])];
}

/** Turns `arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/1234` into `shop|1234|REGIONAL`. */
function wafId(type: string): (arn: string) => string | undefined {
  return (arn) => {
    const [, scope = "", name = "", id = ""] = new RegExp(`:(regional|global)/${type}/([^/]+)/([^/]+)$`).exec(arn) ?? [];
    return id === "" ? undefined : `${name}|${id}|${scope === "global" ? "CLOUDFRONT" : "REGIONAL"}`;
  };
}
