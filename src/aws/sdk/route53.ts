/** The commands that the product sends to this service. They are named one by one, so that the bundler leaves out the rest. */
export { Route53Client } from "@aws-sdk/client-route-53";
export {
  AssociateVPCWithHostedZoneCommand,
  ChangeResourceRecordSetsCommand,
  ChangeTagsForResourceCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  DisassociateVPCFromHostedZoneCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesByVPCCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourcesCommand,
  UpdateHostedZoneCommentCommand,
} from "@aws-sdk/client-route-53";
