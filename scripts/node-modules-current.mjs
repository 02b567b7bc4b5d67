/**
 * Exit code 0 when node_modules holds exactly what package-lock.json says (packages for other platforms aside).
 * Contents are compared, not times: a checkout touches the lock file without changing it.
 */
import { existsSync, readFileSync } from 'node:fs';

const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

function current() {
  if (!existsSync('node_modules/.package-lock.json')) return false;
  const installed = read('node_modules/.package-lock.json');
  return Object.entries(read('package-lock.json'))
    .filter(([path, item]) => path.includes('node_modules/') && !item.link)
    .every(
      ([path, item]) =>
        installed[path]?.version === item.version || (item.optional === true && !(path in installed)),
    );
}

process.exit(current() ? 0 : 1);
