/** Each kind with all fields set, in each of its forms: released, imported, and shown to change nothing but tags. */
import { describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import type { FieldRule, Kind } from "../../src/kinds/kind.ts";
import { allCases } from "../contract/cases.ts";
import type { Root } from "../../src/import/discover.ts";
import { isNight } from "../support/night.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";
import { adopted, importOf, loadUnsaved, stripped } from "./support.ts";

/** AWS's values for omitted fields, so that a file need not contain them. */
const given: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  alarm: { actionsEnabled: true },
  autoScalingGroup: { protectFromScaleIn: false, capacityRebalance: false, zoneDistribution: "balanced-best-effort" },
  bucket: { ownership: "BucketOwnerEnforced" },
  dbInstance: { port: 3306, performanceInsights: false, databaseInsightsMode: "standard", storageEncrypted: true },
  elasticIp: { networkBorderGroup: "eu-west-1", privateIpAddress: "10.0.1.20" },
  instance: {
    monitoring: false,
    disableApiTermination: false,
    disableApiStop: false,
    hibernation: false,
    enclave: false,
    maintenanceOptions: { autoRecovery: "default" },
    shutdownBehavior: "stop",
    capacityReservation: "open",
    tenancy: "default",
    state: "running",
  },
  instanceConnectEndpoint: { ipAddressType: "ipv4" },
  launchTemplate: {
    shutdownBehavior: "stop",
    capacityReservation: "open",
    tenancy: "default",
    enclave: false,
    maintenanceOptions: { autoRecovery: "default" },
  },
  loadBalancer: {
    type: "application",
    ipAddressType: "ipv4",
    deletionProtection: false,
    http2: true,
    desyncMitigationMode: "defensive",
    xffHeaderProcessing: "append",
  },
  dbCluster: {
    storageType: "aurora",
    port: 5432,
    httpEndpoint: false,
    localWriteForwarding: false,
    performanceInsights: false,
    databaseInsightsMode: "standard",
  },
  dbProxy: { debugLogging: false },
  fileSystem: { performanceMode: "generalPurpose", replicationOverwriteProtection: true },
  kmsKey: { usage: "ENCRYPT_DECRYPT" },
  natGateway: { connectivityType: "public" },
  placementGroup: { spreadLevel: "rack" },
  targetGroup: {
    targetType: "instance",
    protocolVersion: "HTTP1",
    ipAddressType: "ipv4",
    algorithm: "round_robin",
    anomalyMitigation: "off",
  },
  // AWS does not tell the IPAM pool of a network.
  vpc: { ipv6: { pool: "ipam-pool-0123456789abcdef0", netmaskLength: 56 } },
  volume: { encrypted: false, iops: 3000, throughput: 125 },
  vpcEndpoint: { ipAddressType: "ipv4" },
  vpcEndpointService: { supportedIpAddressTypes: ["ipv4"] },
};

/** Fields that an import leaves to AWS or that AWS does not return: settings of infra, and values used only at creation. */
const untold: Readonly<Record<string, readonly string[]>> = {
  autoScalingGroup: [
    "refresh",
    "refreshMinHealthy",
    "refreshSkipMatching",
    "refreshCheckpoints",
    "refreshAlarms",
    "refreshBakeTime",
    "refreshScaleInProtectedInstances",
    "refreshStandbyInstances",
    "rollback",
  ],
  // AWS forgets the source of a database.
  dbInstance: [
    "masterPassword",
    "applyImmediately",
    "snapshotBefore",
    "keepSnapshots",
    "finalSnapshot",
    "snapshot",
    "restoreToPointInTime",
  ],
  dbCluster: ["masterPassword", "applyImmediately", "keepSnapshots", "snapshot", "restoreToPointInTime"],
  image: ["noReboot"],
  // AWS always returns these for an instance, and does not say whether somebody set them.
  instance: ["imageUpdates", "userDataChange", "privateIpAddress", "ebsOptimized", "cpuOptions", "privateDnsNameOptions"],
  // The form has the policy that KMS gives a key by default.
  kmsKey: ["deletionWindow", "policy"],
  // AWS has only the public half, and an import writes that.
  keyPair: ["generate", "privateKey"],
  launchTemplate: ["imageUpdates", "ebsOptimized", "description"],
  // An import writes the number of private addresses instead.
  natGateway: ["privateIpAddress", "secondaryPrivateIpAddresses"],
  networkInterface: ["secondaryPrivateIpAddressCount"],
  secret: ["generate", "recoveryDays"],
  targetGroup: ["targets"],
};

function isNotTold({ name, fields }: Kind, field: string, value: unknown): boolean {
  if (["unlisted", "disposable", "default"].includes(field) || untold[name]?.includes(field)) return true;
  const rule = (fields as Readonly<Record<string, FieldRule>>)[field];
  return [given[name]?.[field], rule?.default?.value].some((one) => JSON.stringify(one) === JSON.stringify(value));
}

it("leaves no kind out", () => expect(kinds.filter(({ authored }) => authored === undefined).map(({ name }) => name)).toEqual([]));

/** One form of each kind by day, all of them at night. */
describe.each(await allCases())("$kind", ({ kind: name, index, forms }) => {
  const kind = kinds.find((one) => one.name === name)!;

  it.each((isNight ? forms : forms.slice(0, 1)).map((form, i) => [i + 1, form] as const))("form %i comes back", async (_n, form) => {
    const around = { ...index, ...form.index };
    const sections = { ...around, [kind.section]: { ...around[kind.section], main: form.full } };
    const all = Object.entries(sections).map(([section, resources]) => `${section}: ${JSON.stringify(resources)}\n`);
    const testbed = openTestbed({ wire: true, kinds: kinds.filter((one) => one === kind || one.section in around) });
    if (form.before) await form.before((await testbed.connection()).aws);
    const yaml = `${header}${all.join("")}`;
    await testbed.apply(yaml);
    await testbed.clock.sleep(3_600_000); // an object that AWS is still making is not returned in full
    const before = await testbed.plan(yaml);
    await stripped(before, before.connection);
    await testbed.clock.sleep(3_600_000); // a change of a cache begins only when another has ended
    const roots = [...before.observed.objects.values()].map(({ kind, live }) => ({ kind, id: live.id }));
    const result = await importOf(await testbed.connection(), before.environment, roots);
    expect(result.open, result.text).toEqual([]);
    expect(result.run!.plan.steps.map(({ action }) => action)).toEqual(result.entries.map(() => "retag"));
    const { id } = before.observed.objects.get(`${name}/main`)!.live;
    const main = result.entries.find((one) => one.kind === kind && one.id === id);
    // AWS's default objects are left to AWS, also after an adoption.
    if (main === undefined) return expect((form.full as { readonly default?: boolean }).default).toBe(true);
    await comesRound(testbed, result.text, roots);
    const lost = Object.entries(form.full).filter(([field, value]) => !(field in main.body) && value !== undefined);
    expect(lost.filter(([field, value]) => !isNotTold(kind, field, value))).toEqual([]);
  });
});

/** Checks that the file is adopted with tags alone and then agrees, and that a second import after a release writes the same file. */
async function comesRound(testbed: Testbed, text: string, roots: readonly Root[]): Promise<void> {
  const { environment } = loadUnsaved(text);
  await adopted(await testbed.connection(), environment!);
  const after = await testbed.plan(text);
  expect(stepsOf(after), text).toEqual([]);
  expect(after.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  await stripped(after, after.connection);
  expect((await importOf(await testbed.connection(), environment!, roots)).text).toBe(text);
}
