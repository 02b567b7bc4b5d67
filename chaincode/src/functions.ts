import * as contracts from './contracts';
import { transactionNames, type RegistryContract } from './registry-contract';

/** One contract with the functions it offers and how many arguments each takes. */
export interface ContractDescription {
  readonly name: string;
  readonly contract: new () => RegistryContract;
  readonly functions: ReadonlyMap<string, number>;
}

function describe(contract: new () => RegistryContract): ContractDescription {
  const instance = new contract();
  const methods = instance as unknown as Record<string, (...parameters: unknown[]) => unknown>;
  // A method's first parameter is the transaction context; the rest are arguments of the call.
  const functions = transactionNames(instance).map(
    (name) => [name, (methods[name]?.length ?? 1) - 1] as const,
  );
  return { name: instance.getName(), contract, functions: new Map(functions) };
}

/** Every contract of the registry, found in the classes themselves, so that nothing can be forgotten in a list. */
export const CONTRACTS: readonly ContractDescription[] = Object.values(contracts).map(describe);

const ARITY: ReadonlyMap<string, number> = new Map(
  CONTRACTS.flatMap(({ name, functions }) =>
    [...functions].map(([fn, arity]) => [`${name}:${fn}`, arity] as const),
  ),
);

/** How many arguments `<contract>:<Function>` takes; undefined where there is no such function. */
export function functionArity(name: string): number | undefined {
  return ARITY.get(name);
}
