/** Durations in milliseconds, typical for real AWS. Where AWS varies, an object's own id decides. */
const second = 1000;

export const timing = {
  applicationActive: [110 * second, 230 * second],
  networkActive: [120 * second, 300 * second],
  /** A Network Load Balancer is provisioned again after a change of its subnets or attributes. */
  networkChanges: 25 * second,
  /** How long interfaces of a deleted load balancer stay. Meanwhile its security groups and subnets cannot be deleted. */
  interfacesLinger: [90 * second, 260 * second],
  registered: 15 * second,
  /** How long until reserved capacity is ready. */
  reserved: 300 * second,
} as const;
