import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { genesisFile, logFile, tool } from '../paths';
import { runTool } from '../process/run-tool';
import type { Site } from '../site';
import { blockHeader, headerHash } from './block-header';
import { CHANNEL_PROFILE, channelConfig } from './channel-config';

/** Makes the channel's genesis block unless it exists; it is the network's identity and is never made twice. */
export async function ensureGenesis(site: Site): Promise<boolean> {
  const file = genesisFile(site.paths);
  if (existsSync(file)) return false;
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'configtx.yaml'), channelConfig(site));
  await runTool({
    command: tool(site.paths, 'configtxgen'),
    args: [
      '-profile',
      CHANNEL_PROFILE,
      '-channelID',
      site.topology.channel,
      '-outputBlock',
      `${file}.new`,
      '-configPath',
      folder,
    ],
    log: logFile(site.paths, 'configtxgen'),
  });
  renameSync(`${file}.new`, file);
  return true;
}

/** Hex SHA-256 of the header of block 0. */
export function genesisHash(site: Site): string {
  return headerHash(blockHeader(readFileSync(genesisFile(site.paths))));
}
