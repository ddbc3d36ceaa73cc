import type { Case } from "../case.ts";
import { image as linux, network } from "../network.ts";

const machine = { subnet: "a", image: linux, instanceType: "t3.micro", disposable: true };

export const image: Case = {
  kind: "image",
  index: { ...network, instances: { one: machine, two: machine } },
  bare: { from: "one", disposable: true },
  forms: [
    {
      full: { from: "one", version: 1, keep: 1, noReboot: true, description: "one", disposable: true },
      changes: [
        ["from", "two", "nothing"],
        ["version", 2, "replace"],
        ["keep", 3],
        ["noReboot", false, "nothing"],
        ["description", "two"],
      ],
    },
  ],
};
