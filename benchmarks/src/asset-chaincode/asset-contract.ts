import { Contract, type Context } from 'fabric-contract-api';

/**
 * The plain asset-create contract that our submit cost is measured against: one read (must not exist yet), one
 * write, no signature of its own. It is what Fabric's samples do, and the least a registry could do.
 */
export class AssetContract extends Contract {
  constructor() {
    super('assets');
  }

  async Create(context: Context, id: string, color: string, size: string, owner: string): Promise<string> {
    const existing = await context.stub.getState(id);
    if (existing.length > 0) throw new Error(`The asset ${id} already exists`);
    const asset = JSON.stringify({ color, id, owner, size });
    await context.stub.putState(id, Buffer.from(asset));
    return asset;
  }

  async Read(context: Context, id: string): Promise<string> {
    const asset = await context.stub.getState(id);
    if (asset.length === 0) throw new Error(`There is no asset ${id}`);
    return Buffer.from(asset).toString('utf8');
  }
}
