/** Reads what DescribeInstances does not return, only for the instances whose YAML writes such fields. */
import { textOfBytes } from "../../resource/binary.ts";
import type { Instance as AwsInstance, SpotInstanceRequest, Volume } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { atOnce } from "../../aws/at-once.ts";
import { existing, unlessGone } from "../../aws/eventual.ts";
import { idFilters } from "../shared/lookup.ts";
import type { Instance } from "./schema.ts";
import type { AwsId, Scope, Tags } from "../kind.ts";
import { addressOfTag, ownership, tagsOf } from "../../resource/ownership.ts";
import type { Details, Sighting } from "./live.ts";
import { isBurstable } from "../shared/instances/processor.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/** Reads the details: one call for 200 instances where EC2 answers for many, one call for each instance where it does not. */
export async function readDetails(ec2: Sdk, aws: Aws, scope: Scope, found: readonly Sighting[]): Promise<Details> {
  const asked = (field: string) =>
    found.map(({ one }) => one).filter((one) => scope.asks(addressOfTag(tagsOf(one.Tags)[ownership.resource] ?? ""), field));
  const withDisks = [...new Set([...asked("rootVolume"), ...asked("volumes"), ...asked("volumeTags")])];
  const [volumes, spot, told] = await Promise.all([
    readVolumes(ec2, aws, withDisks),
    readSpot(ec2, aws, asked("spot")),
    readAttributes(ec2, aws, asked, scope.whole ? found.map(({ one }) => one) : []),
  ]);
  const wantedTags = (own: Tags) =>
    (scope.wants?.(addressOfTag(own[ownership.resource] ?? ""), "volumeTags") ?? {}) as Readonly<Record<string, unknown>>;
  return { volumes, spot, ...told, wantedTags };
}

async function readVolumes(ec2: Sdk, aws: Aws, machines: readonly AwsInstance[]): Promise<Map<AwsId, Volume>> {
  const volumes = new Map<AwsId, Volume>();
  for (const Filters of idFilters(
    "attachment.instance-id",
    machines.map((one) => one.InstanceId!),
  ))
    for await (const page of aws.ec2.pages(ec2.DescribeVolumesCommand, { Filters, MaxResults: 1000 }))
      for (const volume of page.Volumes ?? []) volumes.set(volume.VolumeId!, volume);
  return volumes;
}

async function readSpot(ec2: Sdk, aws: Aws, machines: readonly AwsInstance[]): Promise<Map<AwsId, SpotInstanceRequest>> {
  const requests = new Map<AwsId, SpotInstanceRequest>();
  for (const Filters of idFilters(
    "spot-instance-request-id",
    machines.flatMap((one) => one.SpotInstanceRequestId ?? []),
  ))
    for await (const page of aws.ec2.pages(ec2.DescribeSpotInstanceRequestsCommand, { Filters, MaxResults: 1000 }))
      for (const request of page.SpotInstanceRequests ?? []) requests.set(request.SpotInstanceRequestId!, request);
  return requests;
}

async function readAttributes(
  ec2: Sdk,
  aws: Aws,
  asked: (field: string) => readonly AwsInstance[],
  withUserData: readonly AwsInstance[],
): Promise<Pick<Details, "attributes" | "unseen">> {
  const attributes = new Map<AwsId, Partial<Instance>>();
  const unseen = new Set<AwsId>();
  const put = (id: AwsId, more: Partial<Instance>) => attributes.set(id, { ...attributes.get(id), ...more });
  const attributeOf = async (
    id: AwsId,
    Attribute: "disableApiStop" | "disableApiTermination" | "instanceInitiatedShutdownBehavior" | "userData",
  ) => aws.ec2(new ec2.DescribeInstanceAttributeCommand({ InstanceId: id, Attribute }));
  const each = (machines: readonly AwsInstance[], read: (id: AwsId) => Promise<void>) =>
    machines.map(({ InstanceId: id }) => ({ id: id!, read: () => read(id!) }));
  const oneByOne = [
    ...each(asked("disableApiTermination"), async (id) => {
      const { DisableApiTermination } = await attributeOf(id, "disableApiTermination");
      put(id, { disableApiTermination: DisableApiTermination?.Value ?? false });
    }),
    ...each(asked("disableApiStop"), async (id) => {
      const { DisableApiStop } = await attributeOf(id, "disableApiStop");
      put(id, { disableApiStop: DisableApiStop?.Value ?? false });
    }),
    ...each(asked("shutdownBehavior"), async (id) => {
      const { InstanceInitiatedShutdownBehavior } = await attributeOf(id, "instanceInitiatedShutdownBehavior");
      put(id, { shutdownBehavior: InstanceInitiatedShutdownBehavior?.Value === "terminate" ? "terminate" : "stop" });
    }),
    ...each(withUserData, async (id) => {
      const { UserData } = await attributeOf(id, "userData");
      const userData = textOf(UserData?.Value);
      if (userData !== undefined) put(id, { userData });
    }),
  ];
  const seen = async ({ id, read }: (typeof oneByOne)[number]) => {
    if ((await unlessGone(read().then(() => id))) === undefined) unseen.add(id);
  };
  await Promise.all([atOnce(mostAtOnce, oneByOne, seen), readCredits(ec2, aws, asked("creditSpecification"), put)]);
  return { attributes, unseen };
}

/** The number of calls at once. It is more than the rate limit of the operation allows while an answer is on its way. */
const mostAtOnce = 25;

function textOf(encoded: string | undefined): string | undefined {
  return encoded === undefined || encoded === "" ? undefined : textOfBytes(Buffer.from(encoded, "base64"));
}

/** Reads the credit settings. EC2 refuses the whole call when one of the instances is of a type without credits. */
async function readCredits(
  ec2: Sdk,
  aws: Aws,
  machines: readonly AwsInstance[],
  put: (id: AwsId, more: Partial<Instance>) => void,
): Promise<void> {
  const ids = machines.filter((one) => isBurstable(one.InstanceType ?? "")).map((one) => one.InstanceId!);
  const ask = async (InstanceIds: string[]) =>
    (await aws.ec2(new ec2.DescribeInstanceCreditSpecificationsCommand({ InstanceIds }))).InstanceCreditSpecifications ?? [];
  for (const { InstanceId, CpuCredits } of await existing(ids, 200, ask))
    put(InstanceId!, { creditSpecification: CpuCredits === "unlimited" ? "unlimited" : "standard" });
}
