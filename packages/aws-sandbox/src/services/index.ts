/** The services of the sandbox. A model and the schemas of its wire protocol are loaded at the first call to the service. */
import type { ServiceModel } from "../model.ts";

/** One service: how clients address it, its protocol, and where its model is. */
export interface ServiceEntry {
  /** The service's name in the credential scope of a signature, and the first label of its host. */
  readonly signingName: string;
  /** The API version in its query protocol. It tells two services with the same signing name apart. */
  readonly version: string;
  readonly xmlNamespace: string;
  /** The flavour of its query protocol: EC2's or the common one. */
  readonly form?: "ec2" | "query";
  /** Set when it uses REST with XML or JSON. `malformed` is its error code for a body that does not fit the operation. */
  readonly rest?: {
    readonly malformed: string;
    /** Its bodies and errors are JSON. */
    readonly json?: true;
    /** Its errors have no `<ErrorResponse>` around them. */
    readonly bareErrors?: true;
  };
  /** The prefix of X-Amz-Target, and the service's name in the path of Smithy RPC v2 CBOR, if it uses those protocols. */
  readonly target?: string;
  /** Its state belongs to the account, whatever region a client names. */
  readonly isGlobal?: true;
  /** The exports of the SDK's client package, operation schemas among them. */
  schemas(): Promise<object>;
  model(): Promise<{ readonly model: ServiceModel }>;
}

/** The region in which a partition's global services keep their state. */
export function homeOf(region: string): string {
  if (region.startsWith("cn-")) return "cn-north-1";
  return region.startsWith("us-gov-") ? "us-gov-west-1" : "us-east-1";
}

export type Services = Readonly<Record<string, ServiceEntry>>;

export const services: Services = {
  acm: {
    signingName: "acm",
    version: "2015-12-08",
    xmlNamespace: "http://acm.amazonaws.com/doc/2015-12-08/",
    target: "CertificateManager",
    schemas: () => import("@aws-sdk/client-acm"),
    model: () => import("./acm/index.ts"),
  },
  autoscaling: {
    signingName: "autoscaling",
    version: "2011-01-01",
    xmlNamespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
    form: "query",
    schemas: () => import("@aws-sdk/client-auto-scaling"),
    model: () => import("./autoscaling/index.ts"),
  },
  cloudformation: {
    signingName: "cloudformation",
    version: "2010-05-15",
    xmlNamespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
    form: "query",
    schemas: () => import("@aws-sdk/client-cloudformation"),
    model: () => import("./cloudformation/index.ts"),
  },
  cloudwatch: {
    signingName: "monitoring",
    version: "2010-08-01",
    xmlNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
    form: "query",
    target: "GraniteServiceVersion20100801",
    schemas: () => import("@aws-sdk/client-cloudwatch"),
    model: () => import("./cloudwatch/index.ts"),
  },
  cloudcontrol: {
    signingName: "cloudcontrolapi",
    version: "2021-09-30",
    xmlNamespace: "http://cloudcontrolapi.amazonaws.com/doc/2021-09-30/",
    target: "CloudApiService",
    schemas: () => import("@aws-sdk/client-cloudcontrol"),
    model: () => import("./cloudcontrol/index.ts"),
  },
  ec2: {
    signingName: "ec2",
    version: "2016-11-15",
    xmlNamespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
    form: "ec2",
    schemas: () => import("@aws-sdk/client-ec2"),
    model: () => import("./ec2/index.ts"),
  },
  efs: {
    signingName: "elasticfilesystem",
    version: "2015-02-01",
    xmlNamespace: "",
    rest: { malformed: "BadRequest", json: true },
    schemas: () => import("@aws-sdk/client-efs"),
    model: () => import("./efs/index.ts"),
  },
  elasticache: {
    signingName: "elasticache",
    version: "2015-02-02",
    xmlNamespace: "http://elasticache.amazonaws.com/doc/2015-02-02/",
    form: "query",
    schemas: () => import("@aws-sdk/client-elasticache"),
    model: () => import("./elasticache/index.ts"),
  },
  elbv2: {
    signingName: "elasticloadbalancing",
    version: "2015-12-01",
    xmlNamespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    form: "query",
    schemas: () => import("@aws-sdk/client-elastic-load-balancing-v2"),
    model: () => import("./elbv2/index.ts"),
  },
  logs: {
    signingName: "logs",
    version: "2014-03-28",
    xmlNamespace: "http://monitoring.amazonaws.com/doc/2014-03-28/",
    target: "Logs_20140328",
    schemas: () => import("@aws-sdk/client-cloudwatch-logs"),
    model: () => import("./logs/index.ts"),
  },
  iam: {
    signingName: "iam",
    version: "2010-05-08",
    xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    form: "query",
    isGlobal: true,
    schemas: () => import("@aws-sdk/client-iam"),
    model: () => import("./iam/index.ts"),
  },
  kms: {
    signingName: "kms",
    version: "2014-11-01",
    xmlNamespace: "https://trent.amazonaws.com/doc/2014-11-01/",
    target: "TrentService",
    schemas: () => import("@aws-sdk/client-kms"),
    model: () => import("./kms/index.ts"),
  },
  rds: {
    signingName: "rds",
    version: "2014-10-31",
    xmlNamespace: "http://rds.amazonaws.com/doc/2014-10-31/",
    form: "query",
    schemas: () => import("@aws-sdk/client-rds"),
    model: () => import("./rds/index.ts"),
  },
  route53: {
    signingName: "route53",
    version: "2013-04-01",
    xmlNamespace: "https://route53.amazonaws.com/doc/2013-04-01/",
    rest: { malformed: "InvalidInput" },
    isGlobal: true,
    schemas: () => import("@aws-sdk/client-route-53"),
    model: () => import("./route53/index.ts"),
  },
  s3: {
    signingName: "s3",
    version: "2006-03-01",
    xmlNamespace: "http://s3.amazonaws.com/doc/2006-03-01/",
    rest: { malformed: "MalformedXML", bareErrors: true },
    schemas: () => import("@aws-sdk/client-s3"),
    model: () => import("./s3/index.ts"),
  },
  secretsmanager: {
    signingName: "secretsmanager",
    version: "2017-10-17",
    xmlNamespace: "https://secretsmanager.amazonaws.com/doc/2017-10-17/",
    target: "secretsmanager",
    schemas: () => import("@aws-sdk/client-secrets-manager"),
    model: () => import("./secretsmanager/index.ts"),
  },
  sns: {
    signingName: "sns",
    version: "2010-03-31",
    xmlNamespace: "http://sns.amazonaws.com/doc/2010-03-31/",
    form: "query",
    schemas: () => import("@aws-sdk/client-sns"),
    model: () => import("./sns/index.ts"),
  },
  ssm: {
    signingName: "ssm",
    version: "2014-11-06",
    xmlNamespace: "http://ssm.amazonaws.com/doc/2014-11-06/",
    target: "AmazonSSM",
    schemas: () => import("@aws-sdk/client-ssm"),
    model: () => import("./ssm.ts"),
  },
  tagging: {
    signingName: "tagging",
    version: "2017-01-26",
    xmlNamespace: "http://tagging.amazonaws.com/doc/2017-01-26/",
    target: "ResourceGroupsTaggingAPI_20170126",
    schemas: () => import("@aws-sdk/client-resource-groups-tagging-api"),
    model: () => import("./tagging/index.ts"),
  },
  sts: {
    signingName: "sts",
    version: "2011-06-15",
    xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    form: "query",
    schemas: () => import("@aws-sdk/client-sts"),
    model: () => import("./sts.ts"),
  },
};
