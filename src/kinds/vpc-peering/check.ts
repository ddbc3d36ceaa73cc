/** Checks of a peering connection that a schema cannot express. */
import { contains, rangesOf, overlap } from "../../resource/ranges.ts";
import type { Problem, ResourceIndex, Subject } from "../kind.ts";
import { indexBy, refKey } from "../shared/network/network-index.ts";

interface Peering {
  readonly vpc: string;
  readonly peerVpc?: string;
  readonly peerOwner?: string;
  readonly peerRegion?: string;
  readonly accept?: boolean | string;
  readonly dnsResolution?: boolean;
}

/** Whether the other side is in another account or region, where this run cannot accept anything. */
export function isForeign({ peerOwner, peerRegion, accept }: Partial<Peering>): boolean {
  return peerOwner !== undefined || peerRegion !== undefined || typeof accept === "string";
}

export function checkPeering(self: Subject<Peering>, index: ResourceIndex): readonly Problem[] {
  const { spec } = self;
  if (typeof spec.accept === "string") return [...checkAccepted(spec), ...checkNames(spec, index)];
  if (spec.peerVpc === undefined)
    return [
      {
        code: "missing-field",
        summary: `${self.address} does not name the VPC on the other side.`,
        hint: "add `peerVpc`, or `accept: pcx-…` to accept a request from another account or region",
      },
    ];
  return [...checkSides(self, index), ...checkRanges(spec, index), ...checkNames(spec, index)];
}

function checkAccepted(spec: Peering): readonly Problem[] {
  const beside = (["peerVpc", "peerOwner", "peerRegion"] as const).filter((field) => spec[field] !== undefined);
  return beside.map((path) => ({
    code: "conflict",
    path,
    summary: `The request that \`accept\` names already determines \`${path}\`.`,
    hint: `remove \`${path}\``,
  }));
}

function checkSides({ address, spec }: Subject<Peering>, index: ResourceIndex): readonly Problem[] {
  const pairOf = ({ vpc, peerVpc }: Peering) => [refKey(vpc), refKey(peerVpc)].sort().join(" ");
  const first = indexBy(index, "peerings by pair", "vpcPeering", (one) => [pairOf(one.spec as Peering)]).get(pairOf(spec))?.[0];
  return [
    ...(refKey(spec.vpc) === refKey(spec.peerVpc)
      ? [{ code: "conflict" as const, path: "peerVpc", summary: "A VPC cannot have a peering connection with itself." }]
      : []),
    ...(first && first.address !== address
      ? [
          {
            code: "conflict" as const,
            path: "peerVpc",
            summary: `${first.address} already connects these two VPCs, and AWS allows only one connection between them.`,
          },
        ]
      : []),
    ...(isForeign(spec) && spec.accept === true
      ? [
          {
            code: "conflict" as const,
            path: "accept",
            summary: "A request to another account or region must be accepted there.",
            hint: "remove `accept`; there, declare a peering with `accept: pcx-…`, or accept it by hand",
          },
        ]
      : []),
    ...(index.get(spec.peerVpc!) && isForeign(spec)
      ? [
          {
            code: "conflict" as const,
            path: spec.peerOwner === undefined ? "peerRegion" : "peerOwner",
            summary: `${spec.peerVpc} is in the account and region of this environment.`,
          },
        ]
      : []),
  ];
}

/** Checks the ranges for overlaps. AWS accepts such a request and then lets it fail (VPC Peering Guide, "VPC peering limitations"). */
function checkRanges(spec: Peering, index: ResourceIndex): readonly Problem[] {
  const of = (vpc: string) => {
    const found = index.get(vpc)?.spec as { readonly cidrBlock?: string; readonly secondaryCidrBlocks?: readonly string[] } | undefined;
    return rangesOf([found?.cidrBlock, ...(found?.secondaryCidrBlocks ?? [])]);
  };
  const theirs = of(spec.peerVpc!);
  const isOverlapping = of(spec.vpc).some((mine) => theirs.some((other) => overlap(mine, other) || contains(mine, other)));
  if (!isOverlapping) return [];
  return [
    {
      code: "cidr-overlap",
      path: "peerVpc",
      summary: `Ranges of ${spec.vpc} and ${spec.peerVpc} overlap, and AWS refuses to connect such VPCs.`,
      hint: "give one of them another `cidrBlock`",
    },
  ];
}

function checkNames(spec: Peering, index: ResourceIndex): readonly Problem[] {
  if (spec.dnsResolution !== true) return [];
  return [spec.vpc, spec.peerVpc].flatMap((vpc) => {
    const found = vpc === undefined ? undefined : index.get(vpc);
    if (!found || found.spec.enableDnsHostnames === true) return [];
    return {
      code: "conflict" as const,
      path: "dnsResolution",
      summary: `dnsResolution needs enableDnsHostnames on ${found.address}.`,
      hint: `write \`enableDnsHostnames: true\` on ${found.address}`,
    };
  });
}
