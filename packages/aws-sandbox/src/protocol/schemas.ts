/** The operation and error schemas of one service, from the exports of the SDK's client package. */
import { NormalizedSchema } from "@smithy/core/schema";
import { bindingOf, hasNeeds, labelsOf, type HttpBinding } from "./rest.ts";
import type { WireRequest } from "./wire.ts";

export interface OperationSchema {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Method and path, for protocols that name operations by them. */
  readonly http?: HttpBinding;
}

/** An error that the service declares. In some services its code on the wire differs from the name of its class. */
export interface ErrorSchema {
  readonly name: string;
  readonly code: string;
  readonly status: number;
}

/** The schemas in a client package's exports, read once for all sandboxes of a process. */
export function schemasIn(exports: object): ServiceSchemas {
  let schemas = known.get(exports);
  if (!schemas) known.set(exports, (schemas = new ServiceSchemas(exports)));
  return schemas;
}

const known = new WeakMap<object, ServiceSchemas>();

export class ServiceSchemas {
  readonly #exports: Readonly<Record<string, unknown>>;
  readonly #operations = new Map<string, OperationSchema | undefined>();
  #errors: Map<string, ErrorSchema> | undefined;
  #routes: readonly Route[] | undefined;

  constructor(exports: object) {
    this.#exports = exports as Record<string, unknown>;
  }

  operation(name: string): OperationSchema | undefined {
    if (!this.#operations.has(name)) this.#operations.set(name, this.#find(name));
    return this.#operations.get(name);
  }

  /** The error with this code on the wire or this class name. */
  error(code: string): ErrorSchema | undefined {
    this.#errors ??= this.#allErrors();
    return this.#errors.get(code);
  }

  /** The operation that a request with this method and path asks for. When two fit, the more specific one. */
  route(request: Pick<WireRequest, "method" | "path" | "headers">): string | undefined {
    this.#routes ??= this.#allRoutes();
    return this.#routes.find(({ binding }) => labelsOf(binding, request) !== undefined && hasNeeds(binding, request))?.operation;
  }

  #find(name: string): OperationSchema | undefined {
    const found = this.#exports[`${name}$`];
    if (!isStatic(found, OPERATION)) return undefined;
    const http = bindingIn(found);
    return { name, input: NormalizedSchema.of(found[4] as Ref), output: NormalizedSchema.of(found[5] as Ref), ...(http && { http }) };
  }

  #allRoutes(): Route[] {
    const routes = Object.values(this.#exports).flatMap((found) => {
      const binding = isStatic(found, OPERATION) ? bindingIn(found) : undefined;
      return binding ? [{ operation: String((found as readonly unknown[])[2]), binding }] : [];
    });
    const fixed = ({ binding: { segments, query } }: Route) => query.size * 100 + segments.filter((part) => !part.startsWith("{")).length;
    return routes.sort((a, b) => fixed(b) - fixed(a));
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

interface Route {
  readonly operation: string;
  readonly binding: HttpBinding;
}

/** The HTTP binding in an operation's schema; undefined when it has none. */
function bindingIn(operation: readonly unknown[]): HttpBinding | undefined {
  const traits = operation[3] as { readonly http?: readonly [string, string, number] } | number;
  return typeof traits === "object" && traits.http ? bindingOf(traits.http, NormalizedSchema.of(operation[4] as Ref)) : undefined;
}

type Ref = Parameters<typeof NormalizedSchema.of>[0];

/** The tags of the SDK's schema arrays: [tag, namespace, name, traits, …]. */
const OPERATION = 9;
const ERROR = -3;

function isStatic(value: unknown, tag: number): value is readonly unknown[] {
  return Array.isArray(value) && value[0] === tag;
}
