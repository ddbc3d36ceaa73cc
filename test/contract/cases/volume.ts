import type { Case } from "../case.ts";
import { image, network } from "../network.ts";

const machine = { subnet: "a", image, instanceType: "t3.micro", disposable: true };

/** The second key for encrypted volumes. */
const otherKey = "1234abcd-12ab-34cd-56ef-1234567890ab";

export const volume: Case = {
  kind: "volume",
  index: { ...network, instances: { one: machine, two: machine } },
  bare: { availabilityZone: "a", size: 8, disposable: true },
  forms: [
    {
      rest: 13,
      full: {
        availabilityZone: "a",
        size: 20,
        type: "gp3",
        iops: 3000,
        throughput: 125,
        snapshot: "snap-0a1b2c3d4e5f60001",
        encrypted: true,
        kmsKey: "11111111-1111-1111-1111-111111111111",
        attachments: { one: { device: "/dev/sdf" } },
        disposable: true,
      },
      changes: [
        ["availabilityZone", "b", "replace", { also: { attachments: {} } }],
        ["size", 30, "update", { back: "refused" }],
        ["type", "gp2", "update", { also: { iops: undefined, throughput: undefined } }],
        ["iops", 4000],
        ["throughput", 250],
        ["snapshot", "snap-0a1b2c3d4e5f60002", "replace"],
        ["kmsKey", otherKey, "replace"],
        ["attachments", { two: { device: "/dev/sdf" } }],
        ["attachments", {}],
        ["attachments.one.device", "/dev/sdg"],
      ],
    },
    {
      rest: 13,
      full: { availabilityZone: "a", size: 8, type: "io2", iops: 1000, encrypted: false, multiAttach: true, disposable: true },
      changes: [
        ["encrypted", true, "replace", { back: "nothing" }],
        ["multiAttach", false],
        ["attachments", { one: { device: "/dev/sdf" }, two: { device: "/dev/sdf" } }],
      ],
    },
  ],
};
