/** Writes tags by the tagging API. */
import type { TagResourcesOutput } from "@aws-sdk/client-resource-groups-tagging-api";
import type { Aws } from "../../aws/aws.ts";
import { AwsError, classify } from "../../aws/errors.ts";
import type { Tags } from "../kind.ts";

/**
 * Writes tags. TagResources and UntagResources report failures in the answer, not by an error (Resource Groups Tagging API). "You can only
 * tag resources that are located in the specified AWS Region": an object without a region in its ARN is tagged in its home region.
 */
export async function tagByArn(aws: Aws, arn: string, set: Tags, remove: readonly string[]): Promise<void> {
  const sdk = await aws.clock.work(import("../../aws/sdk/tagging.ts"));
  const ResourceARNList = [arn];
  const options = { atHome: arn.split(":")[3] === "" };
  const answers: TagResourcesOutput[] = [
    Object.keys(set).length > 0 ? await aws.tagging(new sdk.TagResourcesCommand({ ResourceARNList, Tags: { ...set } }), options) : {},
    remove.length > 0 ? await aws.tagging(new sdk.UntagResourcesCommand({ ResourceARNList, TagKeys: [...remove] }), options) : {},
  ];
  for (const { FailedResourcesMap = {} } of answers)
    for (const [failed, { ErrorCode = "InternalServiceException", ErrorMessage = "", StatusCode }] of Object.entries(FailedResourcesMap))
      throw new AwsError({
        class: classify(ErrorCode, ErrorMessage, StatusCode, "TagResources"),
        code: ErrorCode,
        message: `${failed}: ${ErrorMessage}`,
        service: "tagging",
        operation: "TagResources",
        status: StatusCode,
        requestId: undefined,
        attempts: 1,
      });
}
