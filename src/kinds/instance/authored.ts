import type { Authored, AwsId, Remark, Spec } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { authoredMachine, remarksOfMachine } from "../shared/machine-authored.ts";
import type { Instance } from "./instance.ts";
import type { InstanceLive } from "./live.ts";

/** A machine as an author writes it. Its private address is AWS's choice, and its public one its subnet's, unless it is another. */
export function authored(spec: Partial<Instance>, live: InstanceLive, specOf: (id: AwsId) => Spec | undefined): Authored<Instance> {
  const remarks: Remark[] = remarksOfMachine(spec);
  if (live.handle.cards > 1)
    remarks.push({ text: `it has ${live.handle.cards} network interfaces; the others than the first are not in this file` });
  const ofSubnet = specOf(spec.subnet ?? "")?.["mapPublicIpOnLaunch"];
  const plain = without(omit(authoredMachine(spec), ["privateIpAddress"]), { associatePublicIpAddress: ofSubnet, state: "running" });
  return { spec: plain, remarks };
}
