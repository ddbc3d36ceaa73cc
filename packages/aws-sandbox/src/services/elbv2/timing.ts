/** How long things take, in milliseconds; typical times of real AWS. Where it varies, an object's own id decides. */
const second = 1000;

export const timing = {
  applicationActive: [110 * second, 230 * second],
  networkActive: [120 * second, 300 * second],
  /** A network balancer is provisioning again after its subnets or attributes changed. */
  networkChanges: 25 * second,
  /** After a balancer is deleted its interfaces stay, and hold its groups and subnets. */
  interfacesLinger: [90 * second, 260 * second],
  registered: 15 * second,
  /** Until capacity that was asked for is there. */
  reserved: 300 * second,
} as const;
