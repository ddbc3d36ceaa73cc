/**
 * Services whose objects belong to the account and not to a region. The lists of every region show them (AWS whitepaper "AWS Fault
 * Isolation Boundaries", "Global services"; User Guides of AWS Billing, Chatbot and CloudWatch).
 */
const services: ReadonlySet<string> = new Set([
  "Billing",
  "BillingConductor",
  "Budgets",
  "CE",
  "Chatbot",
  "CloudFront",
  "GlobalAccelerator",
  "IAM",
  "Invoicing",
  "NetworkManager",
  "Organizations",
  "Route53",
  "Route53RecoveryControl",
  "Route53RecoveryReadiness",
  "Shield",
]);

/** "Dashboards are not specific to a Region" (CloudWatch User Guide, "Using Amazon CloudWatch dashboards"). */
const types: ReadonlySet<string> = new Set(["AWS::CloudWatch::Dashboard"]);

/** Whether two environments with the same name in two regions would see the same objects of the type. */
export function isRegionless(type: string): boolean {
  return services.has(type.split("::")[1] ?? "") || types.has(type);
}
