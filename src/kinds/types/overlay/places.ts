/** Types that name subnets but do not have ordinary interfaces there. */

/**
 * Types to which nobody opens a connection, such as a function in a VPC (Lambda Developer Guide, "Giving Lambda functions access to
 * resources in a VPC").
 */
export const calledByNobody: ReadonlySet<string> = new Set(["AWS::Lambda::Function"]);

/**
 * Policies about subnets. They have no interfaces. They lift a block that `reach` does not consider (VPC User Guide, "Block public access
 * to VPCs and subnets").
 */
export const policies: ReadonlySet<string> = new Set(["AWS::EC2::VPCBlockPublicAccessExclusion"]);
