/** The operation and error schemas of one service, looked up in what the SDK's client package exports. */
import { NormalizedSchema } from "@smithy/core/schema";
import { routeOf, type RestRoute } from "./rest.ts";

export interface OperationSchema {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

/** An error that the service declares. The code on the wire and the name of the class differ in some services. */
export interface ErrorSchema {
  readonly name: string;
  readonly code: string;
  readonly status: number;
}

/** The schemas in a client package's exports: looked up once, however many sandboxes a process makes. */
export function schemasIn(exports: object): ServiceSchemas {
  let schemas = known.get(exports);
  if (!schemas) known.set(exports, (schemas = new ServiceSchemas(exports)));
  return schemas;
}

const known = new WeakMap<object, ServiceSchemas>();

export class ServiceSchemas {
  readonly #exports: Readonly<Record<string, unknown>>;
  readonly #operations = new Map<string, OperationSchema | undefined>();
  #routes: readonly RestRoute[] | undefined;
  #errors: Map<string, ErrorSchema> | undefined;

  constructor(exports: object) {
    this.#exports = exports as Record<string, unknown>;
  }

  operation(name: string): OperationSchema | undefined {
    if (!this.#operations.has(name)) this.#operations.set(name, this.#find(name));
    return this.#operations.get(name);
  }

  /** The places in HTTP of all operations that have one. */
  routes(): readonly RestRoute[] {
    this.#routes ??= Object.values(this.#exports).flatMap((found) => {
      if (!isStatic(found, OPERATION)) return [];
      const { http } = (found[3] ?? {}) as { readonly http?: readonly [string, string, number] };
      return http ? [routeOf(String(found[2]), http, NormalizedSchema.of(found[4] as Ref))] : [];
    });
    return this.#routes;
  }

  /** By the code on the wire or by the class's name. */
  error(code: string): ErrorSchema | undefined {
    this.#errors ??= this.#allErrors();
    return this.#errors.get(code);
  }

  #find(name: string): OperationSchema | undefined {
    const found = this.#exports[`${name}$`];
    if (!isStatic(found, OPERATION)) return undefined;
    return { name, input: NormalizedSchema.of(found[4] as Ref), output: NormalizedSchema.of(found[5] as Ref) };
  }

  #allErrors(): Map<string, ErrorSchema> {
    const errors = new Map<string, ErrorSchema>();
    for (const found of Object.values(this.#exports)) {
      if (!isStatic(found, ERROR)) continue;
      const traits = NormalizedSchema.of(found as unknown as Ref).getMergedTraits() as {
        awsQueryError?: [string, number];
        httpError?: number;
      };
      const name = String(found[2]);
      const [code, status] = traits.awsQueryError ?? [name, traits.httpError ?? 400];
      const error = { name, code, status };
      errors.set(name, error);
      if (!errors.has(code)) errors.set(code, error);
    }
    return errors;
  }
}

type Ref = Parameters<typeof NormalizedSchema.of>[0];

/** The tags of the SDK's schema arrays: [tag, namespace, name, traits, …]. */
const OPERATION = 9;
const ERROR = -3;

function isStatic(value: unknown, tag: number): value is readonly unknown[] {
  return Array.isArray(value) && value[0] === tag;
}
