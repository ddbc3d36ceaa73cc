/** Versions of a template. They are immutable, AWS numbers them, each document gets one, and old ones are deleted. */
import type { LaunchTemplateVersion, ValidationError } from "@aws-sdk/client-ec2";
import { createHash } from "node:crypto";
import type { Aws } from "../../aws/aws.ts";
import type { AwsId, Run } from "../kind.ts";
import { dataOf, hashOfData } from "./data.ts";
import type { LaunchTemplate } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/** The number of our versions to keep, so that there is something to go back to. */
const kept = 10;

/** The maximum of DeleteLaunchTemplateVersions (EC2 API). */
const perCall = 200;

/**
 * Makes the desired document the default version. A version that already has the document is reused (an interrupted run made it, or
 * somebody changed the default). Otherwise a new version is made, so that no run adds a second one.
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
    // The token contains the latest version, because an old document may come back after others were made and pruned.
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

/** The description of a version. It identifies the document, so that an existing version is found again. */
export function describe(hash: string, description = ""): string {
  return `infra ${hash} ${description}`.trim();
}

function isOf({ VersionDescription: text = "" }: LaunchTemplateVersion, hash: string): boolean {
  return text === describe(hash) || text.startsWith(`${describe(hash)} `);
}

/** Reports warnings. AWS creates a template with faults all the same, but an instance would not start. */
export function warn(errors: readonly ValidationError[] | undefined, run: Pick<Run, "say">): void {
  for (const { Code, Message } of errors ?? []) run.say(`AWS warns: ${Message ?? ""} (${Code})`);
}

async function versionsOf(aws: Aws, ec2: Sdk, LaunchTemplateId: AwsId): Promise<LaunchTemplateVersion[]> {
  const versions: LaunchTemplateVersion[] = [];
  for await (const page of aws.ec2.pages(ec2.DescribeLaunchTemplateVersionsCommand, { LaunchTemplateId, MaxResults: perCall }))
    versions.push(...(page.LaunchTemplateVersions ?? []));
  return versions;
}

/** Deletes old versions. Versions of others stay, and the default version cannot be deleted. */
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
  // A successful answer lists the versions that could not be deleted. The next change tries again.
  for (const { VersionNumber, ResponseError: why } of answer.UnsuccessfullyDeletedLaunchTemplateVersions ?? [])
    run.say(`version ${VersionNumber} could not be deleted: ${why?.Message ?? why?.Code}`);
}
