/** Types that name subnets and stand there in a way of their own. */

/** Nobody opens a connection to a function in a VPC (Lambda Developer Guide, "Giving Lambda functions access to resources in a VPC"). */
export const calledByNobody: ReadonlySet<string> = new Set(["AWS::Lambda::Function"]);

/** Policies about subnets: no interface is theirs. They lift a block that is not weighed (VPC User Guide, "Block public access to VPCs and subnets"). */
export const policies: ReadonlySet<string> = new Set(["AWS::EC2::VPCBlockPublicAccessExclusion"]);
