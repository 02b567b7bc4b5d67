import { launch } from './launcher';

const [bundle, status] = process.argv.slice(2);
const packageId = process.env['CHAINCODE_ID'];
if (bundle === undefined || status === undefined || packageId === undefined) {
  process.stderr.write('Usage: CHAINCODE_ID=… node launcher-main.js BUNDLE STATUS_FILE\n');
  process.exit(2);
}
try {
  launch(bundle, status, packageId);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
