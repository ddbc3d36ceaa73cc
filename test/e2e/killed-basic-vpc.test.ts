/** Run it again: when an apply of basic-vpc is cut at a write, the next run ends in the same state as an undisturbed apply. */
import { afterAll, beforeAll, test } from "vitest";
import { isNight } from "../support/night.ts";
import { expectSurvives, pointsOf, undisturbed, type Undisturbed } from "./support/cuts.ts";
import { describeWithMoto, startMoto, type Moto } from "./support/moto.ts";

describeWithMoto("an apply of basic-vpc", () => {
  let moto: Moto;
  let whole: Undisturbed;
  beforeAll(async () => {
    moto = await startMoto();
    whole = await undisturbed(moto, "basic-vpc");
  });
  afterAll(() => moto.stop());

  test.concurrent.each(pointsOf(isNight ? 15 : 3, 22))("$cut, at write $at", (point) =>
    expectSurvives(moto, "basic-vpc", { ...point, whole }),
  );
});
