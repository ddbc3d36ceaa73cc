/**
 * Makes the action at the top of the repository, for `uses: OWNER/REPO@v1`, from .github/actions/infra: only the paths of its files change.
 */
export function rootAction(text) {
  const note = "# Made from .github/actions/infra/action.yml by `node release/run.mjs action`.\n";
  return `${note}${text.replaceAll("$GITHUB_ACTION_PATH/", "$GITHUB_ACTION_PATH/.github/actions/infra/")}`;
}
