import { keyId, parse } from '@passport/model';

import { FolderDisk } from '../journal/journal-disk.ts';
import { MarketWorld, PRICE } from './market-world.ts';

/** Sells one answer with its journal in a folder, and is killed between the debit and the answer. */
const [folder = '', buyer = '', headers = '{}'] = process.argv.slice(2);
const world = await MarketWorld.start();
world.openTab(parse(keyId, buyer), 100n * PRICE);
const desk = await world.desk(await FolderDisk.open(folder));
// The line is on the disk when an answer is kept.
desk.answers.keep = () => process.kill(process.pid, 'SIGKILL');
await world.send(desk, JSON.parse(headers) as Record<string, string>);
