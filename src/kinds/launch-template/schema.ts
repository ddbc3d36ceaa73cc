import type { Static } from "typebox";
import * as Type from "typebox";
import { ofTemplate } from "../shared/instances/further-interfaces.ts";
import { boolean, integer, list, map, object, oneOf, optional, string } from "../../resource/fields.ts";
import { instanceRequirements } from "../shared/instances/requirements.ts";
import { machineFields } from "../shared/instances/fields.ts";

const tags = (doc: string) => optional(map(Type.String({ maxLength: 256 }), doc, "^(?!aws:|infra:).{1,128}$"));

export const schema = object({
  ...machineFields,
  description: optional(string("The description of the version. It is not compared.", { maxLength: 230 })),
  instanceRequirements: optional(instanceRequirements),
  ipv6AddressCount: optional(
    integer("Number of IPv6 addresses of the primary network interface. If omitted: the setting of the subnet.", {
      minimum: 0,
      maximum: 49,
    }),
  ),
  networkInterfaceOptions: optional(
    object(
      {
        description: optional(string("A description of the network interface.", { maxLength: 255 })),
        deleteOnTermination: optional(boolean("Whether the network interface is deleted when its instance is terminated. Default: true.")),
        secondaryPrivateIpAddressCount: optional(
          integer("Number of private addresses in addition to the primary one; EC2 chooses them.", { minimum: 0, maximum: 49 }),
        ),
      },
      "Options of the primary network interface, besides security groups and addresses.",
    ),
  ),
  networkInterfaces: optional(
    list(
      ofTemplate,
      "Network interfaces in addition to the first, in this order. EC2 assigns no public address automatically to an instance with several.",
      {
        minItems: 1,
      },
    ),
  ),
  instanceTags: tags(
    "Tags of the instances. The ownership tags of the template are never among them: instances belong to the resource or person that launches them.",
  ),
  volumeTags: tags("Tags of the instances' volumes."),
  imageUpdates: optional(
    oneOf(
      ["note", "replace"],
      "The effect of a newer image when `image` is an expression: a note, or a new version, which replaces the instances of groups that use the template. Default: `note`.",
    ),
  ),
});

/** The spec contains the content of the user data file, not its name. */
export type LaunchTemplate = Omit<Static<typeof schema>, "userDataFile" | "userDataTemplate">;
