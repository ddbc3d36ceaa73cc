/** The commands that docs/recording.svg shows with their output. Of an apply it shows only the last steps and the summary. */
export const recorded = ["plan single-public-subnet", "apply single-public-subnet --yes", "drift single-public-subnet"];

/**
 * Returns the screen lines of a command that printed `text`. The plan of an apply is left out, because `plan` has shown it. The line with
 * the calls of drift is left out, because it changes with every new kind.
 */
export function screenOf(command: string, text: string): string[] {
  const lines = text
    .trimEnd()
    .split("\n")
    .filter((line) => !line.includes("every kind was listed in full"));
  const shown = command.startsWith("apply ") ? ["…", ...lines.slice(lines.findLastIndex((line) => line.includes("] created")) - 2)] : lines;
  return [`$ infra --sandbox ${command}`, ...shown, ""];
}
