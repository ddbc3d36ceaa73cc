import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["vpc_endpoint", "aws_vpc_endpoint", "endpoint"],
  fields: {
    PrivateDnsEnabled: "privateDns",
    private_dns_enabled: "privateDns",
    PolicyDocument: "policy",
    ServiceName: "service",
    service_name: "service",
    DnsOptions: "dnsRecordIpType",
    dns_options: "dnsRecordIpType",
    VpcEndpointType: "type",
    vpc_endpoint_type: "type",
  },
};
