/**
 * Estates that people make with the AWS CLI, and the file that import must write for each: written by hand, with `$name` in the place of an
 * id.
 */
import type { AwsCli } from "./aws-cli.ts";

export interface HandEstate {
  readonly name: string;
  /** Makes the estate and returns its ids by the names that `file` uses. */
  make(cli: AwsCli): Promise<Readonly<Record<string, string>>>;
  /** The ids or names that are passed to the import. */
  readonly roots: string;
  readonly file: string;
  /** Values that moto 5.2 returns differently from AWS: a text of the file and its replacement. */
  readonly onMoto?: readonly (readonly [text: string, instead: string])[];
}

const zone = "eu-west-1";

async function network({ aws }: AwsCli, block: string) {
  const vpc = await aws(`ec2 create-vpc --cidr-block ${block}.0.0/16 --query Vpc.VpcId`);
  const subnet = (letter: string, n: number) =>
    aws(`ec2 create-subnet --vpc-id ${vpc} --cidr-block ${block}.${n}.0/24 --availability-zone ${zone}${letter} --query Subnet.SubnetId`);
  return { vpc, subnet };
}

async function gateway({ aws }: AwsCli, vpc: string): Promise<string> {
  const id = await aws("ec2 create-internet-gateway --query InternetGateway.InternetGatewayId");
  await aws(`ec2 attach-internet-gateway --internet-gateway-id ${id} --vpc-id ${vpc}`);
  return id;
}

const group = ({ aws }: AwsCli, vpc: string, name: string) =>
  aws(`ec2 create-security-group --vpc-id ${vpc} --group-name ${name} --description ${name} --query GroupId`);

export const handEstates: readonly HandEstate[] = [
  {
    name: "a network, a topic and a bucket",
    async make(cli) {
      const { aws } = cli;
      const { vpc, subnet: place } = await network(cli, "10.1");
      const [subnet, igw] = [await place("a", 1), await gateway(cli, vpc)];
      const table = await aws(`ec2 create-route-table --vpc-id ${vpc} --query RouteTable.RouteTableId`);
      await aws(`ec2 create-route --route-table-id ${table} --destination-cidr-block 0.0.0.0/0 --gateway-id ${igw}`);
      await aws(`ec2 associate-route-table --route-table-id ${table} --subnet-id ${subnet}`);
      const web = await group(cli, vpc, "web");
      await aws(`ec2 authorize-security-group-ingress --group-id ${web} --protocol tcp --port 443 --cidr 0.0.0.0/0`);
      const topic = await aws("sns create-topic --name ops --query TopicArn");
      await aws(`s3api create-bucket --bucket files-of-the-import --create-bucket-configuration LocationConstraint=${zone}`);
      await aws("s3api put-bucket-versioning --bucket files-of-the-import --versioning-configuration Status=Enabled");
      return { vpc, subnet, igw, table, web, topic };
    },
    roots: "$vpc $topic bucket/files-of-the-import",
    file: `vpcs:
  main: { cidrBlock: 10.1.0.0/16, adopt: { id: $vpc } }

internetGateways:
  main: { vpc: main, adopt: { id: $igw } }

subnets:
  subnet-a:
    vpc: main
    cidrBlock: 10.1.1.0/24
    availabilityZone: a
    adopt: { id: $subnet }

routeTables:
  main:
    vpc: main
    routes:
      - { destination: 0.0.0.0/0, target: internetGateway/main }
    subnets: [subnet-a]
    adopt: { id: $table }

securityGroups:
  web:
    vpc: main
    description: web
    ingress:
      - { port: 443, source: 0.0.0.0/0 }
    name: web
    adopt: { id: $web }

topics:
  ops: { name: ops, adopt: { id: $topic } }

buckets:
  files-of-the-import: { versioning: true, name: files-of-the-import, adopt: { id: files-of-the-import } }
`,
    // moto makes buckets as AWS did before April 2023.
    onMoto: [
      [
        ` { versioning: true, name: files-of-the-import, adopt: { id: files-of-the-import } }`,
        `
    versioning: true
    publicAccessBlock:
      blockPublicAcls: false
      ignorePublicAcls: false
      blockPublicPolicy: false
      restrictPublicBuckets: false
    ownership: ObjectWriter
    name: files-of-the-import
    adopt: { id: files-of-the-import }`,
      ],
    ],
  },
  {
    name: "a private network, whose groups name each other and a prefix list",
    async make(cli) {
      const { aws } = cli;
      const { vpc, subnet } = await network(cli, "10.2");
      const [outside, inside, igw] = [await subnet("a", 1), await subnet("b", 2), await gateway(cli, vpc)];
      const address = await aws("ec2 allocate-address --domain vpc --query AllocationId");
      const nat = await aws(`ec2 create-nat-gateway --subnet-id ${outside} --allocation-id ${address} --query NatGateway.NatGatewayId`);
      await cli.until(`ec2 describe-nat-gateways --nat-gateway-ids ${nat} --query NatGateways[].State`, ["available"]);
      const table = await aws(`ec2 create-route-table --vpc-id ${vpc} --query RouteTable.RouteTableId`);
      await aws(`ec2 create-route --route-table-id ${table} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id ${nat}`);
      await aws(`ec2 associate-route-table --route-table-id ${table} --subnet-id ${inside}`);
      const list = await aws(
        "ec2 create-managed-prefix-list --prefix-list-name offices --address-family IPv4 --max-entries 5 --entries Cidr=203.0.113.0/24,Description=Berlin Cidr=198.51.100.0/24 --query PrefixList.PrefixListId",
      );
      const acl = await aws(`ec2 create-network-acl --vpc-id ${vpc} --query NetworkAcl.NetworkAclId`);
      await aws(
        `ec2 create-network-acl-entry --network-acl-id ${acl} --ingress --rule-number 100 --protocol 6 --port-range From=443,To=443 --cidr-block 0.0.0.0/0 --rule-action allow`,
      );
      const [app, data] = [await group(cli, vpc, "app"), await group(cli, vpc, "data")];
      await aws(
        `ec2 authorize-security-group-ingress --group-id ${app} --ip-permissions IpProtocol=tcp,FromPort=8080,ToPort=8080,PrefixListIds=[{PrefixListId=${list}}]`,
      );
      await aws(`ec2 authorize-security-group-ingress --group-id ${app} --protocol tcp --port 9000-9100 --source-group ${data}`);
      await aws(`ec2 authorize-security-group-ingress --group-id ${data} --protocol tcp --port 5432 --source-group ${app}`);
      const endpoint = await aws(
        `ec2 create-vpc-endpoint --vpc-id ${vpc} --service-name com.amazonaws.${zone}.s3 --route-table-ids ${table} --query VpcEndpoint.VpcEndpointId`,
      );
      return { vpc, outside, inside, igw, address, nat, table, list, acl, app, data, endpoint };
    },
    roots: "$vpc $list",
    file: `vpcs:
  main: { cidrBlock: 10.2.0.0/16, adopt: { id: $vpc } }

internetGateways:
  main: { vpc: main, adopt: { id: $igw } }

subnets:
  subnet-a:
    vpc: main
    cidrBlock: 10.2.1.0/24
    availabilityZone: a
    adopt: { id: $outside }
  subnet-b:
    vpc: main
    cidrBlock: 10.2.2.0/24
    availabilityZone: b
    adopt: { id: $inside }

routeTables:
  main:
    vpc: main
    routes:
      - { destination: 0.0.0.0/0, target: natGateway/main }
    subnets: [subnet-b]
    adopt: { id: $table }

networkAcls:
  main:
    vpc: main
    ingress:
      "100": { action: allow, protocol: tcp, port: 443, source: 0.0.0.0/0 }
    adopt: { id: $acl }

vpcEndpoints:
  main: { vpc: main, service: s3, routeTables: [main], adopt: { id: $endpoint } }

elasticIps:
  main: { adopt: { id: $address } }

natGateways:
  main: { subnet: subnet-a, elasticIp: main, adopt: { id: $nat } }

prefixLists:
  offices:
    entries:
      - { cidr: 198.51.100.0/24 }
      - { cidr: 203.0.113.0/24, description: Berlin }
    maxEntries: 5
    adopt: { id: $list }

securityGroups:
  app:
    vpc: main
    description: app
    ingress:
      - { port: 8080, source: prefixList/offices }
      - { ports: 9000-9100, source: data }
    name: app
    adopt: { id: $app }
  data:
    vpc: main
    description: data
    ingress:
      - { port: 5432, source: app }
    name: data
    adopt: { id: $data }
`,
    // moto has no filter for the ids of network ACLs, so they are left out.
    onMoto: [
      [
        `networkAcls:
  main:
    vpc: main
    ingress:
      "100": { action: allow, protocol: tcp, port: 443, source: 0.0.0.0/0 }
    adopt: { id: $acl }

`,
        "",
      ],
    ],
  },
  {
    name: "a machine with an address and a disk that outlives it",
    async make(cli) {
      const { aws } = cli;
      const { vpc, subnet: place } = await network(cli, "10.3");
      const [subnet, igw, ssh] = [await place("a", 1), await gateway(cli, vpc), await group(cli, vpc, "ssh")];
      await aws(`ec2 authorize-security-group-ingress --group-id ${ssh} --protocol tcp --port 22 --cidr 203.0.113.0/24`);
      const [image] = await aws<string[]>(
        "ec2 describe-images --owners amazon --filters Name=architecture,Values=x86_64 Name=root-device-type,Values=ebs --query Images[?RootDeviceName=='/dev/xvda'].ImageId",
      );
      const machine = await aws(
        `ec2 run-instances --image-id ${image} --instance-type t3.micro --subnet-id ${subnet} --security-group-ids ${ssh} --tag-specifications ResourceType=instance,Tags=[{Key=Name,Value=jump},{Key=team,Value=ops}] --query Instances[0].InstanceId`,
      );
      await cli.until(`ec2 describe-instances --instance-ids ${machine} --query Reservations[].Instances[].State.Name`, ["running"]);
      const address = await aws("ec2 allocate-address --domain vpc --query AllocationId");
      await aws(`ec2 associate-address --allocation-id ${address} --instance-id ${machine}`);
      const disk = await aws(`ec2 create-volume --availability-zone ${zone}a --size 20 --volume-type gp3 --query VolumeId`);
      await cli.until(`ec2 describe-volumes --volume-ids ${disk} --query Volumes[].State`, ["available"]);
      await aws(`ec2 attach-volume --volume-id ${disk} --instance-id ${machine} --device /dev/sdf`);
      return { vpc, subnet, igw, ssh, image: image!, machine, address, disk };
    },
    roots: "$vpc",
    file: `vpcs:
  main: { cidrBlock: 10.3.0.0/16, adopt: { id: $vpc } }

internetGateways:
  main: { vpc: main, adopt: { id: $igw } }

subnets:
  subnet-a:
    vpc: main
    cidrBlock: 10.3.1.0/24
    availabilityZone: a
    adopt: { id: $subnet }

elasticIps:
  main: { instance: jump, adopt: { id: $address } }

securityGroups:
  ssh:
    vpc: main
    description: ssh
    ingress:
      - { port: 22, source: 203.0.113.0/24 }
    name: ssh
    adopt: { id: $ssh }

instances:
  jump:
    image: $image
    instanceType: t3.micro
    securityGroups: [ssh]
    rootVolume: { size: 8, type: gp3 }
    metadataOptions: { httpPutResponseHopLimit: 2 }
    subnet: subnet-a
    tags: { Name: jump, team: ops }
    adopt: { id: $machine }

volumes:
  volume-a:
    availabilityZone: a
    size: 20
    attachments: { jump: { device: /dev/sdf } }
    adopt: { id: $disk }
`,
    // moto's images have other volumes and know no IMDSv2, and every volume is deleted with its instance.
    onMoto: [
      ["type: gp3", "type: gp2"],
      ["metadataOptions: { httpPutResponseHopLimit: 2 }", "metadataOptions: { httpTokens: optional }\n    creditSpecification: standard"],
      [
        `
volumes:
  volume-a:
    availabilityZone: a
    size: 20
    attachments: { jump: { device: /dev/sdf } }
    adopt: { id: $disk }
`,
        "",
      ],
    ],
  },
  {
    name: "machines behind a balancer",
    async make(cli) {
      const { aws } = cli;
      const { vpc, subnet } = await network(cli, "10.4");
      const [a, b, igw, web] = [await subnet("a", 1), await subnet("b", 2), await gateway(cli, vpc), await group(cli, vpc, "web")];
      await aws(`ec2 authorize-security-group-ingress --group-id ${web} --protocol tcp --port 80 --cidr 0.0.0.0/0`);
      const targets = await aws(
        `elbv2 create-target-group --name web --protocol HTTP --port 80 --vpc-id ${vpc} --health-check-path /healthz --query TargetGroups[0].TargetGroupArn`,
      );
      const balancer = await aws(
        `elbv2 create-load-balancer --name web --subnets ${a} ${b} --security-groups ${web} --query LoadBalancers[0].LoadBalancerArn`,
      );
      const listener = await aws(
        `elbv2 create-listener --load-balancer-arn ${balancer} --protocol HTTP --port 80 --default-actions Type=forward,TargetGroupArn=${targets} --query Listeners[0].ListenerArn`,
      );
      await aws(
        `elbv2 create-rule --listener-arn ${listener} --priority 10 --conditions Field=path-pattern,Values=/old/* --actions Type=fixed-response,FixedResponseConfig={StatusCode=410}`,
      );
      const [image] = await aws<string[]>(
        "ec2 describe-images --owners amazon --filters Name=architecture,Values=x86_64 Name=root-device-type,Values=ebs --query Images[?RootDeviceName=='/dev/xvda'].ImageId",
      );
      const template = await aws("ec2 create-launch-template --query LaunchTemplate.LaunchTemplateId", {
        LaunchTemplateName: "web",
        LaunchTemplateData: { ImageId: image, InstanceType: "t3.micro", SecurityGroupIds: [web] },
      });
      await aws(
        `autoscaling create-auto-scaling-group --auto-scaling-group-name web --launch-template LaunchTemplateId=${template},Version=1 --min-size 0 --max-size 3 --desired-capacity 0 --vpc-zone-identifier ${a},${b} --target-group-arns ${targets}`,
      );
      await aws("autoscaling put-scaling-policy", {
        AutoScalingGroupName: "web",
        PolicyName: "cpu",
        PolicyType: "TargetTrackingScaling",
        TargetTrackingConfiguration: {
          PredefinedMetricSpecification: { PredefinedMetricType: "ASGAverageCPUUtilization" },
          TargetValue: 50,
        },
      });
      return { vpc, a, b, igw, web, targets, balancer, image: image!, template };
    },
    roots: "$vpc",
    file: `vpcs:
  main: { cidrBlock: 10.4.0.0/16, adopt: { id: $vpc } }

internetGateways:
  main: { vpc: main, adopt: { id: $igw } }

subnets:
  subnet-a:
    vpc: main
    cidrBlock: 10.4.1.0/24
    availabilityZone: a
    adopt: { id: $a }
  subnet-b:
    vpc: main
    cidrBlock: 10.4.2.0/24
    availabilityZone: b
    adopt: { id: $b }

securityGroups:
  web:
    vpc: main
    description: web
    ingress:
      - { port: 80, source: 0.0.0.0/0 }
    name: web
    adopt: { id: $web }

launchTemplates:
  web:
    image: $image
    instanceType: t3.micro
    securityGroups: [web]
    name: web
    adopt: { id: $template }

targetGroups:
  web:
    vpc: main
    protocol: HTTP
    port: 80
    healthCheck: { path: /healthz }
    name: web
    adopt: { id: $targets }

loadBalancers:
  web:
    scheme: internet-facing
    subnets: [subnet-a, subnet-b]
    securityGroups: [web]
    listeners:
      "80":
        protocol: HTTP
        forward: web
        rules:
          rule-10:
            priority: 10
            conditions: { path: [/old/*] }
            fixedResponse: { statusCode: 410 }
    name: web
    adopt: { id: $balancer }

autoScalingGroups:
  web:
    launchTemplate: web
    minSize: 0
    maxSize: 3
    subnets: [subnet-a, subnet-b]
    targetGroups: [web]
    healthCheckGracePeriod: 0
    scalingPolicies:
      cpu: { targetTracking: { metric: ASGAverageCPUUtilization, target: 50 } }
    name: web
    adopt: { id: web }
`,
    // moto's default grace period is the one of the console.
    onMoto: [["    healthCheckGracePeriod: 0\n", ""]],
  },
  {
    name: "a database with an alarm",
    async make(cli) {
      const { aws } = cli;
      const { vpc, subnet } = await network(cli, "10.5");
      const [a, b, db] = [await subnet("a", 1), await subnet("b", 2), await group(cli, vpc, "db")];
      await aws(`ec2 authorize-security-group-ingress --group-id ${db} --protocol tcp --port 3306 --cidr 10.5.0.0/16`);
      await aws(`rds create-db-subnet-group --db-subnet-group-name shop --db-subnet-group-description shop --subnet-ids ${a} ${b}`);
      await aws("rds create-db-parameter-group --db-parameter-group-name shop --db-parameter-group-family mysql8.0 --description shop");
      await aws(
        "rds modify-db-parameter-group --db-parameter-group-name shop --parameters ParameterName=max_connections,ParameterValue=200,ApplyMethod=immediate",
      );
      await aws(
        `rds create-db-instance --db-instance-identifier shop --engine mysql --engine-version 8.0 --db-instance-class db.t3.micro --allocated-storage 20 --master-username admin --master-user-password only-for-this-test --db-subnet-group-name shop --db-parameter-group-name shop --vpc-security-group-ids ${db} --storage-type gp3 --backup-retention-period 7 --preferred-backup-window 03:00-03:30 --preferred-maintenance-window sun:04:00-sun:04:30 --availability-zone ${zone}a`,
      );
      await cli.until("rds describe-db-instances --db-instance-identifier shop --query DBInstances[].DBInstanceStatus", ["available"]);
      const topic = await aws("sns create-topic --name ops --query TopicArn");
      await aws("cloudwatch put-metric-alarm", {
        AlarmName: "shop-cpu",
        Namespace: "AWS/RDS",
        MetricName: "CPUUtilization",
        Dimensions: [{ Name: "DBInstanceIdentifier", Value: "shop" }],
        Statistic: "Average",
        Period: 300,
        EvaluationPeriods: 2,
        Threshold: 80,
        ComparisonOperator: "GreaterThanThreshold",
        AlarmActions: [topic],
      });
      return { vpc, a, b, db, topic };
    },
    roots: "$vpc $topic",
    file: `vpcs:
  main: { cidrBlock: 10.5.0.0/16, adopt: { id: $vpc } }

subnets:
  subnet-a:
    vpc: main
    cidrBlock: 10.5.1.0/24
    availabilityZone: a
    adopt: { id: $a }
  subnet-b:
    vpc: main
    cidrBlock: 10.5.2.0/24
    availabilityZone: b
    adopt: { id: $b }

securityGroups:
  db:
    vpc: main
    description: db
    ingress:
      - { port: 3306, source: 10.5.0.0/16 }
    name: db
    adopt: { id: $db }

alarms:
  shop-cpu:
    namespace: AWS/RDS
    metricName: CPUUtilization
    dimensions: { DBInstanceIdentifier: dbInstance/shop }
    statistic: Average
    period: 300
    evaluationPeriods: 2
    threshold: 80
    comparisonOperator: GreaterThanThreshold
    alarmActions: [ops]
    name: shop-cpu
    adopt: { id: shop-cpu }

topics:
  ops: { name: ops, adopt: { id: $topic } }

dbSubnetGroups:
  shop: { subnets: [subnet-a, subnet-b], description: shop, name: shop, adopt: { id: shop } }

dbParameterGroups:
  shop:
    family: mysql8.0
    description: shop
    parameters: { max_connections: "200" }
    name: shop
    adopt: { id: shop }

dbInstances:
  # AWS does not return its password
  shop:
    engine: mysql
    engineVersion: "8.0"
    instanceClass: db.t3.micro
    allocatedStorage: 20
    storageEncrypted: false
    subnetGroup: shop
    securityGroups: [db]
    parameterGroup: shop
    backupWindow: 03:00-03:30
    maintenanceWindow: sun:04:00-sun:04:30
    engineLifecycleSupport: open-source-rds-extended-support
    caCertificate: rds-ca-rsa2048-g1
    masterUsername: admin
    availabilityZone: a
    deletionProtection: false
    name: shop
    adopt: { id: shop }
`,
    onMoto: [
      ["    engineLifecycleSupport: open-source-rds-extended-support\n", ""],
      ["rds-ca-rsa2048-g1", "rds-ca-default"],
    ],
  },
];
