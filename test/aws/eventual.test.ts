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
  it("waits half a minute for an object that is not visible yet, and no longer", async () => {
    const clock = new VirtualClock(0);
    let looks = 0;
    expect(await soon({ clock }, async () => (++looks < 4 ? Promise.reject(refusal("not-found")) : "seen"))).toBe("seen");
    await expect(soon({ clock }, async () => Promise.reject(refusal("not-found")))).rejects.toThrow("not-found");
    expect(clock.now()).toBeLessThan(60_000);
    await expect(soon({ clock }, async () => Promise.reject(refusal("validation")))).rejects.toThrow("validation");
  });
});

it("unlessGone tells absence from failure", async () => {
  expect(await unlessGone(Promise.reject(refusal("not-found")))).toBeUndefined();
  await expect(unlessGone(Promise.reject(refusal("throttle")))).rejects.toThrow("throttle");
  expect(await unlessGone(Promise.resolve(1))).toBe(1);
});

it("batches cover all in order", () => expect(batches([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]));
