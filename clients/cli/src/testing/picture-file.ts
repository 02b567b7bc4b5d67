import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const SIDE = 512;
const CELLS = [8, 32, 128] as const;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** 8 bits a sample, grey. */
const FORMAT = [8, 0, 0, 0, 0];

/** A grey PNG of blocks upon blocks that follow from its name: texture enough to carry a mark. */
export function pictureFile(name: string): Buffer {
  const lattices = CELLS.map((cells) => lattice(`${name} ${cells}`, cells));
  const rows = Buffer.alloc(SIDE * (SIDE + 1));
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      let sum = 0;
      for (const [index, cells] of CELLS.entries()) {
        const size = SIDE / cells;
        sum += lattices[index]?.[((y / size) | 0) * cells + ((x / size) | 0)] ?? 0;
      }
      rows[y * (SIDE + 1) + 1 + x] = 40 + ((sum / 4) | 0);
    }
  }
  const size = Buffer.alloc(8);
  size.writeUInt32BE(SIDE, 0);
  size.writeUInt32BE(SIDE, 4);
  const header = chunk('IHDR', Buffer.concat([size, Buffer.from(FORMAT)]));
  return Buffer.concat([SIGNATURE, header, chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function lattice(seed: string, cells: number): Buffer {
  const blocks = Array.from({ length: (cells * cells) / 32 }, (_, block) =>
    createHash('sha256').update(`${seed} ${block}`).digest(),
  );
  return Buffer.concat(blocks);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
