/** The fields of an instance as authors write them. */
import type { Static } from "typebox";
import * as Type from "typebox";
import { boolean, integer, list, map, object, oneOf, optional, ref, string } from "../../resource/fields.ts";
import { ofMachine } from "../shared/instances/further-interfaces.ts";
import { machineFields } from "../shared/instances/fields.ts";

export const schema = object({
  ...machineFields,
  launchTemplate: optional(
    ref(
      "launchTemplate",
      "The launch template for fields that are not written here, in its default version at launch. A newer version does not change an existing instance.",
    ),
  ),
  volumeTags: optional(
    map(
      Type.String({ maxLength: 256 }),
      "Tags of the volumes that are launched with the instance, in addition to the instance's own tags, which they get at launch.",
      "^(?!aws:|infra:).{1,128}$",
    ),
  ),
  subnet: optional(
    ref("subnet", "The subnet of the instance's own network interface. Omit it when the instance starts with one of `networkInterfaces`."),
  ),
  networkInterfaces: optional(
    list(
      Type.Union([ref("networkInterface", "A network interface of this file, which is kept when the instance is terminated."), ofMachine]),
      "Network interfaces in addition to that in `subnet`, in this order: those of this file, which are kept when the instance is terminated, and `{ subnet: … }`, made with it. Without `subnet`, the first of them must be one of this file and is the primary one. EC2 assigns no public address automatically to an instance that starts with several.",
    ),
  ),
  privateIpAddress: optional(
    string("The primary private address, inside the subnet. If omitted: an address that EC2 chooses.", { examples: ["10.0.1.10"] }),
  ),
  secondaryPrivateIpAddresses: optional(
    list(
      string("An address inside the subnet.", { format: "ipv4" }),
      "Further private addresses of the instance's own network interface.",
      {
        uniqueItems: true,
        examples: [["10.0.1.11"]],
      },
    ),
  ),
  ipv6AddressCount: optional(
    integer("Number of IPv6 addresses of the instance's own network interface. If omitted: the setting of the subnet.", {
      minimum: 0,
      maximum: 49,
    }),
  ),
  sourceDestCheck: optional(
    boolean("Whether EC2 drops packets that are not from or to the instance; `false` for instances that route traffic."),
  ),
  state: optional(
    oneOf(
      ["running", "stopped"],
      "Whether the instance is running or stopped. If omitted: infra starts it once and afterwards leaves its state alone.",
    ),
  ),
  userDataChange: optional(
    oneOf(
      ["note", "replace", "restart"],
      "The effect of changed user data on an existing instance: a note, a replacement, or a restart with the new user data. Default: `note`.",
    ),
  ),
  imageUpdates: optional(
    oneOf(["note", "replace"], "The effect of a newer image when `image` is an expression: a note or a replacement. Default: `note`."),
  ),
});

/** The spec contains the content of the user data file, not its name. */
export type Instance = Omit<Static<typeof schema>, "userDataFile" | "userDataTemplate">;
