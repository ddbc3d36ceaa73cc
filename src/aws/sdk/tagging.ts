/**
 * The commands that the product sends to the Resource Groups Tagging API. They are named one by one, so that the bundler leaves out the
 * rest.
 */
export {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
  TagResourcesCommand,
  UntagResourcesCommand,
} from "@aws-sdk/client-resource-groups-tagging-api";
