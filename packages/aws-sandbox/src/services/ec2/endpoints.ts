/** Kinds that cannot be created here but that tools list: the list is empty. */
import { AwsFault, type Handler } from "../../model.ts";

/** Answers with an empty list, or with AWS's error when the call names an id. */
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
