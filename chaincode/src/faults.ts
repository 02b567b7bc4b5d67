/** Takes what went wrong inside the chaincode itself, as opposed to a refusal. */
export type FaultSink = (fault: unknown) => void;

let sink: FaultSink = () => undefined;

/** Names who hears of faults: the service writes them to its log. Fabric's runtime makes the contracts and hands them nothing. */
export function reportFaultsTo(next: FaultSink): void {
  sink = next;
}

/** Reports a fault. It never changes what a transaction answers or writes. */
export function reportFault(fault: unknown): void {
  sink(fault);
}
