import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["option_group", "rds_option_group"],
  fields: {
    EngineName: "engine",
    engine_name: "engine",
    OptionGroupDescription: "description",
    option_group_description: "description",
    option: "options",
    OptionConfigurations: "options",
    option_settings: "settings",
    OptionSettings: "settings",
    VpcSecurityGroupMemberships: "securityGroups",
    vpc_security_group_memberships: "securityGroups",
  },
};
