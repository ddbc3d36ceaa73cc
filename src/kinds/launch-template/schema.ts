import type { Static } from "typebox";
import * as Type from "typebox";
import { ofTemplate } from "../shared/further-interfaces.ts";
import { boolean, integer, list, map, object, oneOf, optional, string } from "../../resource/fields.ts";
import { instanceRequirements } from "../shared/instance-requirements.ts";
import { machineFields } from "../shared/machine-fields.ts";

const tags = (doc: string) => optional(map(Type.String({ maxLength: 256 }), doc, "^(?!aws:|infra:).{1,128}$"));

export const schema = object({
  ...machineFields,
  description: optional(string("What the version is for. Only how versions are told apart: not compared.", { maxLength: 230 })),
  instanceRequirements: optional(instanceRequirements),
  ipv6AddressCount: optional(
    integer("How many IPv6 addresses the network interface has. If omitted: what the subnet says.", { minimum: 0, maximum: 49 }),
  ),
  networkInterfaceOptions: optional(
    object(
      {
        description: optional(string("What it is for.", { maxLength: 255 })),
        deleteOnTermination: optional(boolean("Whether it goes with its machine. If omitted: yes.")),
        secondaryPrivateIpAddressCount: optional(
          integer("How many private addresses it has besides the first, that EC2 picks.", { minimum: 0, maximum: 49 }),
        ),
      },
      "Its network interface, besides groups and addresses.",
    ),
  ),
  networkInterfaces: optional(
    list(
      ofTemplate,
      "Network interfaces besides the first, in this order. EC2 gives no public address by itself to a machine with several.",
      {
        minItems: 1,
      },
    ),
  ),
  instanceTags: tags(
    "Tags of the machines. The tags that say whose the template is are never among them: machines belong to who launches them.",
  ),
  volumeTags: tags("Tags of the machines' disks."),
  imageUpdates: optional(
    oneOf(
      ["note", "replace"],
      "What a newer image means when `image` is an expression: a note, or a new version, which rolls the groups that use the template. `note` when unwritten.",
    ),
  ),
});

/** The spec contains the content of the user data file, not its name. */
export type LaunchTemplate = Omit<Static<typeof schema>, "userDataFile" | "userDataTemplate">;
