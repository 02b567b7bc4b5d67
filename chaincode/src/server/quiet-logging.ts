import process from 'node:process';

/**
 * The shim reads its log level once, when it is loaded. Its default is a line for each transaction, and at ERROR still
 * two for each refusal: whoever sends nonsense would fill an operator's disk. Imported before the shim, this silences it
 * unless CORE_CHAINCODE_LOGGING_LEVEL asks for more; faults of the service itself go to standard error in any case.
 */
process.env['CORE_CHAINCODE_LOGGING_LEVEL'] ??= 'CRITICAL';
