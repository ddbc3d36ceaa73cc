/**
 * Lists the objects of a kind by candidates: the objects that the tag index shows, and those that the file declares and the index does not
 * show.
 */
import type { Aws } from "../aws/aws.ts";
import type { Environment } from "../config/environment.ts";
import type { AwsId, Desired, Driver, Kind, Live, Scope } from "../kinds/kind.ts";
import { addressOfTag, ownership } from "../resource/ownership.ts";
import { whyNotOwned } from "../resource/ownership-check.ts";

/**
 * Lists the objects of a kind. The index may not show a declared object yet, so such an object is looked up by its name. Where its name may
 * differ from the file's, because a replacement gave a new one or a `moved:` line changed it, the account is listed.
 */
export async function* listByIndex(
  aws: Aws,
  kind: Kind,
  driver: Driver,
  scope: Scope,
  candidates: readonly AwsId[],
  file: Pick<Environment, "nodes" | "moved">,
): AsyncGenerator<Live> {
  const given = new Set<AwsId>();
  const seen = new Set<string>();
  if (candidates.length > 0)
    for await (const live of driver.list(aws, { ...scope, candidates })) {
      given.add(live.id);
      // A copy has our tags too, and the index may not show the original yet.
      const isOurs = live.tags[ownership.project] === scope.project && whyNotOwned(kind, live, aws.account) === undefined;
      if (isOurs) seen.add(addressOfTag(live.tags[ownership.resource] ?? ""));
      yield live;
    }
  const silent = file.nodes.filter((node) => node.kind === kind.name && !seen.has(node.address));
  if (silent.length === 0) return;
  const all = driver.list(aws, isNamedByFile(kind, driver, silent, file) ? await byName(aws, driver, scope, silent) : scope);
  for await (const live of all) if (!given.has(live.id)) yield live;
}

function isNamedByFile({ keepsId }: Kind, driver: Driver, silent: readonly Desired[], { moved }: Pick<Environment, "moved">): boolean {
  const isElsewhere = ({ address, adopt }: Desired) => adopt !== undefined || moved.some(({ to }) => to === address);
  return keepsId === true && driver.named !== undefined && !silent.some(isElsewhere);
}

async function byName(aws: Aws, driver: Driver, scope: Scope, silent: readonly Desired[]): Promise<Scope> {
  const found = await driver.named!(aws, [...new Set(silent.map(({ awsName, name }) => awsName ?? name))]);
  return { ...scope, candidates: [...new Set(found.values())] };
}
