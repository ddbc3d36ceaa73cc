import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["route53_record", "aws_route53_record", "recordset", "record_set", "dns_record"],
  fields: {
    AliasTarget: "alias",
    HostedZoneId: "zone",
    HostedZoneName: "zone",
    zone_id: "zone",
    ResourceRecords: "values",
    records: "values",
    Records: "values",
    evaluate_target_health: "evaluateTargetHealth",
  },
};
