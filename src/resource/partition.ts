/** The partitions of AWS: in ARNs, in host names, and the home of objects that belong to no region. */

/** Returns the partition of a region: `aws`, `aws-cn`, … */
export function partitionOf(region: string): string {
  return find(({ start }) => region.startsWith(start)).name;
}

/** Returns the end of the host names of a partition's services. Policies use it to name a service through which a key is used. */
export function dnsSuffixOf(partition: string): string {
  return find(({ name }) => name === partition).suffix;
}

/** Returns the region in which AWS keeps objects without a region (seen by cloud-custodian, pull requests 2729, 7491 and 9475). */
export function homeOf(region: string): string {
  return find(({ start }) => region.startsWith(start)).home;
}

/** Whether a host name belongs to AWS, in any partition. */
export function isHostOfAws(name: string): boolean {
  return [...partitions, usual].some(({ suffix, dualStack }) => name.endsWith(`.${suffix}`) || name.endsWith(`.${dualStack}`));
}

interface Partition {
  /** The beginning of the names of the partition's regions. */
  readonly start: string;
  readonly name: string;
  readonly suffix: string;
  readonly dualStack: string;
  readonly home: string;
}

const usual: Partition = { start: "", name: "aws", suffix: "amazonaws.com", dualStack: "api.aws", home: "us-east-1" };

/** As in the SDK's table of partitions (@aws-sdk/core, December 2026). A test compares them. */
const partitions: readonly Partition[] = [
  { start: "cn-", name: "aws-cn", suffix: "amazonaws.com.cn", dualStack: "api.amazonwebservices.com.cn", home: "cn-northwest-1" },
  { start: "us-gov-", name: "aws-us-gov", suffix: "amazonaws.com", dualStack: "api.aws", home: "us-gov-west-1" },
  { start: "us-iso-", name: "aws-iso", suffix: "c2s.ic.gov", dualStack: "api.aws.ic.gov", home: "us-iso-east-1" },
  { start: "us-isob-", name: "aws-iso-b", suffix: "sc2s.sgov.gov", dualStack: "api.aws.scloud", home: "us-isob-east-1" },
  { start: "us-isof-", name: "aws-iso-f", suffix: "csp.hci.ic.gov", dualStack: "api.aws.hci.ic.gov", home: "us-isof-south-1" },
  { start: "eu-isoe-", name: "aws-iso-e", suffix: "cloud.adc-e.uk", dualStack: "api.cloud-aws.adc-e.uk", home: "eu-isoe-west-1" },
  { start: "eusc-", name: "aws-eusc", suffix: "amazonaws.eu", dualStack: "api.amazonwebservices.eu", home: "eusc-de-east-1" },
];

function find(isMeant: (one: Partition) => boolean): Partition {
  return partitions.find(isMeant) ?? usual;
}
