/** Creates of parts that AWS cannot recognise when they are sent again, because they have no token, no tags of their own and no name. */
import type { Aws } from "../../aws/aws.ts";
import { AwsError } from "../../aws/errors.ts";

/** Seconds between polls for the result of a create. AWS may show a new object late. */
const pollDelays = [1, 2, 4, 8, 15];

/**
 * Sends a create. If its answer was lost, or AWS says that the object exists already, the create counts as done when `look` finds its
 * result. If `look` finds a foreign object instead, the error stands.
 */
export async function unlessDone<T extends object>(
  aws: Pick<Aws, "clock">,
  send: () => Promise<T | undefined>,
  look: () => Promise<T | "theirs" | undefined>,
): Promise<T | undefined> {
  for (let attempt = 1; ; attempt++)
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof AwsError) || (error.class !== "ambiguous" && error.class !== "duplicate")) throw error;
      let done = await look();
      for (const seconds of pollDelays) {
        if (done !== undefined) break;
        await aws.clock.sleep(seconds * 1000);
        done = await look();
      }
      if (done !== undefined && done !== "theirs") return done;
      if (error.class === "duplicate" || attempt >= 3) throw error;
    }
}
