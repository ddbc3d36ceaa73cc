import { unzipped } from "../../resource/gzip.ts";
import { without } from "../shared/authored.ts";
import { authoredMachine, remarksOfMachine } from "../shared/instances/authored.ts";
import { machineNames } from "../shared/instances/names.ts";
import type { LaunchTemplate as AwsTemplate, LaunchTemplateVersion } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { existing, unlessGone } from "../../aws/eventual.ts";
import { preflightMachines } from "../shared/instances/preflight.ts";
import { idFilters, isMeant, tagFilters } from "../shared/lookup.ts";
import { environmentFilter, literal, ownership, tagsOf } from "../../resource/ownership.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import type { Authored, AwsId, Driver, Kind, Live, Problem, ResourceIndex, Subject } from "../kind.ts";
import { checkKeyOfWindows } from "../shared/instances/private-keys.ts";
import { dataOf, hashOfData, observeData } from "./data.ts";
import { schema, type LaunchTemplate } from "./schema.ts";
import { describe, setVersion, warn } from "./versions.ts";
import { checkMachine } from "../shared/instances/checks.ts";
import { isSameKmsKey, normaliseMachine, spotOf } from "../shared/instances/launch.ts";
import { checkFurther, differing } from "../shared/instances/further-interfaces.ts";
import { checkRequirements, isSameRequirements } from "../shared/instances/requirements.ts";
import { imageLines } from "../shared/told.ts";
import { opensWhen, opensWithMore } from "../shared/urgency.ts";
import { ec2Index } from "../shared/ec2-index.ts";

export type { LaunchTemplate } from "./schema.ts";

interface Handle {
  /** The default version, which users of the template pin by number. */
  readonly version: number;
  readonly latest: number;
  readonly image: string | undefined;
}

type LiveTemplate = Live<LaunchTemplate, Handle>;

/**
 * The fields that a version contains. The role needs the right to make versions only where a template writes one of them: an empty template
 * gets no second version.
 */
const ofVersions = Object.keys(schema.properties).filter((field) => field !== "imageUpdates");

const options = "networkInterfaceOptions";

const disk = {
  encrypted: { change: "update", urgency: "safety" },
  kmsKey: { change: "update", same: (request: string, have: string | undefined) => isSameKmsKey(request, have), urgency: "safety" },
} as const;

export const launchTemplate: Kind<LaunchTemplate, Handle> = {
  name: "launchTemplate",
  section: "launchTemplates",
  idPrefix: "lt-",
  doc: "The configuration with which groups launch instances. A change makes a new version; groups name versions by number.",
  outputs: { version: { doc: "The default version.", type: "number", changesWith: "update" }, name: "The name in AWS." },
  foreign: {
    kind: ["lt", "launch_configuration"],
    fields: { ...machineNames, VersionDescription: "description", version_description: "description" },
  },
  summary: ({ instanceType, instanceRequirements }) =>
    instanceType === undefined
      ? { line: instanceRequirements ? "several instance types" : "no instance type", tells: [] }
      : { line: instanceType, tells: ["instanceType"] },
  schema,
  fields: {
    // A newer image for the same expression is no change, unless the author says otherwise.
    image: {
      change: (_was, _now, { now, live }) => (live === undefined && now.imageUpdates !== "replace" ? "note" : "update"),
      whileGone: "free",
      hashTag: "infra:image",
      lines: imageLines,
      same: (_want, have, _live, resolved, spec) => spec?.imageUpdates !== "replace" || have === resolved,
    },
    imageUpdates: { change: "never" },
    instanceType: { change: "update" },
    instanceRequirements: { change: "update", same: isSameRequirements },
    description: { change: "never" },
    ipv6AddressCount: { change: "update" },
    networkInterfaceOptions: { change: "update" },
    networkInterfaces: { change: "update", same: areSameFurther, default: { value: [], class: "enforced" } },
    keyPair: { change: "update", whileGone: "free", urgency: "safety" },
    securityGroups: { change: "update", as: "set", whileGone: "free", urgency: opensWithMore },
    associatePublicIpAddress: { change: "update", urgency: opensWhen(true) },
    instanceProfile: { change: "update", urgency: "safety" },
    userData: { change: "update", hashed: true, late: true, means: unzipped, urgency: "safety" },
    userDataEncoding: { change: "never" },
    rootVolume: { change: "update", of: disk },
    volumes: { change: "update", as: "map" },
    metadataOptions: { change: "update", urgency: opensWhen("optional") },
    monitoring: { change: "update" },
    disableApiTermination: { change: "update", urgency: "safety" },
    disableApiStop: { change: "update", urgency: "safety" },
    hibernation: { change: "update" },
    cpuOptions: { change: "update" },
    enclave: { change: "update" },
    maintenanceOptions: { change: "update" },
    privateDnsNameOptions: { change: "update" },
    shutdownBehavior: { change: "update", urgency: "safety" },
    spot: { change: "update", same: isSameSpot },
    placementGroup: { change: "update", whileGone: "free" },
    capacityReservation: { change: "update", whileGone: "free" },
    tenancy: { change: "update" },
    ebsOptimized: { change: "update" },
    creditSpecification: { change: "update" },
    instanceTags: { change: "update", as: "map", late: true },
    volumeTags: { change: "update", as: "map", late: true },
  },
  stages: [{ name: "create" }],
  create: "token",
  naming: { max: 128, forbidden: /[^A-Za-z0-9().\-/_]/ },
  replace: "create-first",
  waits: { create: "instant", delete: "instant" },
  tagIndex: ec2Index("launch-template"),
  // A page of templates, and the default version of each.
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 200)) + n.ours,
  iam: {
    read: ["ec2:DescribeImages", "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeLaunchTemplateVersions", "ec2:DescribeLaunchTemplates"],
    write: [
      "ec2:CreateLaunchTemplate",
      "ec2:CreateLaunchTemplateVersion",
      "ec2:CreateTags",
      "ec2:DeleteLaunchTemplate",
      "ec2:DeleteLaunchTemplateVersions",
      "ec2:DeleteTags",
      "ec2:ModifyLaunchTemplate",
    ],
    remove: ["ec2:DeleteLaunchTemplate", "ec2:DeleteLaunchTemplateVersions"],
    onlyFor: {
      "ec2:DescribeInstanceTypeOfferings": ["instanceType"],
      "ec2:CreateLaunchTemplateVersion": ofVersions,
      "ec2:ModifyLaunchTemplate": ofVersions,
    },
    access: { "ec2:CreateLaunchTemplate": { made: ["launch-template/*"] } },
  },
  check,
  normalise: normaliseMachine,
  notes,
  authored,
  goesWithUsers: true,
  drawn: () => ({ as: "hidden", sub: "launch template" }),
  withoutNetwork: "its security groups count for the instances and Auto Scaling groups that use it",
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

function authored({ networkInterfaceOptions: card = {}, ...spec }: Partial<LaunchTemplate>): Authored<LaunchTemplate> {
  const { cpuOptions, privateDnsNameOptions } = spec;
  const written = writtenOptions(card);
  return {
    spec: {
      ...authoredMachine(spec),
      // A template has these only where somebody asked for them. Without them, the next version would lose them.
      ...without({ cpuOptions, privateDnsNameOptions }, {}),
      ...(isSet(written) ? { networkInterfaceOptions: written } : {}),
    },
    remarks: remarksOfMachine(spec),
  };
}

/** The interface options to write, without the defaults: an interface is deleted with its instance. */
function writtenOptions(options: unknown) {
  return without((options ?? {}) as NonNullable<LaunchTemplate["networkInterfaceOptions"]>, { deleteOnTermination: true, description: "" });
}

function check(self: Subject<LaunchTemplate> & { readonly awsName?: string }, index: ResourceIndex): readonly Problem[] {
  const problems = [
    ...checkMachine(self.spec),
    ...checkKeyOfWindows(self, index),
    ...checkTypes(self.spec),
    ...checkSeveral(self.spec, index),
  ];
  if (self.awsName !== undefined && self.awsName.length < 3)
    problems.push({
      code: "bad-name",
      path: "name",
      summary: `the name of a launch template must have at least 3 characters, and "${self.awsName}" has ${self.awsName.length}`,
    });
  return problems;
}

function checkSeveral({ networkInterfaces = [], associatePublicIpAddress }: LaunchTemplate, index: ResourceIndex): Problem[] {
  const problems = networkInterfaces.flatMap((one, i) => checkFurther(one, `networkInterfaces[${i}]`, index));
  if (networkInterfaces.length > 0 && associatePublicIpAddress)
    problems.push({
      code: "conflict",
      path: "associatePublicIpAddress",
      summary: "EC2 does not assign a public IPv4 address to an instance that is launched with several network interfaces.",
      hint: "remove `associatePublicIpAddress` or `networkInterfaces`",
    });
  return problems;
}

/** Compares one by one, in order. */
function areSameFurther(
  request: NonNullable<LaunchTemplate["networkInterfaces"]>,
  have: LaunchTemplate["networkInterfaces"] = [],
): boolean {
  return request.length === have.length && request.every((one, i) => differing(one, have[i]!).length === 0);
}

/** Checks the instance types. Requirements replace a type (EC2 API, RequestLaunchTemplateData). */
function checkTypes({ instanceType, instanceRequirements }: LaunchTemplate): readonly Problem[] {
  if (instanceRequirements === undefined) return [];
  const problems = checkRequirements(instanceRequirements, "instanceRequirements");
  if (instanceType === undefined) return problems;
  return [
    ...problems,
    {
      code: "conflict",
      path: "instanceType",
      summary: "A launch template has `instanceType` or `instanceRequirements`, not both.",
      hint: "remove one of them",
    },
  ];
}

/** Compares spot on or off, and the written conditions. */
function isSameSpot(request: LaunchTemplate["spot"], have: LaunchTemplate["spot"]): boolean {
  const [resolved, found] = [spotOf(request), spotOf(have)];
  if (!resolved || !found) return !resolved === !found;
  return (["type", "interruptionBehavior", "maxPrice"] as const).every(
    (member) => resolved[member] === undefined || resolved[member] === found[member],
  );
}

function notes({ spec }: Subject<LaunchTemplate>, live: LiveTemplate, resolved: LaunchTemplate): readonly string[] {
  const found: string[] = [];
  if (
    typeof spec.image !== "string" &&
    typeof resolved.image === "string" &&
    resolved.image !== live.spec.image &&
    spec.imageUpdates !== "replace"
  )
    found.push(`a newer image is available: ${resolved.image}; version ${live.handle.version} has ${String(live.spec.image)}`);
  const unwritten = Object.entries(live.spec)
    .filter(([field, value]) => !(field in spec) && field !== "metadataOptions" && isSet(field === options ? writtenOptions(value) : value))
    .map(([field]) => field);
  if (unwritten.length > 0)
    found.push(
      `version ${live.handle.version} also sets ${unwritten.join(", ")}, which the YAML does not write; the next version will not set it`,
    );
  return found;
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === false) return false;
  return typeof value !== "object" || value === null || Object.values(value).some((inner) => inner !== undefined);
}

function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<LaunchTemplate, Handle> {
  return {
    async *list(aws, scope) {
      for await (const page of aws.ec2.pages(ec2.DescribeLaunchTemplatesCommand, { Filters: environmentFilter(scope), MaxResults: 200 }))
        yield* await observe(aws, page.LaunchTemplates ?? []);
    },

    async get(aws, ids) {
      const found = await existing(
        ids,
        200,
        async (LaunchTemplateIds) => (await aws.ec2(new ec2.DescribeLaunchTemplatesCommand({ LaunchTemplateIds }))).LaunchTemplates ?? [],
      );
      return new Map((await observe(aws, found)).map((one) => [one.id, one]));
    },

    async create(aws, request, identity, say = () => {}) {
      const data = await dataOf(aws, request, request.image as string | undefined);
      try {
        const { LaunchTemplate: made, Warning } = await aws.ec2(
          new ec2.CreateLaunchTemplateCommand({
            LaunchTemplateName: identity.name,
            ClientToken: identity.token,
            VersionDescription: describe(hashOfData(data), request.description),
            LaunchTemplateData: data,
            TagSpecifications: tagSpecifications("launch-template", identity.tags),
          }),
        );
        warn(Warning?.Errors, { say });
        return made!.LaunchTemplateId!;
      } catch (error) {
        // AWS forgets the token after a while, but not the name. A create whose answer was lost long ago finds its template by name.
        const mine = hasCode(error, "InvalidLaunchTemplateName.AlreadyExistsException") ? await named(aws, identity.name) : undefined;
        if (mine === undefined || tagsOf(mine.Tags)[ownership.token] !== identity.token) throw error;
        return mine.LaunchTemplateId!;
      }
    },

    async update(aws, _stage, live, request, changes, run) {
      await setVersion(aws, ec2, live.id, request, imageFor(live, request, changes.image !== undefined), run);
    },

    async delete(aws, live) {
      await unlessGone(aws.ec2(new ec2.DeleteLaunchTemplateCommand({ LaunchTemplateId: live.id })));
    },

    tag: ec2Tagging,

    async named(aws, names) {
      const found = new Map<string, AwsId>();
      for (const Filters of idFilters("launch-template-name", names.map(literal)))
        for await (const page of aws.ec2.pages(ec2.DescribeLaunchTemplatesCommand, { Filters, MaxResults: 200 }))
          for (const one of page.LaunchTemplates ?? []) found.set(one.LaunchTemplateName!, one.LaunchTemplateId!);
      return found;
    },

    preflight: (aws, planned, around) => preflightMachines(aws, planned, around, () => []),

    async find(aws, tags, owner) {
      const ids: AwsId[] = [];
      for await (const page of aws.ec2.pages(ec2.DescribeLaunchTemplatesCommand, { Filters: tagFilters(tags), MaxResults: 200 }))
        for (const found of page.LaunchTemplates ?? []) if (isMeant(found, tags, owner ?? aws.account)) ids.push(found.LaunchTemplateId!);
      return ids;
    },
  };

  async function observe(aws: Aws, templates: readonly AwsTemplate[]): Promise<LiveTemplate[]> {
    const lives = await Promise.all(templates.map((found) => unlessGone(observeOne(aws, found))));
    return lives.filter((one) => one !== undefined);
  }

  /** Reads a template by its default version. Others may add versions for their own purposes. */
  async function observeOne(aws: Aws, found: AwsTemplate): Promise<LiveTemplate | undefined> {
    const { LaunchTemplateVersions: [version] = [] } = await aws.ec2(
      new ec2.DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: found.LaunchTemplateId!, Versions: ["$Default"] }),
    );
    return version && live(found, version);
  }

  async function named(aws: Aws, name: string): Promise<AwsTemplate | undefined> {
    return (await unlessGone(aws.ec2(new ec2.DescribeLaunchTemplatesCommand({ LaunchTemplateNames: [name] }))))?.LaunchTemplates?.[0];
  }
}

/**
 * The image for a new version. A version made for another reason keeps the old image, so that a changed tag does not roll new software out
 * to a fleet.
 */
function imageFor(live: LiveTemplate, request: LaunchTemplate, isChanged: boolean): string | undefined {
  return isChanged ? (request.image as string | undefined) : (live.handle.image ?? (request.image as string | undefined));
}

function live(found: AwsTemplate, { VersionNumber, LaunchTemplateData: data = {} }: LaunchTemplateVersion): LiveTemplate {
  const id = found.LaunchTemplateId!;
  const version = VersionNumber!;
  const latest = found.LatestVersionNumber ?? version;
  return {
    id,
    // A group that has pinned the default version refers to the template by this.
    aliases: [`${id}:${version}`],
    tags: tagsOf(found.Tags),
    name: found.LaunchTemplateName,
    state: "ready",
    createdAt: found.CreateTime?.toISOString(),
    spec: observeData(data),
    handle: { version, latest, image: data.ImageId },
    outputs: {
      version: String(version),
      name: found.LaunchTemplateName ?? "",
      image: data.ImageId ?? "",
      instanceType: data.InstanceType ?? "",
    },
    ...(latest > version ? { notes: [`the newest version, ${latest}, is not the default version, which is ${version}`] } : {}),
  };
}
