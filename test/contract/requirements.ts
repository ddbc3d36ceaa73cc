/** Changes of every member of the instance requirements, which launch templates and Auto Scaling groups share. */
import type { Change } from "./case.ts";

/** Every member except one that excludes another. */
export const needs = {
  vCpuCount: { min: 2, max: 4 },
  memoryMiB: { min: 2048, max: 16_384 },
  memoryGiBPerVCpu: { min: 2, max: 8 },
  cpuManufacturers: ["intel", "amd"],
  instanceGenerations: ["current"],
  excludedInstanceTypes: ["t2.*"],
  bareMetal: "excluded",
  burstablePerformance: "included",
  localStorage: "included",
  localStorageTypes: ["ssd"],
  totalLocalStorageGB: { min: 0, max: 1000 },
  networkInterfaceCount: { min: 1, max: 8 },
  networkBandwidthGbps: { min: 1, max: 25 },
  baselineEbsBandwidthMbps: { min: 100, max: 10_000 },
  acceleratorCount: { min: 0, max: 0 },
  acceleratorTypes: ["gpu"],
  requireHibernateSupport: false,
  spotMaxPricePercentageOverLowestPrice: 100,
  onDemandMaxPricePercentageOverLowestPrice: 20,
};

/** The same with another value for every member. The difference is compared with AWS's answer member by member. */
const otherNeeds = {
  vCpuCount: { min: 1, max: 8 },
  memoryMiB: { min: 1024, max: 32_768 },
  memoryGiBPerVCpu: { min: 1, max: 16 },
  cpuManufacturers: ["intel"],
  instanceGenerations: ["current", "previous"],
  excludedInstanceTypes: ["t2.*", "m5.*"],
  bareMetal: "included",
  burstablePerformance: "excluded",
  localStorage: "excluded",
  localStorageTypes: ["hdd", "ssd"],
  totalLocalStorageGB: { min: 10, max: 2000 },
  networkInterfaceCount: { min: 2, max: 9 },
  networkBandwidthGbps: { min: 2, max: 50 },
  baselineEbsBandwidthMbps: { min: 200, max: 20_000 },
  acceleratorCount: { max: 2 },
  acceleratorTypes: ["gpu", "fpga"],
  requireHibernateSupport: true,
  spotMaxPricePercentageOverLowestPrice: 50,
  onDemandMaxPricePercentageOverLowestPrice: 50,
};

/** All members change at once, because each alone would need an apply. */
export function requirementChanges(at: string): Change[] {
  return [
    [at, otherNeeds],
    [`${at}.memoryMiB.min`, 4096],
  ];
}
