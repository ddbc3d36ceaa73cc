/** Attributes of instances, one in each call. Some need a stopped instance. */
import type {
  DescribeInstanceAttributeRequest,
  InstanceAttribute,
  InstanceAttributeName,
  ModifyInstanceAttributeRequest,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { invalidCombination, invalidValue, missingParameter, notModelled, required } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { describeInstance, interfacesOf } from "./instance-describe.ts";
import { checkOffered, needType } from "./instance-types.ts";
import { setInterfaceGroups } from "./interfaces.ts";
import { checkArchitecture, checkUserData } from "./launch.ts";
import type { InstanceRecord, InterfaceRecord } from "./state.ts";

const describeAttribute: Handler<DescribeInstanceAttributeRequest, InstanceAttribute> = (input, call) => {
  const instance = need(call, idKinds.instance, input.InstanceId, "instanceId");
  const show = readers[required(input.Attribute, "attribute")];
  if (!show) throw notModelled(`the instance attribute ${input.Attribute}`);
  return { InstanceId: instance.id, ...show(instance, call) };
};

const readers: { readonly [A in InstanceAttributeName]?: (instance: InstanceRecord, call: Call) => InstanceAttribute } = {
  blockDeviceMapping: (instance, call) => ({ BlockDeviceMappings: describeInstance(call, instance).BlockDeviceMappings }),
  disableApiStop: (instance) => ({ DisableApiStop: { Value: instance.disableApiStop } }),
  disableApiTermination: (instance) => ({ DisableApiTermination: { Value: instance.disableApiTermination } }),
  ebsOptimized: (instance) => ({ EbsOptimized: { Value: instance.ebsOptimized } }),
  enaSupport: () => ({ EnaSupport: { Value: true } }),
  enclaveOptions: (instance) => ({ EnclaveOptions: { Enabled: instance.enclave } }),
  groupSet: (instance, call) => ({ Groups: describeInstance(call, instance).SecurityGroups }),
  instanceInitiatedShutdownBehavior: (instance) => ({ InstanceInitiatedShutdownBehavior: { Value: instance.shutdownBehavior } }),
  instanceType: (instance) => ({ InstanceType: { Value: instance.instanceType } }),
  kernel: () => ({ KernelId: {} }),
  productCodes: () => ({ ProductCodes: [] }),
  ramdisk: () => ({ RamdiskId: {} }),
  rootDeviceName: (instance) => ({ RootDeviceName: { Value: instance.rootDevice } }),
  sourceDestCheck: (instance, call) => ({ SourceDestCheck: { Value: onlyInterface(call, instance).sourceDestCheck } }),
  sriovNetSupport: () => ({ SriovNetSupport: {} }),
  userData: (instance) => ({ UserData: instance.userData ? { Value: instance.userData } : {} }),
};

/** Changes exactly one attribute (EC2 API, ModifyInstanceAttribute). An older form names the attribute and gives its value as text. */
const modifyAttribute: Handler<ModifyInstanceAttributeRequest, object> = (input, call) => {
  const { InstanceId, Attribute, Value, ...typed } = input;
  const instance = need(call, idKinds.instance, InstanceId, "instanceId");
  const given: [string, unknown][] = Object.entries(typed).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  if (Attribute && !(Attribute === "blockDeviceMapping" && given.length > 0)) given.push(named(Attribute, Value));
  const [first] = given;
  if (!first) throw missingParameter("attribute");
  if (given.length > 1) throw invalidCombination("Fields for multiple attribute types specified");
  if (instance.state === "terminated" || instance.state === "shutting-down")
    throw new AwsFault("IncorrectInstanceState", `The instance '${instance.id}' is terminated.`);
  const write = writers[first[0]];
  if (!write) throw notModelled(`the instance attribute ${first[0]}`);
  write(instance, first[1], call);
  return {};
};

/** The field that `Attribute` and `Value` mean. User data given as text is already base64. */
function named(attribute: InstanceAttributeName, value: string | undefined): [string, unknown] {
  const field = `${attribute[0]!.toUpperCase()}${attribute.slice(1)}`;
  if (value === undefined) throw missingParameter("value");
  const text = value;
  if (field === "UserData") checkUserData(text);
  if (field === "UserData") return [field, { Value: Buffer.from(text, "base64") }];
  return [field, { Value: text === "true" ? true : text === "false" ? false : text }];
}

interface Valued<T> {
  readonly Value?: T | undefined;
}

// oxlint-disable-next-line typescript/no-explicit-any -- a table of writers of different attributes
const writers: Readonly<Record<string, (instance: InstanceRecord, value: any, call: Call) => void>> = {
  BlockDeviceMappings: (instance, mappings: NonNullable<ModifyInstanceAttributeRequest["BlockDeviceMappings"]>) => {
    const unknown = mappings.find(({ DeviceName }) => !instance.devices[DeviceName ?? ""]);
    if (unknown) throw new AwsFault("InvalidInstanceAttributeValue", `No device is currently mapped at ${unknown.DeviceName}`);
    for (const { DeviceName, Ebs } of mappings)
      if (Ebs?.DeleteOnTermination !== undefined) instance.devices[DeviceName!]!.deleteOnTermination = Ebs.DeleteOnTermination;
  },
  DisableApiStop: (instance, { Value }: Valued<boolean>) => void (instance.disableApiStop = Value ?? false),
  DisableApiTermination: (instance, { Value }: Valued<boolean>) => {
    if (instance.spotRequestId)
      throw new AwsFault("UnsupportedOperation", "Modifying 'disableApiTermination' is not supported for spot instances.");
    instance.disableApiTermination = Value ?? false;
  },
  EbsOptimized: (instance, { Value }: Valued<boolean>) => {
    needStopped(instance);
    instance.ebsOptimized = Value ?? false;
  },
  Groups: (instance, ids: readonly string[], call) => setInterfaceGroups(call, onlyInterface(call, instance).id, ids),
  InstanceInitiatedShutdownBehavior: (instance, { Value }: Valued<string>) => {
    if (Value !== "stop" && Value !== "terminate")
      throw invalidValue(`Value (${Value}) for parameter instanceInitiatedShutdownBehavior is invalid.`);
    instance.shutdownBehavior = Value;
  },
  InstanceType: (instance, { Value }: Valued<string>, call) => {
    const type = needType(required(Value, "instanceType"));
    needStopped(instance);
    checkArchitecture(type, instance.architecture);
    checkOffered(call, type, instance.zone);
    instance.instanceType = type.id;
    if (!type.burstable) delete instance.cpuCredits;
    else instance.cpuCredits ??= type.family === "t2" ? "standard" : "unlimited";
  },
  SourceDestCheck: (instance, { Value }: Valued<boolean>, call) => void (onlyInterface(call, instance).sourceDestCheck = Value ?? true),
  UserData: (instance, { Value }: Valued<Uint8Array>) => {
    needStopped(instance);
    const encoded = Buffer.from(Value ?? []).toString("base64");
    checkUserData(encoded);
    if (encoded) instance.userData = encoded;
    else delete instance.userData;
  },
};

function needStopped(instance: InstanceRecord): void {
  if (instance.state !== "stopped")
    throw new AwsFault("IncorrectInstanceState", `The instance '${instance.id}' is not in the 'stopped' state.`);
}

/** The only interface of an instance. Attributes of an interface can be changed through the instance only while it has just one. */
function onlyInterface(call: Call, instance: InstanceRecord): InterfaceRecord {
  const [first, second] = interfacesOf(call, instance);
  if (!first || second)
    throw new AwsFault(
      "InvalidInstanceID",
      `There are multiple interfaces attached to instance '${instance.id}'. Please specify an interface ID for the operation instead.`,
    );
  return first;
}

export const instanceAttributeOperations: Record<string, Handler> = {
  DescribeInstanceAttribute: describeAttribute,
  ModifyInstanceAttribute: modifyAttribute,
};
