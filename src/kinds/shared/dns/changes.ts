/** Changes of Route 53, which are sent one after the other and published within a minute. */
import type { ChangeInfo } from "@aws-sdk/client-route-53";
import type { Aws } from "../../../aws/aws.ts";
import { unlessGone } from "../../../aws/eventual.ts";
import type { AwsId, Run } from "../../kind.ts";

type Sdk = typeof import("../../../aws/sdk/route53.ts");

/** The usual and the longest wait for a change, in seconds; half a minute is usual. */
export const publishing = { typical: 40, limit: 1800 } as const;
/** Seconds between polls. All calls of the account share a rate of five a second. */
export const publishPoll = 15;

/** Changes that this process sent and that are not published yet, by their object. */
export class Unpublished {
  readonly #changes = new Map<AwsId, string>();
  readonly #sdk: Sdk;

  constructor(sdk: Sdk) {
    this.#sdk = sdk;
  }

  note(id: AwsId, change: ChangeInfo | undefined): void {
    if (change?.Id !== undefined && change.Status !== "INSYNC") this.#changes.set(id, change.Id);
  }

  /** Whether all name servers know the last change of the object. A change that Route 53 no longer knows was published long ago. */
  async isPublished(aws: Aws, id: AwsId): Promise<boolean> {
    const change = this.#changes.get(id);
    if (change === undefined) return true;
    const answer = await unlessGone(aws.route53(new this.#sdk.GetChangeCommand({ Id: change })));
    if (answer?.ChangeInfo?.Status === "PENDING") return false;
    this.#changes.delete(id);
    return true;
  }

  async wait(aws: Aws, id: AwsId, run: Pick<Run, "until">): Promise<void> {
    await run.until("the change to reach all name servers", publishing.limit, publishPoll, () => this.isPublished(aws, id));
  }
}
