import { describe, expect, it } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { AwsError } from "../../src/aws/errors.ts";
import { batches, existing, soon, unlessGone } from "../../src/aws/eventual.ts";

function refusal(cls: AwsError["class"]): AwsError {
  return new AwsError({
    class: cls,
    code: cls,
    message: cls,
    service: "elbv2",
    operation: "DescribeTags",
    status: 400,
    requestId: undefined,
    attempts: 1,
  });
}

describe("existing", () => {
  const ids = Array.from({ length: 45 }, (_, i) => `id-${i}`);
  /** A call that fails as a whole when one of its objects is missing. */
  const asking = (missing: readonly string[], calls: string[][]) => async (some: string[]) => {
    calls.push(some);
    if (some.some((id) => missing.includes(id))) throw refusal("not-found");
    return some;
  };

  it("asks in calls of the size that AWS takes", async () => {
    const calls: string[][] = [];
    expect(await existing(ids, 20, asking([], calls))).toEqual(ids);
    expect(calls.map((some) => some.length)).toEqual([20, 20, 5]);
    expect(await existing([], 20, asking([], calls))).toEqual([]);
  });

  it("leaves out objects that are gone and loses nothing else", async () => {
    const calls: string[][] = [];
    expect(await existing(ids, 20, asking(["id-3", "id-4", "id-44"], calls))).toEqual(
      ids.filter((id) => !["id-3", "id-4", "id-44"].includes(id)),
    );
    expect(calls.length).toBeLessThan(25);
  });

  it("fails for any other reason, for a denied read is no absence", async () => {
    await expect(existing(ids, 20, async () => Promise.reject(refusal("auth")))).rejects.toThrow("auth");
  });
});

describe("soon", () => {
  const tried = async (answer: (nth: number) => unknown) => {
    const clock = new VirtualClock(0);
    const sent: number[] = [];
    const result = await soon({ clock }, async () => {
      const made = answer(sent.push(clock.now() / 1000));
      if (made instanceof Error) throw made;
      return made;
    }).catch((error: AwsError) => error.class);
    return { result, sent };
  };

  it("tries again every three seconds until the object is visible", async () => {
    expect(await tried((nth) => (nth < 4 ? refusal("not-found") : "seen"))).toEqual({ result: "seen", sent: [0, 3, 6, 9] });
  });

  it("gives up at the first refusal after half a minute", async () => {
    const { result, sent } = await tried(() => refusal("not-found"));
    expect(result).toBe("not-found");
    expect(sent).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33]);
  });

  it("does not wait after any other refusal", async () => {
    expect(await tried(() => refusal("validation"))).toEqual({ result: "validation", sent: [0] });
  });
});

it("unlessGone tells absence from failure", async () => {
  expect(await unlessGone(Promise.reject(refusal("not-found")))).toBeUndefined();
  await expect(unlessGone(Promise.reject(refusal("throttle")))).rejects.toThrow("throttle");
  expect(await unlessGone(Promise.resolve(1))).toBe(1);
});

it("batches cover all in order", () => expect(batches([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]));
