/** The machine images that Systems Manager names in public parameters. EC2's DescribeImages has the same ones. */
export interface PublicImage {
  readonly id: string;
  /** The parameters under /aws/service/ that hold its id. */
  readonly parameters: readonly string[];
}

export const publicImages: readonly PublicImage[] = [
  { id: "ami-0a1b2c3d4e5f60001", parameters: ["/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"] },
  { id: "ami-0a1b2c3d4e5f60002", parameters: ["/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"] },
  { id: "ami-0a1b2c3d4e5f60003", parameters: ["/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2"] },
  { id: "ami-0a1b2c3d4e5f60005", parameters: ["/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"] },
];
