/** Versions of a template: immutable, numbered by AWS, made once for one document, and not kept for ever. */
import type { LaunchTemplateVersion, ValidationError } from "@aws-sdk/client-ec2";
import { createHash } from "node:crypto";
import type { Aws } from "../../aws/aws.ts";
import type { AwsId, Run } from "../kind.ts";
import { dataOf, hashOfData } from "./data.ts";
import type { LaunchTemplate } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/** How many versions of ours are kept, so that there is something to go back to. */
const kept = 10;

/** DeleteLaunchTemplateVersions takes 200 (EC2 API). */
const perCall = 200;

/**
 * Makes the wanted document the default version. A version that has it already (of a run that was stopped, or from
 * before somebody changed the default) is taken; only else a new one is made, so that no run adds a second.
 */
export async function setVersion(
  aws: Aws,
  ec2: Sdk,
  id: AwsId,
  request: LaunchTemplate,
  image: string | undefined,
  run: Pick<Run, "identity" | "say">,
): Promise<void> {
  const data = await dataOf(aws, request, image);
  const hash = hashOfData(data);
  const versions = await versionsOf(aws, ec2, id);
  const number = versions.find((version) => isOf(version, hash))?.VersionNumber ?? (await addVersion());
  await aws.ec2(new ec2.ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion: String(number) }));
  run.say(`version ${number} is the default`);
  await prune(aws, ec2, id, versions, number, run);

  async function addVersion(): Promise<number> {
    // The latest version takes part in the token: an old document may come back after others were made, and pruned.
    const latest = Math.max(0, ...versions.map((version) => version.VersionNumber!));
    const ClientToken = createHash("sha256").update([run.identity.token, id, latest, hash].join("\n")).digest("hex").slice(0, 64);
    const made = await aws.ec2(
      new ec2.CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: id,
        ClientToken,
        VersionDescription: describe(hash, request.description),
        LaunchTemplateData: data,
      }),
    );
    warn(made.Warning?.Errors, run);
    return made.LaunchTemplateVersion!.VersionNumber!;
  }
}

/** What a version says of itself, by which a document that exists is found again. */
export function describe(hash: string, description = ""): string {
  return `infra ${hash} ${description}`.trim();
}

function isOf({ VersionDescription: text = "" }: LaunchTemplateVersion, hash: string): boolean {
  return text === describe(hash) || text.startsWith(`${describe(hash)} `);
}

/** AWS makes a template with faults all the same; a machine would not start. */
export function warn(errors: readonly ValidationError[] | undefined, run: Pick<Run, "say">): void {
  for (const { Code, Message } of errors ?? []) run.say(`AWS warns: ${Message ?? ""} (${Code})`);
}

async function versionsOf(aws: Aws, ec2: Sdk, LaunchTemplateId: AwsId): Promise<LaunchTemplateVersion[]> {
  const versions: LaunchTemplateVersion[] = [];
  for await (const page of aws.ec2.pages(ec2.DescribeLaunchTemplateVersionsCommand, { LaunchTemplateId, MaxResults: perCall }))
    versions.push(...(page.LaunchTemplateVersions ?? []));
  return versions;
}

/** Versions that others made are theirs, and the default cannot be deleted. */
async function prune(
  aws: Aws,
  ec2: Sdk,
  LaunchTemplateId: AwsId,
  versions: readonly LaunchTemplateVersion[],
  current: number,
  run: Pick<Run, "say">,
): Promise<void> {
  const ours = versions.filter((version) => version.VersionDescription?.startsWith("infra ") && version.VersionNumber !== current);
  const old = ours
    .map((version) => version.VersionNumber!)
    .sort((a, b) => b - a)
    .slice(kept - 1, kept - 1 + perCall);
  if (old.length === 0) return;
  const answer = await aws.ec2(new ec2.DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: old.map(String) }));
  // What could not be deleted is said in a success; the next change tries again.
  for (const { VersionNumber, ResponseError: why } of answer.UnsuccessfullyDeletedLaunchTemplateVersions ?? [])
    run.say(`version ${VersionNumber} could not be deleted: ${why?.Message ?? why?.Code}`);
}
