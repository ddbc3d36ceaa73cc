/** A region of each partition of AWS. */
export const regionOfEachPartition = [
  "eu-west-1",
  "cn-north-1",
  "us-gov-west-1",
  "us-iso-east-1",
  "us-isob-east-1",
  "us-isof-south-1",
  "eu-isoe-west-1",
  "eusc-de-east-1",
] as const;
