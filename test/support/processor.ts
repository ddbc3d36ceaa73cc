/** Processor milliseconds that this process has used; other work of the host does not count. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
