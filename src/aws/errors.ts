/**
 * The classes of AWS's error codes (dossier: networking 1.3 and 2.2, compute 1.1 and 6.2). Spelling is inconsistent within AWS, and between
 * the wire code and the SDK's class name. So both are looked up in lower case and without the endings that the SDK adds.
 */
export type ErrorClass =
  | "throttle" //      not carried out; slow down and send again
  | "transient" //     the server failed; a read may be sent again, a write's outcome is unknown
  | "ambiguous" //     a create that cannot be repeated, and whose answer was lost
  | "not-found" //     gone, or not yet visible
  | "dependency" //    something still uses it
  | "wrong-state" //   not now; wait for the state and send again
  | "concurrency" //   another change of the same object is under way
  | "duplicate" //     the name, range or rule exists
  | "mismatch" //      the client token was used with other parameters, or its object is dead
  | "quota"
  | "capacity"
  | "protected"
  | "auth"
  | "expired" //       credentials or clock
  | "network" //       nothing was reached at all
  | "validation"; //   everything else: do not send again

/** The error of one call to AWS, after the gate has given up. */
export class AwsError extends Error {
  readonly class: ErrorClass;
  /** The wire code ("InvalidSubnet.Conflict"). */
  readonly code: string;
  readonly service: string;
  readonly operation: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly attempts: number;
  /** Nothing had left this machine when the call failed, so even a create may be sent again. */
  readonly isUnsent: boolean;
  /** The lost call had a client token, by which AWS recognises the call when it is sent again. */
  readonly hasToken: boolean;
  /** For a refusal because of the time: milliseconds by which this machine's clock is ahead of AWS's. */
  readonly skew: number | undefined;
  constructor(
    of: Pick<AwsError, "class" | "code" | "service" | "operation" | "status" | "requestId" | "attempts" | "message"> &
      Partial<Pick<AwsError, "isUnsent" | "hasToken" | "skew">>,
    cause?: unknown,
  ) {
    super(of.message, { cause });
    this.name = "AwsError";
    this.class = of.class;
    this.code = of.code;
    this.service = of.service;
    this.operation = of.operation;
    this.status = of.status;
    this.requestId = of.requestId;
    this.attempts = of.attempts;
    this.isUnsent = of.isUnsent ?? false;
    this.hasToken = of.hasToken ?? false;
    this.skew = of.skew;
  }
}

/** The role may not make this call. */
export function isDenied(error: unknown): error is AwsError {
  return error instanceof AwsError && error.class === "auth";
}

/** The answer, or undefined if the role may not ask. */
export async function unlessDenied<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!isDenied(error)) throw error;
    return undefined;
  }
}

/** Whether the object is gone already, or not visible yet. Drivers use it on deletes and detaches. */
export function isNotFound(error: unknown): boolean {
  return error instanceof AwsError && error.class === "not-found";
}

/** Whether the error has one of these wire codes (compared without regard to case). */
export function hasCode(error: unknown, ...codes: readonly string[]): error is AwsError {
  return error instanceof AwsError && codes.some((code) => code.toLowerCase() === error.code.toLowerCase());
}

/** Returns the class of an error by its code, message and status. Some codes mean different things in different operations. */
export function classify(code: string, message: string, status: number | undefined, operation: string): ErrorClass {
  const spelling = plain(code);
  // AWS allows this once in 24 hours, which is too long to wait for (EFS API, UpdateFileSystem: TooManyRequests).
  if (operation === "UpdateFileSystem" && spelling === "toomanyrequests") return "validation";
  if (status === 429 || throttles.has(spelling)) return "throttle";
  for (const [cls, operations, text] of byMessage) if (operations.test(operation) && text.test(`${code}: ${message}`)) return cls;
  const known = classes.get(spelling);
  if (known) return known;
  for (const [cls, pattern] of byPattern) if (pattern.test(code)) return cls;
  // 501 says that the endpoint has no such operation or parameter. A second try would get the same answer (RFC 9110, 15.6.2).
  return status !== undefined && status >= 500 && status !== 501 ? "transient" : "validation";
}

/** Returns a code in lower case, without the endings by which the SDK's class names differ from the wire codes. */
function plain(code: string): string {
  return code.toLowerCase().replace(/(exception|fault)$/, "");
}

const throttles = new Set(
  words(`BandwidthLimitExceeded EC2Throttled PriorRequestNotComplete ProvisionedThroughputExceeded RequestLimitExceeded RequestThrottled
    SlowDown Throttled Throttling TooManyRequests TransactionInProgress ThrottledException`).map(plain),
);

/** Messages that decide before the code does, because the code alone would mislead. */
const byMessage: readonly (readonly [ErrorClass, RegExp, RegExp])[] = [
  // A NAT gateway or load balancer still holds the address: a disguised dependency, seen for seconds after the NAT gateway is gone.
  ["dependency", /^(Release|Disassociate)Address$/, /^AuthFailure/],
  // "The pending instance 'i-…' is not in a valid state for this operation": a moment later it is.
  ["wrong-state", /./, /^InvalidInstanceID: .*not in a valid state/s],
  ["not-found", /./, /^ValidationError.*(not found|No warm pool|is not part of Auto Scaling group)/s],
  // The parameter does not exist (Systems Manager API, ListTagsForResource: errors).
  ["not-found", /^(ListTagsForResource|AddTagsToResource|RemoveTagsFromResource)$/, /^InvalidResourceId\b/],
  // Roles and instance profiles reach EC2, Auto Scaling and RDS seconds after IAM made them.
  [
    "wrong-state",
    /./,
    /Invalid IAM Instance Profile|has no associated IAM Roles|LaunchPlan instance type does not match|ENHANCED_MONITORING/,
  ],
  // The same for flow logs (Amazon VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs").
  ["wrong-state", /^CreateFlowLogs$/, /Unable to assume given IAM role/],
  // A role or user that was made moments ago is not yet known as a principal (IAM User Guide, "Troubleshoot IAM policies").
  // KMS keys answer "one or more invalid principals", buckets answer MalformedPolicy.
  ["wrong-state", /./, /^(MalformedPolicy(Document(Exception)?)?|InvalidPolicy(Exception)?): .*invalid principal/i],
  // A key that waits for its deletion counts as gone for every use here (KMS Developer Guide, "Deleting AWS KMS keys").
  ["not-found", /./, /^KMSInvalidState.*pending deletion/s],
  // The same for Lambda, which tries the role immediately (Lambda Developer Guide, "Troubleshoot deployment issues in Lambda").
  [
    "wrong-state",
    /^(Create|Update)Resource$/,
    /cannot be assumed by Lambda|execution role does not have permissions to call CreateNetworkInterface/,
  ],
  // The same in the words of other services (Step Functions, EventBridge Scheduler, Firehose and ECS, as their users report).
  [
    "wrong-state",
    /^(Create|Update)Resource$/,
    /authorized to assume the provided role|must allow .{1,60} to assume the role|unable to assume (the )?role/i,
  ],
  // IAM made the role of the proxy moments ago (RDS API, CreateDBProxy: RoleArn).
  ["wrong-state", /^(Create|Modify)DBProxy$/, /IAM role ARN value is invalid/],
  // The source is still being made, and has no backup yet (RDS API, RestoreDBInstanceToPointInTime).
  ["wrong-state", /^RestoreDBInstanceToPointInTime$/, /^PointInTimeRestoreNotEnabled/],
  ["wrong-state", /./, /Unable to publish test message to notification target/],
  ["dependency", /./, /previous storage change is being optimized/],
  ["protected", /./, /disable deletion protection/i],
  ["not-found", /./, /^InvalidDBInstanceState.*already being deleted/s],
  ["concurrency", /./, /maximum number of mutating objects has been reached/],
  ["not-found", /./, /^IncorrectState.*is in the 'available' state/s],
  // A wrong clock, not a wrong secret (IAM User Guide, "Troubleshoot Signature Version 4 signing").
  ["expired", /./, /Signature (expired|not yet current)/i],
  // ELB does not see the security group, or the subnet's internet gateway, yet (ELBv2 API reference, "CreateLoadBalancer": errors).
  [
    "not-found",
    /^(CreateLoadBalancer|SetSecurityGroups|SetSubnets)$/,
    /^InvalidSecurityGroup|^InvalidSubnet.*(internet gateway|not found|does not exist)/s,
  ],
];

const classes = new Map<string, ErrorClass>(
  (
    [
      [
        "transient",
        "InternalError InternalFailure ServerInternal ServiceUnavailable Unavailable RetryableError RequestTimeout TimeoutError ServiceLinkedRoleFailure ResourceContention HealthUnavailable InternalServerError",
      ],
      [
        "not-found",
        "NatGatewayNotFound LoadBalancerNotFound TargetGroupNotFound ListenerNotFound RuleNotFound DBInstanceNotFound DBSubnetGroupNotFound DBParameterGroupNotFound DBSnapshotNotFound DBInstanceAutomatedBackupNotFound ParameterNotFound NoSuchEntity NoSuchBucket NoSuchHostedZone NoSuchChange VPCAssociationNotFound NotFound ResourceNotFound Gateway.NotAttached InvalidPlacementGroup.Unknown AccessPointNotFound ActiveInstanceRefreshNotFound",
      ],
      [
        "dependency",
        "DependencyViolation InvalidGroup.InUse InvalidIPAddress.InUse InvalidNetworkInterface.InUse InvalidPlacementGroup.InUse VolumeInUse InvalidSnapshot.InUse ResourceInUse InvalidDBSubnetGroupState InvalidDBParameterGroupState InvalidOptionGroupState ScalingActivityInProgress DeleteConflict SubnetAlreadyInUse SubnetInUse CacheSubnetGroupInUse InvalidCacheParameterGroupState FileSystemInUse HostedZoneNotEmpty",
      ],
      [
        "wrong-state",
        "IncorrectState UnsupportedCertificate KMSInvalidState IncorrectInstanceState InvalidStateTransition ResourceNotReady InvalidDBInstanceState InvalidDBSnapshotState InvalidReplicationGroupState InvalidCacheClusterState InvalidDBProxyState IncorrectFileSystemLifeCycleState IncorrectMountTargetState InvalidAMIID.Unavailable InstanceRefreshInProgress CapacityReservationPending",
      ],
      [
        "concurrency",
        "ConcurrentTagAccess ConcurrentMutationLimitExceeded ConcurrentModification ConcurrentOperation ConcurrentAccess OperationAborted IncorrectModificationState OperationInProgress",
      ],
      [
        "duplicate",
        "RouteAlreadyExists NetworkAclEntryAlreadyExists Resource.AlreadyAssociated InvalidSubnet.Conflict InvalidOption.Conflict AlreadyExists EntityAlreadyExists DuplicateLoadBalancerName DuplicateTargetGroupName DuplicateListener MountTargetConflict PriorityInUse BucketAlreadyOwnedByYou DBInstanceAlreadyExists DBSubnetGroupAlreadyExists DBParameterGroupAlreadyExists DBSnapshotAlreadyExists ParameterAlreadyExists ResourceExists InvalidLaunchTemplateName.AlreadyExists",
      ],
      ["mismatch", "IdempotentParameterMismatch IdempotentInstanceTerminated HostedZoneAlreadyExists ClientTokenConflict"],
      [
        "quota",
        "ResourceCountExceeded TargetGroupAssociationLimit InstanceQuotaExceeded StorageQuotaExceeded SnapshotQuotaExceeded DBSubnetGroupQuotaExceeded DBParameterGroupQuotaExceeded NodeQuotaForCustomerExceeded NodeQuotaForClusterExceeded ClusterQuotaForCustomerExceeded VolumeModificationRateExceeded LimitExceeded",
      ],
      [
        "capacity",
        "InsufficientInstanceCapacity InsufficientHostCapacity InsufficientFreeAddressesInSubnet InsufficientAddressCapacity InsufficientVolumeCapacity InsufficientDBInstanceCapacity InsufficientCacheClusterCapacity InsufficientCapacity SpotMaxPriceTooLow Unsupported ProvisionedIopsNotAvailableInAZ StorageTypeNotSupported InsufficientReservedInstanceCapacity",
      ],
      ["protected", "OperationNotPermitted CannotDelete BucketNotEmpty"],
      [
        "auth",
        "UnauthorizedOperation AccessDenied AuthFailure OptInRequired PendingVerification Blocked TagPolicyViolation AuthorizationError UnrecognizedClient InvalidClientTokenId SignatureDoesNotMatch MissingAuthenticationToken InvalidAccessKeyId KMSKeyNotAccessible CredentialsProviderError",
      ],
      [
        "expired",
        "RequestExpired ExpiredToken ExpiredTokenException InvalidSecurity.RequestHasExpired TokenRefreshRequired RequestTimeTooSkewed",
      ],
      ["network", "ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH"],
      ["transient", "ECONNRESET EPIPE ETIMEDOUT ERR_SOCKET_CLOSED UND_ERR_SOCKET AbortError"],
    ] as const
  ).flatMap(([cls, codes]) => words(codes).map((code) => [plain(code), cls] as const)),
);

const byPattern: readonly (readonly [ErrorClass, RegExp])[] = [
  ["not-found", /\.NotFound(Exception)?$|NotFound(Fault|Exception)?$/i],
  ["duplicate", /\.Duplicate$|AlreadyExists(Fault|Exception)?$/i],
  ["quota", /(LimitExceeded|QuotaExceeded|QuotaExceededFault|MaxEntriesExceeded)$/i],
  ["quota", /^TooMany/],
];

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
