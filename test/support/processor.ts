/** Milliseconds of the processor that this process has used: what else the machine does counts for nothing. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
