/** What the product sends to this service, named one by one so that the bundler leaves out the rest. */
export { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
