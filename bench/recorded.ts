/** What docs/recording.svg shows: these commands, and what each prints, of an apply the last steps and what follows. */
export const recorded = ["plan single-public-subnet", "apply single-public-subnet --yes", "drift single-public-subnet"];

/** The lines on the screen of a command that printed `text`: an apply's plan has been shown by the plan, and drift makes more calls with every new kind. */
export function screenOf(command: string, text: string): string[] {
  const lines = text
    .trimEnd()
    .split("\n")
    .filter((line) => !line.includes("every kind was listed in full"));
  const shown = command.startsWith("apply ") ? ["…", ...lines.slice(lines.findLastIndex((line) => line.includes("] created")) - 2)] : lines;
  return [`$ infra --sandbox ${command}`, ...shown, ""];
}
