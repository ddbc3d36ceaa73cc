/** Which page stands where in the site. Every page of docs/ is here once; test/docs/site.test.ts holds it to the folder. */
export interface Group {
  readonly text: string;
  /** Paths from the top of the repository. */
  readonly pages: readonly string[];
}

export const groups: readonly Group[] = [
  { text: "Start", pages: ["README.md", "docs/quick-start.md", "docs/environments.md", "docs/comparison.md"] },
  { text: "Write", pages: ["docs/writing.md", "docs/recipes.md", "docs/editor.md", "docs/types.md"] },
  {
    text: "Run",
    pages: [
      "docs/commands.md",
      "docs/gitops.md",
      "docs/policy.md",
      "docs/reach.md",
      "docs/sandbox.md",
      "docs/troubleshooting.md",
      "docs/production-checklist.md",
    ],
  },
  { text: "Move here", pages: ["docs/adopt-a-vpc.md", "docs/coming-from-terraform.md", "docs/coming-from-cloudformation.md"] },
  {
    text: "Understand",
    pages: [
      "docs/glossary.md",
      "docs/ownership.md",
      "docs/life-of-a-resource.md",
      "docs/security-model.md",
      "docs/iam.md",
      "docs/reliability.md",
      "docs/opinions.md",
      "docs/versions.md",
    ],
  },
  { text: "Look up", pages: ["docs/format.md", "docs/names.md", "docs/errors.md", "CHANGELOG.md"] },
  { text: "Work on it", pages: ["ARCHITECTURE.md", "CONTRIBUTING.md", "packages/aws-sandbox/README.md"] },
];

/** `docs/quick-start.md` → `quick-start.md`; the README is the first page. */
export function placeOf(page: string): string {
  return page === "README.md" ? "index.md" : page.replace(/^docs\//, "").toLowerCase();
}
