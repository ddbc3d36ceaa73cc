/** The part of an SDK client that the gate needs. */
import type { Middleware } from "./answer-check.ts";
import type { ServiceName } from "./aws.ts";

export type ClientCache = Map<ServiceName, Promise<Client>>;

export interface Client {
  send(command: unknown, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
  readonly config?: { readonly protocol?: { getShapeId?(): string }; readonly credentials?: () => Promise<unknown> };
  readonly middlewareStack?: { add(middleware: Middleware, where: { readonly step: "deserialize"; readonly name: string }): void };
}
