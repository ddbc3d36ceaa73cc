/** One object of each curated type, with its possible changes. */
export interface Case {
  readonly full: Readonly<Record<string, unknown>>;
  /** Another value of a property, with the action of the plan; "update" when left out. */
  readonly changes: readonly (readonly [property: string, to: unknown, does?: "update" | "replace" | "refused"])[];
  /** Further resources, as YAML. */
  readonly around?: string;
}

const role = `iamRoles: { run: { trust: lambda.amazonaws.com } }
AWS::Lambda::Function:
  other: { Role: "\${iamRole.run.arn}", Handler: i.h, Runtime: nodejs22.x, Code: { ZipFile: "x" } }
AWS::SQS::Queue: { source: { disposable: true } }
`;
const functionArn = '${resource("AWS::Lambda::Function/other").Arn}';
const queueArn = '${resource("AWS::SQS::Queue/source").Arn}';
const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: "S" });
const functionName = '${resource("AWS::Lambda::Function/other").id}';
const topicArn = "arn:aws:sns:eu-west-1:123456789012:done";
const apiId = '${resource("AWS::ApiGatewayV2::Api/shop").id}';
const httpApi = "AWS::ApiGatewayV2::Api: { shop: { ProtocolType: HTTP } }\n";
const policy = (Action: unknown, Resource: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action, Resource }],
});
const site = (Comment: string) => ({
  Enabled: true,
  Comment,
  Origins: [{ Id: "s3", DomainName: "lab.s3.eu-west-1.amazonaws.com", S3OriginConfig: { OriginAccessIdentity: "" } }],
  DefaultCacheBehavior: { TargetOriginId: "s3", ViewerProtocolPolicy: "redirect-to-https", AllowedMethods: ["GET", "HEAD"] },
});
const control = (SigningBehavior: string) => ({
  Name: "lab",
  OriginAccessControlOriginType: "s3",
  SigningBehavior,
  SigningProtocol: "sigv4",
});
const cachePolicy = (DefaultTTL: number) => ({
  Name: "lab",
  DefaultTTL,
  MinTTL: 1,
  MaxTTL: 3600,
  ParametersInCacheKeyAndForwardedToOrigin: {
    CookiesConfig: { CookieBehavior: "none" },
    EnableAcceptEncodingGzip: true,
    HeadersConfig: { HeaderBehavior: "none" },
    QueryStringsConfig: { QueryStringBehavior: "none" },
  },
});
const originRequests = (QueryStringBehavior: string) => ({
  Name: "lab",
  CookiesConfig: { CookieBehavior: "none" },
  HeadersConfig: { HeaderBehavior: "none" },
  QueryStringsConfig: { QueryStringBehavior },
});
const headers = (AccessControlMaxAgeSec: number) => ({
  Name: "lab",
  SecurityHeadersConfig: { StrictTransportSecurity: { AccessControlMaxAgeSec, Override: true } },
});
const visibility = { CloudWatchMetricsEnabled: false, MetricName: "lab", SampledRequestsEnabled: false };
const backupPlan = (DeleteAfterDays: number) => ({
  BackupPlanName: "daily",
  BackupPlanRule: [{ RuleName: "daily", TargetBackupVault: "lab", Lifecycle: { DeleteAfterDays } }],
});
const selection = (SelectionName: string) => ({ SelectionName, IamRoleArn: "${iamRole.run.arn}", Resources: ["*"] });

const subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];
const cluster = '${resource("AWS::EKS::Cluster/main").id}';
const eks = `iamRoles: { run: { trust: eks.amazonaws.com } }
AWS::EKS::Cluster: ${JSON.stringify({ main: { RoleArn: "${iamRole.run.arn}", ResourcesVpcConfig: { SubnetIds: subnets }, disposable: true } })}
`;
const certificate = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";
const ecs = `AWS::ECS::Cluster: { shop: {} }
AWS::ECS::TaskDefinition: { web: { ContainerDefinitions: [{ Name: web, Image: "nginx:1", Memory: 128 }] } }
AWS::ECS::Service: ${JSON.stringify({ web: { Cluster: '${resource("AWS::ECS::Cluster/shop").id}', TaskDefinition: '${resource("AWS::ECS::TaskDefinition/web").TaskDefinitionArn}' } })}
`;
const serviceId = 'service/${resource("AWS::ECS::Cluster/shop").id}/${resource("AWS::ECS::Service/web").Name}';
const onProcessor = (TargetValue: number) => ({
  TargetValue,
  PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
});
const acl = `AWS::WAFv2::WebACL: ${JSON.stringify({ shop: { Scope: "REGIONAL", DefaultAction: { Allow: {} }, VisibilityConfig: visibility } })}\n`;
const aclArn = '${resource("AWS::WAFv2::WebACL/shop").Arn}';
const balancer = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/0123456789abcdef";

export const cases: Readonly<Record<string, Case>> = {
  "AWS::SQS::Queue": {
    full: { DelaySeconds: 5, VisibilityTimeout: 60, RedriveAllowPolicy: { redrivePermission: "denyAll" } },
    changes: [
      ["DelaySeconds", 6],
      ["RedriveAllowPolicy", { redrivePermission: "allowAll" }],
      ["QueueName", "another", "replace"],
    ],
  },
  "AWS::DynamoDB::Table": {
    full: {
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [attribute("pk"), attribute("sk")],
      KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
    changes: [
      ["PointInTimeRecoverySpecification", { PointInTimeRecoveryEnabled: false }],
      ["DeletionProtectionEnabled", true],
      ["KeySchema", [key("pk", "HASH")], "refused"],
    ],
  },
  "AWS::Lambda::Function": {
    full: { Role: "${iamRole.run.arn}", Handler: "index.handler", Runtime: "nodejs22.x", Code: { ZipFile: "a" }, Architectures: ["arm64"] },
    changes: [
      ["Code", { ZipFile: "b" }],
      ["MemorySize", 256],
      ["Environment", { Variables: { MODE: "1" } }],
      ["PackageType", "Image", "replace"],
    ],
    around: "iamRoles: { run: { trust: lambda.amazonaws.com } }\n",
  },
  "AWS::Lambda::EventSourceMapping": {
    full: { FunctionName: functionArn, EventSourceArn: queueArn, BatchSize: 5, FunctionResponseTypes: ["ReportBatchItemFailures"] },
    changes: [
      ["BatchSize", 6],
      ["Enabled", false],
    ],
    around: role,
  },
  "AWS::Events::EventBus": { full: { Description: "of orders" }, changes: [["Description", "of others"]] },
  "AWS::Scheduler::ScheduleGroup": { full: {}, changes: [["Name", "another", "replace"]] },
  "AWS::ECR::Repository": {
    full: { ImageTagMutability: "IMMUTABLE", EmptyOnDelete: true },
    changes: [
      ["ImageTagMutability", "MUTABLE"],
      ["EmptyOnDelete", false],
      ["EncryptionConfiguration", { EncryptionType: "KMS" }, "replace"],
    ],
  },
  "AWS::ECS::Cluster": {
    full: { ClusterSettings: [{ Name: "containerInsights", Value: "enabled" }], CapacityProviders: ["FARGATE", "FARGATE_SPOT"] },
    changes: [
      ["ClusterSettings", [{ Name: "containerInsights", Value: "disabled" }]],
      ["CapacityProviders", ["FARGATE"]],
    ],
  },
  "AWS::Kinesis::Stream": {
    full: {
      RetentionPeriodHours: 48,
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
      DesiredShardLevelMetrics: ["IncomingBytes", "IncomingRecords"],
    },
    changes: [
      ["RetentionPeriodHours", 72],
      ["DesiredShardLevelMetrics", ["IncomingBytes"]],
    ],
  },
  "AWS::SQS::QueueInlinePolicy": {
    full: { Queue: '${resource("AWS::SQS::Queue/source").id}', PolicyDocument: policy("sqs:SendMessage", queueArn) },
    changes: [["PolicyDocument", policy(["sqs:SendMessage", "sqs:ReceiveMessage"], queueArn)]],
    around: "AWS::SQS::Queue: { source: { disposable: true } }\n",
  },
  "AWS::Events::Rule": {
    full: {
      ScheduleExpression: "rate(1 hour)",
      Targets: [
        { Id: "b", Arn: queueArn },
        { Id: "a", Arn: queueArn, Input: "{}" },
      ],
    },
    changes: [
      ["ScheduleExpression", "rate(2 hours)"],
      ["State", "DISABLED"],
      ["Name", "another", "replace"],
    ],
    around: "AWS::SQS::Queue: { source: { disposable: true } }\n",
  },
  "AWS::Scheduler::Schedule": {
    full: {
      ScheduleExpression: "rate(1 hour)",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: { Arn: queueArn, RoleArn: "${iamRole.run.arn}" },
    },
    changes: [
      ["ScheduleExpression", "rate(2 hours)"],
      ["State", "DISABLED"],
    ],
    around: "iamRoles: { run: { trust: scheduler.amazonaws.com } }\nAWS::SQS::Queue: { source: { disposable: true } }\n",
  },
  "AWS::Pipes::Pipe": {
    full: { RoleArn: "${iamRole.run.arn}", Source: queueArn, Target: functionArn, TargetParameters: { InputTemplate: "{}" } },
    changes: [
      ["TargetParameters", { InputTemplate: "[]" }],
      ["DesiredState", "STOPPED"],
    ],
    around: role,
  },
  "AWS::Lambda::Permission": {
    full: { FunctionName: functionArn, Action: "lambda:InvokeFunction", Principal: "sns.amazonaws.com", SourceArn: topicArn },
    changes: [["Principal", "s3.amazonaws.com", "replace"]],
    around: role,
  },
  "AWS::Lambda::Alias": {
    full: { FunctionName: functionName, Name: "live", FunctionVersion: "1" },
    changes: [
      ["FunctionVersion", "2"],
      ["Name", "next", "replace"],
    ],
    around: role,
  },
  "AWS::Lambda::Url": {
    full: { TargetFunctionArn: functionArn, AuthType: "AWS_IAM" },
    changes: [["AuthType", "NONE"]],
    around: role,
  },
  "AWS::Lambda::EventInvokeConfig": {
    full: { FunctionName: functionName, Qualifier: "$LATEST", MaximumRetryAttempts: 1 },
    changes: [["MaximumRetryAttempts", 2]],
    around: role,
  },
  "AWS::StepFunctions::StateMachine": {
    full: {
      RoleArn: "${iamRole.run.arn}",
      DefinitionString: '{"StartAt":"a","States":{"a":{"Type":"Pass","End":true}}}',
      TracingConfiguration: { Enabled: true },
    },
    changes: [
      ["DefinitionString", '{"StartAt":"b","States":{"b":{"Type":"Pass","End":true}}}'],
      ["StateMachineType", "EXPRESS", "replace"],
    ],
    around: "iamRoles: { run: { trust: states.amazonaws.com } }\n",
  },
  "AWS::ApiGatewayV2::Api": {
    full: { ProtocolType: "HTTP", Description: "of the shop", CorsConfiguration: { AllowOrigins: ["*"] } },
    changes: [
      ["Description", "of others"],
      ["Name", "another"],
      ["ProtocolType", "WEBSOCKET", "replace"],
    ],
  },
  "AWS::ApiGatewayV2::Stage": {
    full: { ApiId: apiId, StageName: "v1", AutoDeploy: true },
    changes: [
      ["AutoDeploy", false],
      ["StageName", "v2", "replace"],
    ],
    around: httpApi,
  },
  "AWS::ApiGatewayV2::Integration": {
    full: {
      ApiId: apiId,
      IntegrationType: "HTTP_PROXY",
      IntegrationMethod: "GET",
      IntegrationUri: "https://example.com",
      PayloadFormatVersion: "1.0",
    },
    changes: [["IntegrationUri", "https://example.org"]],
    around: httpApi,
  },
  "AWS::ApiGatewayV2::Route": {
    full: { ApiId: apiId, RouteKey: "GET /items", AuthorizationType: "NONE" },
    changes: [
      ["AuthorizationType", "AWS_IAM"],
      ["RouteKey", "GET /others", "replace"],
    ],
    around: httpApi,
  },
  "AWS::ApiGatewayV2::VpcLink": {
    full: { SubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"] },
    changes: [["SubnetIds", ["subnet-0123456789abcdef0"], "replace"]],
  },
  "AWS::CloudFront::Distribution": { full: { DistributionConfig: site("first") }, changes: [["DistributionConfig", site("second")]] },
  "AWS::CloudFront::OriginAccessControl": {
    full: { OriginAccessControlConfig: control("always") },
    changes: [["OriginAccessControlConfig", control("never")]],
  },
  "AWS::CloudFront::CachePolicy": {
    full: { CachePolicyConfig: cachePolicy(60) },
    changes: [["CachePolicyConfig", cachePolicy(90)]],
  },
  "AWS::CloudFront::OriginRequestPolicy": {
    full: { OriginRequestPolicyConfig: originRequests("none") },
    changes: [["OriginRequestPolicyConfig", originRequests("all")]],
  },
  "AWS::CloudFront::ResponseHeadersPolicy": {
    full: { ResponseHeadersPolicyConfig: headers(60) },
    changes: [["ResponseHeadersPolicyConfig", headers(90)]],
  },
  "AWS::CloudFront::Function": {
    full: { FunctionCode: "x", FunctionConfig: { Comment: "first", Runtime: "cloudfront-js-2.0" }, AutoPublish: true },
    changes: [["FunctionCode", "y"]],
  },
  "AWS::WAFv2::WebACL": {
    full: { Scope: "REGIONAL", DefaultAction: { Allow: {} }, VisibilityConfig: visibility },
    changes: [["DefaultAction", { Block: {} }]],
  },
  "AWS::WAFv2::IPSet": {
    full: { Scope: "REGIONAL", IPAddressVersion: "IPV4", Addresses: ["192.0.2.0/24", "198.51.100.0/24"] },
    changes: [["Addresses", ["192.0.2.0/24"]]],
  },
  "AWS::ECS::TaskDefinition": {
    full: { ContainerDefinitions: [{ Name: "web", Image: "nginx:1", Memory: 128 }] },
    changes: [["ContainerDefinitions", [{ Name: "web", Image: "nginx:2", Memory: 128 }], "replace"]],
  },
  "AWS::ECS::Service": {
    full: {
      Cluster: '${resource("AWS::ECS::Cluster/shop").id}',
      TaskDefinition: '${resource("AWS::ECS::TaskDefinition/web").TaskDefinitionArn}',
      DesiredCount: 2,
    },
    changes: [["DesiredCount", 3]],
    around: `AWS::ECS::Cluster: { shop: {} }
AWS::ECS::TaskDefinition: { web: { ContainerDefinitions: [{ Name: web, Image: "nginx:1", Memory: 128 }] } }
`,
  },
  "AWS::KinesisFirehose::DeliveryStream": {
    full: {
      ExtendedS3DestinationConfiguration: {
        BucketARN: "arn:aws:s3:::logs",
        RoleARN: "arn:aws:iam::123456789012:role/firehose",
        BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 5 },
      },
    },
    changes: [["DeliveryStreamType", "KinesisStreamAsSource", "replace"]],
  },
  "AWS::OpenSearchService::Domain": {
    full: { EngineVersion: "OpenSearch_2.19", ClusterConfig: { InstanceType: "t3.small.search", InstanceCount: 1 } },
    changes: [["ClusterConfig", { InstanceType: "t3.small.search", InstanceCount: 2 }]],
  },
  "AWS::Cognito::UserPool": {
    full: { AutoVerifiedAttributes: ["email"], Policies: { PasswordPolicy: { MinimumLength: 12 } } },
    changes: [["Policies", { PasswordPolicy: { MinimumLength: 14 } }]],
  },
  "AWS::Cognito::UserPoolClient": {
    full: {
      UserPoolId: '${resource("AWS::Cognito::UserPool/people").id}',
      ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    },
    changes: [["ExplicitAuthFlows", ["ALLOW_REFRESH_TOKEN_AUTH"]]],
    around: "AWS::Cognito::UserPool: { people: { disposable: true } }\n",
  },
  "AWS::CloudWatch::Dashboard": {
    full: { DashboardBody: '{"widgets":[]}' },
    changes: [["DashboardBody", '{"widgets":[{"type":"text"}]}']],
  },
  "AWS::CloudWatch::CompositeAlarm": {
    full: { AlarmRule: "ALARM(a)", ActionsEnabled: false },
    changes: [["AlarmRule", "ALARM(b)"]],
  },
  "AWS::Backup::BackupVault": {
    full: { AccessPolicy: policy("backup:StartBackupJob", "*") },
    changes: [["AccessPolicy", policy("backup:StartCopyJob", "*")]],
  },
  "AWS::Backup::BackupPlan": { full: { BackupPlan: backupPlan(7) }, changes: [["BackupPlan", backupPlan(14)]] },
  "AWS::Backup::BackupSelection": {
    full: { BackupPlanId: '${resource("AWS::Backup::BackupPlan/daily").id}', BackupSelection: selection("all") },
    changes: [["BackupSelection", selection("some"), "replace"]],
    around: `iamRoles: { run: { trust: backup.amazonaws.com } }\nAWS::Backup::BackupPlan: ${JSON.stringify({ daily: { BackupPlan: backupPlan(7) } })}\n`,
  },
  "AWS::SES::EmailIdentity": {
    full: { EmailIdentity: "example.com", FeedbackAttributes: { EmailForwardingEnabled: true } },
    changes: [["FeedbackAttributes", { EmailForwardingEnabled: false }]],
  },
  "AWS::SES::ConfigurationSet": {
    full: { SendingOptions: { SendingEnabled: true } },
    changes: [["SendingOptions", { SendingEnabled: false }]],
  },
  "AWS::SSM::Document": {
    full: { Content: { schemaVersion: "2.2", mainSteps: [] }, UpdateMethod: "NewVersion" },
    changes: [["Content", { schemaVersion: "2.2", mainSteps: [], description: "more" }]],
  },
  "AWS::SES::Template": {
    full: { Template: { TemplateName: "welcome", SubjectPart: "Hello", TextPart: "Hello, {{name}}" } },
    changes: [
      ["Template", { TemplateName: "welcome", SubjectPart: "Hi", TextPart: "Hello, {{name}}" }],
      ["Template", { TemplateName: "hello", SubjectPart: "Hello" }, "replace"],
    ],
  },
  "AWS::EKS::Cluster": {
    full: { RoleArn: "${iamRole.run.arn}", Version: "1.32", ResourcesVpcConfig: { SubnetIds: subnets } },
    changes: [
      ["Version", "1.33"],
      ["DeletionProtection", true],
      ["Name", "another", "replace"],
    ],
    around: "iamRoles: { run: { trust: eks.amazonaws.com } }\n",
  },
  "AWS::EKS::Nodegroup": {
    full: { ClusterName: cluster, NodeRole: "${iamRole.run.arn}", Subnets: subnets, ScalingConfig: { MinSize: 1, MaxSize: 3 } },
    changes: [
      ["ScalingConfig", { MinSize: 2, MaxSize: 3 }],
      ["Labels", { team: "web" }],
      ["DiskSize", 40, "replace"],
    ],
    around: eks,
  },
  "AWS::EKS::Addon": {
    full: { ClusterName: cluster, AddonName: "coredns", ConfigurationValues: '{"replicaCount":2}' },
    changes: [
      ["ConfigurationValues", '{"replicaCount":3}'],
      ["ResolveConflicts", "OVERWRITE"],
      ["AddonName", "vpc-cni", "replace"],
    ],
    around: eks,
  },
  "AWS::EKS::FargateProfile": {
    full: { ClusterName: cluster, PodExecutionRoleArn: "${iamRole.run.arn}", Selectors: [{ Namespace: "web" }] },
    changes: [["Selectors", [{ Namespace: "jobs" }], "replace"]],
    around: eks,
  },
  "AWS::EKS::AccessEntry": {
    full: { ClusterName: cluster, PrincipalArn: "${iamRole.run.arn}", KubernetesGroups: ["viewers"] },
    changes: [["KubernetesGroups", ["viewers", "editors"]]],
    around: eks,
  },
  "AWS::EKS::PodIdentityAssociation": {
    full: { ClusterName: cluster, RoleArn: "${iamRole.run.arn}", Namespace: "web", ServiceAccount: "shop" },
    changes: [
      ["DisableSessionTags", true],
      ["Namespace", "jobs", "replace"],
    ],
    around: eks,
  },
  "AWS::ApiGatewayV2::Authorizer": {
    full: {
      ApiId: apiId,
      Name: "people",
      AuthorizerType: "JWT",
      IdentitySource: ["$request.header.Authorization"],
      JwtConfiguration: { Audience: ["a"], Issuer: "https://example.com" },
    },
    changes: [
      ["JwtConfiguration", { Audience: ["b"], Issuer: "https://example.com" }],
      ["Name", "others", "replace"],
    ],
    around: httpApi,
  },
  "AWS::ApiGatewayV2::DomainName": {
    full: { DomainName: "api.example.com", DomainNameConfigurations: [{ CertificateArn: certificate, EndpointType: "REGIONAL" }] },
    changes: [
      ["DomainNameConfigurations", [{ CertificateArn: certificate, EndpointType: "REGIONAL", SecurityPolicy: "TLS_1_2" }]],
      ["DomainName", "www.example.com", "replace"],
    ],
  },
  "AWS::ApiGatewayV2::ApiMapping": {
    full: {
      ApiId: apiId,
      DomainName: '${resource("AWS::ApiGatewayV2::DomainName/shop").DomainName}',
      Stage: '${resource("AWS::ApiGatewayV2::Stage/v1").StageName}',
      ApiMappingKey: "v1",
    },
    changes: [["ApiMappingKey", "v2", "replace"]],
    around: `${httpApi}AWS::ApiGatewayV2::Stage: ${JSON.stringify({ v1: { ApiId: apiId, StageName: "v1", AutoDeploy: true } })}
AWS::ApiGatewayV2::DomainName: { shop: { DomainName: api.example.com } }
`,
  },
  "AWS::ApplicationAutoScaling::ScalableTarget": {
    full: { ResourceId: serviceId, ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount", MinCapacity: 1, MaxCapacity: 4 },
    changes: [
      ["MaxCapacity", 8],
      ["SuspendedState", { ScheduledScalingSuspended: true }],
    ],
    around: ecs,
  },
  "AWS::ApplicationAutoScaling::ScalingPolicy": {
    full: {
      ResourceId: '${resource("AWS::ApplicationAutoScaling::ScalableTarget/web").ResourceId}',
      ServiceNamespace: "ecs",
      ScalableDimension: "ecs:service:DesiredCount",
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: onProcessor(60),
    },
    changes: [
      ["TargetTrackingScalingPolicyConfiguration", onProcessor(70)],
      ["PolicyName", "another", "replace"],
    ],
    around: `${ecs}AWS::ApplicationAutoScaling::ScalableTarget: ${JSON.stringify({
      web: {
        ResourceId: serviceId,
        ServiceNamespace: "ecs",
        ScalableDimension: "ecs:service:DesiredCount",
        MinCapacity: 1,
        MaxCapacity: 4,
      },
    })}\n`,
  },
  "AWS::WAFv2::WebACLAssociation": {
    full: { WebACLArn: aclArn, ResourceArn: `${balancer}/one` },
    changes: [["ResourceArn", `${balancer}/two`, "replace"]],
    around: acl,
  },
  "AWS::WAFv2::LoggingConfiguration": {
    full: { ResourceArn: aclArn, LogDestinationConfigs: ["arn:aws:s3:::aws-waf-logs-lab"] },
    changes: [["LogDestinationConfigs", ["arn:aws:s3:::aws-waf-logs-other"]]],
    around: acl,
  },
};
