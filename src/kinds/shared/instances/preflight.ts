/** Checks by reads before the first write, shared by kinds that launch instances, and helpers for other checks. */
import type { Aws } from "../../../aws/aws.ts";
import { isDenied } from "../../../aws/errors.ts";
import type { Address, Around, PlannedObject, PreflightFindings } from "../../kind.ts";
import { idFilters } from "../lookup.ts";
import { isEd25519 } from "./private-keys.ts";
import { architectureOf } from "./processor.ts";

/** Returns the answer of a read. When the role lacks the right for it, names the check in `unchecked` and returns undefined. */
export async function ifAllowed<T>(answer: Promise<T>, what: string, unchecked: string[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!isDenied(error)) throw error;
    unchecked.push(`${what}: ${error.operation} was denied (${error.code})`);
    return undefined;
  }
}

/**
 * Compares a limit of the account with the existing objects and those that a plan adds. The problem is reported at the first object that is
 * too many.
 */
export function beyondLimit(
  planned: readonly PlannedObject[],
  { used, most }: { readonly used: number; readonly most: number | undefined },
  what: string,
): PreflightFindings["problems"] {
  if (most === undefined || used + planned.length <= most) return [];
  const first = planned[Math.max(0, most - used)]!;
  return [
    {
      address: first.address,
      text: `the account may have ${most} ${what} here and has ${used}, and the plan would add ${planned.length} (request a higher quota in Service Quotas)`,
    },
  ];
}

/** An instance type, and the zones that must offer it. Without zones, any zone of the region is enough. */
export interface Launch {
  readonly address: Address;
  readonly path: string;
  readonly type: string;
  readonly zones: readonly string[];
  /** The id of its image, if it is known. */
  readonly image?: string;
  /** Whether its key pair is an ED25519 one. */
  readonly hasEd25519?: boolean;
}

/** Checks planned instances or launch templates. */
export async function preflightMachines(
  aws: Aws,
  planned: readonly PlannedObject<{ readonly instanceType?: string; readonly image?: unknown; readonly keyPair?: string }>[],
  around: Around,
  zonesOf: (address: Address) => readonly string[],
): Promise<PreflightFindings> {
  const launches = planned.flatMap(({ address, request }): Launch[] => {
    if (request.instanceType === undefined) return [];
    return [
      {
        address,
        path: "instanceType",
        type: request.instanceType,
        zones: zonesOf(address),
        hasEd25519: request.keyPair !== undefined && isEd25519(around.spec(request.keyPair)),
        ...(typeof request.image === "string" && request.image.startsWith("ami-") ? { image: request.image } : {}),
      },
    ];
  });
  return preflightTypes(aws, launches);
}

/** Reports types that a zone, or the whole region, does not offer, and types that do not fit their image. */
export async function preflightTypes(aws: Aws, launches: readonly Launch[]): Promise<PreflightFindings> {
  const [offers, processors] = await Promise.all([preflightOffers(aws, launches), preflightProcessors(aws, launches)]);
  return { problems: [...offers.problems, ...processors.problems], unchecked: [...offers.unchecked, ...processors.unchecked] };
}

async function preflightProcessors(aws: Aws, launches: readonly Launch[]): Promise<PreflightFindings> {
  const unchecked: string[] = [];
  const images = [...new Set(launches.flatMap(({ image }) => image ?? []))];
  const made = await ifAllowed(factsOf(aws, images), "whether images fit the instance types", unchecked);
  const problems = launches.flatMap(({ address, path, type, image, hasEd25519 }) => {
    const facts = made?.get(image ?? "");
    const has = architectureOf(type);
    return [
      ...(facts === undefined || facts.architecture === has
        ? []
        : [{ address, path, text: `the image ${image} is for ${facts.architecture}, but ${type} has ${has} processors` }]),
      // EC2 User Guide, "Amazon EC2 key pairs and Amazon EC2 instances".
      ...(facts?.isWindows && hasEd25519
        ? [
            {
              address,
              path: "keyPair",
              text: `the image ${image} is a Windows image, which needs an RSA key, but the key pair is ED25519`,
            },
          ]
        : []),
    ];
  });
  return { problems, unchecked };
}

/** Returns the architecture of each image that exists, and whether it is a Windows image. */
async function factsOf(
  aws: Aws,
  images: readonly string[],
): Promise<ReadonlyMap<string, { readonly architecture: string; readonly isWindows: boolean }>> {
  const found = new Map<string, { readonly architecture: string; readonly isWindows: boolean }>();
  if (images.length === 0) return found;
  const ec2 = await import("../../../aws/sdk/ec2.ts");
  for (const Filters of idFilters("image-id", images))
    for await (const page of aws.ec2.pages(ec2.DescribeImagesCommand, { Filters, IncludeDeprecated: true, MaxResults: 1000 }))
      for (const { ImageId: id, Architecture: architecture, Platform: platform } of page.Images ?? [])
        if (id !== undefined && architecture !== undefined)
          // AWS's answers spell it "windows" and the SDK "Windows".
          found.set(id, { architecture: architecture.replace(/_mac$/, ""), isWindows: /^windows$/i.test(platform ?? "") });
  return found;
}

async function preflightOffers(aws: Aws, launches: readonly Launch[]): Promise<PreflightFindings> {
  const unchecked: string[] = [];
  const types = [...new Set(launches.map(({ type }) => type))];
  if (types.length === 0) return { problems: [], unchecked };
  const offered = await ifAllowed(offeringsOf(aws, types), "whether zones offer the instance types", unchecked);
  if (!offered) return { problems: [], unchecked };
  const problems = launches.flatMap(({ address, path, type, zones }) => {
    const places = offered.get(type);
    if (!places) return [{ address, path, text: `${aws.region} does not offer the instance type ${type}` }];
    return zones
      .filter((zone) => !places.has(zone))
      .map((zone) => ({ address, path, text: `${zone} does not offer ${type}; these zones do: ${[...places].sort().join(", ")}` }));
  });
  return { problems, unchecked };
}

async function offeringsOf(aws: Aws, types: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const ec2 = await import("../../../aws/sdk/ec2.ts");
  const zones = new Map<string, Set<string>>();
  for (let from = 0; from < types.length; from += 200)
    for await (const page of aws.ec2.pages(ec2.DescribeInstanceTypeOfferingsCommand, {
      LocationType: "availability-zone",
      Filters: [{ Name: "instance-type", Values: types.slice(from, from + 200) }],
      MaxResults: 1000,
    }))
      for (const { InstanceType: type, Location: zone } of page.InstanceTypeOfferings ?? []) {
        if (!zones.has(type!)) zones.set(type!, new Set());
        zones.get(type!)!.add(zone!);
      }
  return zones;
}
