import { GatewayError } from '@hyperledger/fabric-gateway';

const CODE = /"code":"([A-Z0-9_]+)"/;

/**
 * The stable code with which chaincode refused a call, read from what the endorsers answered. Throws when the call
 * succeeded, or failed without a code of ours: then it was no refusal.
 */
export async function refusal(call: Promise<unknown>): Promise<string> {
  let outcome: unknown;
  try {
    outcome = await call;
  } catch (error) {
    const code = error instanceof GatewayError ? refusalCode(error) : undefined;
    if (code === undefined) throw error;
    return code;
  }
  throw new Error(`The call was accepted: ${JSON.stringify(outcome)}`);
}

function refusalCode(error: GatewayError): string | undefined {
  const codes = error.details.map((detail) => CODE.exec(detail.message)?.[1]);
  return codes.find((code) => code !== undefined) ?? CODE.exec(error.message)?.[1];
}
