/** The fields of an instance as authors write them. */
import type { Static } from "typebox";
import * as Type from "typebox";
import { boolean, integer, list, map, object, oneOf, optional, ref, string } from "../../resource/fields.ts";
import { ofMachine } from "../shared/further-interfaces.ts";
import { machineFields } from "../shared/machine-fields.ts";

export const schema = object({
  ...machineFields,
  launchTemplate: optional(
    ref(
      "launchTemplate",
      "A template that says what is not written here, in its default version at the launch. A newer version changes nothing on a machine that exists.",
    ),
  ),
  volumeTags: optional(
    map(
      Type.String({ maxLength: 256 }),
      "Tags of the disks that go with it, beside its own tags, which they get at the launch.",
      "^(?!aws:|infra:).{1,128}$",
    ),
  ),
  subnet: optional(
    ref("subnet", "The subnet it lies in, with a network interface of its own. Left out where it starts with one of `networkInterfaces`."),
  ),
  networkInterfaces: optional(
    list(
      Type.Union([ref("networkInterface", "A network interface of the file, which outlives the machine."), ofMachine]),
      "Network interfaces besides that in `subnet`, in this order: those of the file, which outlive it, and `{ subnet: … }`, made with it. Without `subnet` the first of them, one of the file, is its first. EC2 gives no public address by itself to a machine that starts with several.",
    ),
  ),
  privateIpAddress: optional(
    string("Its private address, inside the subnet. If omitted: one that EC2 picks.", { examples: ["10.0.1.10"] }),
  ),
  secondaryPrivateIpAddresses: optional(
    list(string("An address inside the subnet.", { format: "ipv4" }), "Further private addresses of its own network interface.", {
      uniqueItems: true,
      examples: [["10.0.1.11"]],
    }),
  ),
  ipv6AddressCount: optional(
    integer("How many IPv6 addresses its own network interface has. If omitted: what its subnet says.", { minimum: 0, maximum: 49 }),
  ),
  sourceDestCheck: optional(boolean("Whether it only takes and sends packets of its own; `false` for machines that route.")),
  state: optional(oneOf(["running", "stopped"], "Whether it runs. If omitted: it is started once, and then left as it is found.")),
  userDataChange: optional(
    oneOf(
      ["note", "replace", "restart"],
      "What another user data means for a machine that exists: a note, a new machine, or a restart with it. `note` when unwritten.",
    ),
  ),
  imageUpdates: optional(
    oneOf(["note", "replace"], "What a newer image means when `image` is an expression: a note, or a new machine. `note` when unwritten."),
  ),
});

/** The spec contains the content of the user data file, not its name. */
export type Instance = Omit<Static<typeof schema>, "userDataFile" | "userDataTemplate">;
