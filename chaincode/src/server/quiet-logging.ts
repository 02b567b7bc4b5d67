import process from 'node:process';

/**
 * The shim reads its log level once, when it is loaded, and defaults to a line per transaction. Imported before it, this
 * leaves errors only, unless CORE_CHAINCODE_LOGGING_LEVEL asks for more.
 */
process.env['CORE_CHAINCODE_LOGGING_LEVEL'] ??= 'ERROR';
