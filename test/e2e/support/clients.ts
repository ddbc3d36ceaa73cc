import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { RDSClient } from "@aws-sdk/client-rds";
import { SSMClient } from "@aws-sdk/client-ssm";
import { region, type Account } from "./moto.ts";

/** The SDK's clients, used directly without our code between them and the emulator. */
export interface Clients {
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly autoScaling: AutoScalingClient;
  readonly rds: RDSClient;
  readonly ssm: SSMClient;
}

export function clientsOf({ env, credentials }: Account): Clients {
  const settings = { region, credentials, endpoint: env["AWS_ENDPOINT_URL"]!, maxAttempts: 1 };
  return {
    ec2: new EC2Client(settings),
    elb: new ElasticLoadBalancingV2Client(settings),
    autoScaling: new AutoScalingClient(settings),
    rds: new RDSClient(settings),
    ssm: new SSMClient(settings),
  };
}
