/** Creates of parts that AWS cannot recognise when they are sent again: no token, no tags of their own, no name. */
import type { Aws } from "../../aws/aws.ts";
import { AwsError } from "../../aws/errors.ts";

/** Seconds between polls for what a create may have made: what is new is not seen everywhere at once. */
const pollDelays = [1, 2, 4, 8, 15];

/**
 * A create whose answer was lost, or that finds its own work there, is done when `look` finds it. Where `look` finds
 * another's in its place, the refusal stands.
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
