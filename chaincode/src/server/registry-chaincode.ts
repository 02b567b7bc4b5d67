import {
  ACTS,
  INTENT_FRAME,
  INTENT_TYPES,
  isRegistryError,
  prepareSchema,
  RegistryError,
} from '@maker-registry/protocol';
import { JSONSerializer } from 'fabric-contract-api';
import { Shim, type ChaincodeInterface, type ChaincodeResponse, type ChaincodeStub } from 'fabric-shim';
import ChaincodeFromContract from 'fabric-shim/lib/contract-spi/chaincodefromcontract';
import { reportFault } from '../faults';
import { CONTRACTS } from '../functions';
import { wireError } from '../wire-error';
import { checkCall, SYSTEM_CONTRACT, SYSTEM_FUNCTION } from './call-checks';
import { checkEndorserClock } from './endorser-clock';

/**
 * The contracts as Fabric's runtime wants them described. Parameters are left out on purpose: with them, the runtime
 * looks up a compiled schema and pretty-prints every argument of every call, only to learn that it is a string.
 */
function contractMetadata(): object {
  const described = CONTRACTS.map(({ name, functions }) => [
    name,
    {
      name,
      transactions: [...functions.keys()].map((fn) => ({
        name: fn,
        tags: [fn.startsWith('Get') ? 'evaluate' : 'submit'],
      })),
    },
  ]);
  const system = [SYSTEM_CONTRACT, { name: SYSTEM_CONTRACT, transactions: [{ name: SYSTEM_FUNCTION }] }];
  return { contracts: Object.fromEntries([...described, system]) as object };
}

/** Compiles every schema now, so that no transaction waits for it. */
function prepareSchemas(): void {
  prepareSchema(INTENT_FRAME);
  for (const { schema } of Object.values({ ...INTENT_TYPES, ...ACTS })) prepareSchema(schema);
}

/**
 * The chaincode as its peer calls it: checks at the door, then Fabric's contract runtime, which finds contract and
 * function and turns a thrown error into a refusal.
 */
export class RegistryChaincode implements ChaincodeInterface {
  readonly #runtime: ChaincodeFromContract;
  readonly #now: () => number;
  readonly #timeWindowS: number;
  #callsInFlight = 0;

  /** @param now Unix seconds of this machine */
  constructor(now: () => number, timeWindowS: number) {
    prepareSchemas();
    const serializers = { transaction: 'json', serializers: { json: JSONSerializer } };
    const contracts = CONTRACTS.map(({ contract }) => contract);
    this.#runtime = new ChaincodeFromContract(contracts, serializers, contractMetadata(), 'registry', '');
    this.#now = now;
    this.#timeWindowS = timeWindowS;
  }

  get callsInFlight(): number {
    return this.#callsInFlight;
  }

  /** The chaincode needs no initialization; whoever asks for one is told so. */
  Init(): Promise<ChaincodeResponse> {
    const refusal = wireError(
      new RegistryError('NOT_FOUND', 'This chaincode has no initialization.', { subject: 'Init' }),
    );
    return Promise.resolve(Shim.error(refusal.message));
  }

  async Invoke(stub: ChaincodeStub): Promise<ChaincodeResponse> {
    this.#callsInFlight += 1;
    try {
      const { fcn, params } = stub.getFunctionAndParameters();
      checkCall(fcn, params);
      checkEndorserClock(stub.getTxTimestamp().seconds.toNumber(), this.#now(), this.#timeWindowS);
      return await this.#runtime.Invoke(stub);
    } catch (error) {
      if (!isRegistryError(error)) reportFault(error);
      return Shim.error(wireError(error).message);
    } finally {
      this.#callsInFlight -= 1;
    }
  }
}
