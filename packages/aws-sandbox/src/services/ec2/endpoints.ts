/** Kinds that nobody can make here, and that tools look for all the same: there are none. */
import { AwsFault, type Handler } from "../../model.ts";

/** Answers with an empty list, and with AWS's error when an id is asked for: none exists. */
const none =
  (output: string, ids: string, notFound: string): Handler =>
  (input: Readonly<Record<string, readonly string[] | undefined>>) => {
    const [id] = input[ids] ?? [];
    if (id !== undefined) throw new AwsFault(notFound, `The ID '${id}' does not exist`);
    return { [output]: [] };
  };

export const endpointOperations: Record<string, Handler> = {
  DescribeCarrierGateways: none("CarrierGateways", "CarrierGatewayIds", "InvalidCarrierGatewayID.NotFound"),
};
