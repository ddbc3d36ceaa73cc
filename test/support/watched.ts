/** A connection that reports each call before it is sent: the operation and its input. */
import type { Aws, CallOptions, Command, Service } from "../../src/aws/aws.ts";
import type { Connection } from "../../src/aws/connection.ts";
import { services } from "./services.ts";

export interface Sent {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Returns the same connection; `tell` gets each command before it is sent. */
export function watched(connection: Connection, tell: (sent: Sent) => void): Connection {
  return { ...connection, aws: watchedAws(connection.aws, tell), fence: connection.fence.bind(connection) };
}

/** Connections with a narrower scope that are made from it are watched too. */
function watchedAws(aws: Aws, tell: (sent: Sent) => void): Aws {
  const heard = Object.fromEntries(services.map((service) => [service, watchedService(aws[service], service, tell)]));
  return {
    ...aws,
    ...heard,
    within: (scope) => watchedAws(aws.within(scope), tell),
    elsewhere: (region) => watchedAws(aws.elsewhere(region), tell),
  };
}

function watchedService(service: Service, name: string, tell: (sent: Sent) => void): Service {
  const note = (command: { readonly input: object; readonly constructor: { readonly name: string } }) =>
    tell({ service: name, operation: command.constructor.name.replace(/Command$/, ""), input: { ...command.input } });
  const send = <I extends object, O>(command: Command<I, O>, options?: Parameters<Service>[1]) => {
    note(command);
    return service(command, options);
  };
  const pages = <I extends object, O>(command: new (input: I) => Command<I, O>, input: I, options?: CallOptions) => {
    note(new command(input));
    return service.pages(command, input, options);
  };
  return Object.assign(send, { pages }) as Service;
}
