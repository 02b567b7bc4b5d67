/** Node's Buffer for browsers, where the library's code names it. */
export { Buffer } from 'buffer/index.js';
