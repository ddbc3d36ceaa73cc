import type { Case } from "../case.ts";

export const transitGateway: Case = {
  kind: "transitGateway",
  index: {},
  bare: {},
  forms: [
    {
      full: {
        description: "Hub",
        amazonSideAsn: 65_010,
        cidrBlocks: ["10.255.0.0/24"],
        defaultRouteTableAssociation: false,
        defaultRouteTablePropagation: false,
        dnsSupport: false,
        vpnEcmpSupport: false,
        securityGroupReferencingSupport: true,
        autoAcceptSharedAttachments: true,
        multicastSupport: true,
      },
      changes: [
        ["description", "The hub"],
        ["amazonSideAsn", 65_020],
        ["cidrBlocks", ["10.255.0.0/24", "10.254.0.0/24"]],
        ["cidrBlocks", undefined],
        ["defaultRouteTableAssociation", undefined],
        ["defaultRouteTablePropagation", true],
        ["dnsSupport", undefined],
        ["vpnEcmpSupport", true],
        ["securityGroupReferencingSupport", undefined],
        ["autoAcceptSharedAttachments", false],
        ["multicastSupport", undefined, "replace"],
      ],
    },
  ],
};
