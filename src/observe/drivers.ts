/** The drivers of kinds, loaded when first needed, and the scope of their reads. */
import type { Aws } from "../aws/aws.ts";
import type { Environment } from "../config/environment.ts";
import type { Driver, Kind, Scope, Spec } from "../kinds/kind.ts";

/** The drivers of all kinds, each loaded when it is first needed. */
export class Drivers {
  readonly #loaded = new Map<string, Promise<Driver>>();
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  of(kind: Kind): Promise<Driver> {
    let driver = this.#loaded.get(kind.name);
    if (!driver) {
      driver = this.#aws.clock.work(kind.load());
      this.#loaded.set(kind.name, driver);
    }
    return driver;
  }
}

/** Returns the scope of the reads for an environment. */
export function scopeOf(environment: Pick<Environment, "project" | "name" | "nodes">): Scope {
  const written = new Map(environment.nodes.map((node) => [node.address, node.spec as Spec]));
  return {
    project: environment.project,
    environment: environment.name,
    asks: (address, field) => written.get(address)?.[field] !== undefined,
    adoptedAs: (id) => environment.nodes.find(({ adopt }) => adopt === id)?.address,
    wants: (address, field) => written.get(address)?.[field],
    namesOf: (kind) => environment.nodes.flatMap((node) => (node.kind === kind && node.awsName !== undefined ? [node.awsName] : [])),
    called: (kind, name) =>
      environment.nodes.find((node) => node.kind === kind && node.awsName?.toLowerCase() === name.toLowerCase())?.address,
  };
}
