/** CloudFront and WAF. */
import { AwsFault, type Call } from "../../../model.ts";
import { all, invalid, needs, type Behaviour, type Properties, uuidOf } from "./behaviour.ts";

interface Config {
  readonly Aliases?: readonly string[];
  readonly Origins?: readonly { readonly OriginAccessControlId?: string }[];
  readonly ViewerCertificate?: { readonly AcmCertificateArn?: string };
}

const configOf = (properties: Properties) => properties["DistributionConfig"] as Config;
const originsOf = (properties: Properties) => configOf(properties).Origins ?? [];
const wafEnd = (type: string, { Scope, Name, Id }: Properties) =>
  `${Scope === "CLOUDFRONT" ? "global" : "regional"}/${type}/${String(Name)}/${String(Id)}`;

const ofAcl = (property: string) => (properties: Properties, call: Call) => {
  if (!all(call, "AWS::WAFv2::WebACL").some(({ arn }) => arn === properties[property]))
    throw new AwsFault("NotFound", "AWS WAF couldn’t perform the operation because your resource doesn’t exist.");
};

export const delivery: Readonly<Record<string, Behaviour>> = {
  // CloudFront API reference, CreateDistribution
  "AWS::CloudFront::Distribution": {
    arn: { service: "cloudfront", isGlobal: true, end: ({ Id }) => `distribution/${String(Id)}` },
    ids: (digits) => ({ Id: `E${digits.slice(0, 13).toUpperCase()}` }),
    made: ({ Id }) => ({ DomainName: `d${String(Id).slice(1).toLowerCase()}.cloudfront.net` }),
    check(properties, call) {
      for (const { OriginAccessControlId: id } of originsOf(properties))
        if (id) needs(call, "AWS::CloudFront::OriginAccessControl", id, "The specified origin access control does not exist.");
      const { ViewerCertificate, Aliases = [] } = configOf(properties);
      const arn = ViewerCertificate?.AcmCertificateArn;
      if (arn !== undefined && arn.split(":")[3] !== "us-east-1")
        throw invalid(
          "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
        );
      if (Aliases.length > 0 && arn === undefined)
        throw invalid(
          "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name.",
        );
    },
    takes: 240_000,
  },
  // DeleteOriginAccessControl: refused while a distribution uses it
  "AWS::CloudFront::OriginAccessControl": {
    ids: (digits) => ({ Id: `E${digits.slice(0, 12).toUpperCase()}` }),
    inUse: ({ id }, call) =>
      all(call, "AWS::CloudFront::Distribution").some(({ properties }) =>
        originsOf(properties).some((one) => one.OriginAccessControlId === id),
      )
        ? "Cannot delete the origin access control because it's in use by one or more distributions."
        : undefined,
  },
  "AWS::CloudFront::Function": {
    arn: { service: "cloudfront", isGlobal: true, end: ({ Name }) => `function/${String(Name)}` },
    made: (_properties, arn) => ({ FunctionARN: arn, Stage: "LIVE" }),
  },
  "AWS::WAFv2::WebACL": {
    arn: { service: "wafv2", end: (properties) => wafEnd("webacl", properties) },
    ids: (digits) => ({ Id: uuidOf(digits) }),
    check({ DefaultAction }) {
      if (Object.keys((DefaultAction ?? {}) as object).length !== 1)
        throw invalid(
          "Error reason: You have used none or multiple values for a field that requires exactly one value., field: DEFAULT_ACTION",
        );
    },
    inUse: ({ arn }, call) =>
      all(call, "AWS::WAFv2::WebACLAssociation").some(({ properties }) => properties["WebACLArn"] === arn)
        ? "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource."
        : undefined,
    holds: [["AWS::WAFv2::LoggingConfiguration", "ResourceArn"]],
    made: (properties, arn) => ({ Arn: arn, Capacity: 1, LabelNamespace: `awswaf:${String(properties["Name"])}:` }),
  },
  "AWS::WAFv2::IPSet": {
    arn: { service: "wafv2", end: (properties) => wafEnd("ipset", properties) },
    ids: (digits) => ({ Id: uuidOf(digits) }),
    made: (_properties, arn) => ({ Arn: arn }),
  },
  // WAF API reference, AssociateWebACL
  "AWS::WAFv2::WebACLAssociation": { ids: () => ({}), check: ofAcl("WebACLArn") },
  // PutLoggingConfiguration
  "AWS::WAFv2::LoggingConfiguration": { made: () => ({ ManagedByFirewallManager: false }), check: ofAcl("ResourceArn") },
};
