import { crc32 } from 'node:zlib';

export interface ZippedFile {
  /** No folders. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** 1 January 1980, the first day that the format knows: the same files make the same bytes on any day. */
const FIRST_DAY = (1 << 5) | 1;
const VERSION = 20;
const UTF8_NAMES = 0x0800;

/**
 * A zip file with the files as they are: icons are compressed already, and what a compressor makes of a text differs from
 * one release of zlib to the next. Layout: APPNOTE 6.3.3, sections 4.3.7, 4.3.12 and 4.3.16.
 */
export function zip(files: readonly ZippedFile[]): Buffer {
  const entries: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const entry = Buffer.concat([localHeader(file), Buffer.from(file.name), file.bytes]);
    directory.push(directoryHeader(file, offset), Buffer.from(file.name));
    entries.push(entry);
    offset += entry.length;
  }
  const listing = Buffer.concat(directory);
  return Buffer.concat([...entries, listing, endOfDirectory(files.length, { at: offset, size: listing.length })]);
}

/** What both headers of a file say: version, flags, no compression, time, date, checksum, size twice, length of the name. */
function common({ name, bytes }: ZippedFile): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(VERSION, 0);
  header.writeUInt16LE(UTF8_NAMES, 2);
  header.writeUInt16LE(FIRST_DAY, 8);
  header.writeUInt32LE(crc32(bytes), 10);
  header.writeUInt32LE(bytes.length, 14);
  header.writeUInt32LE(bytes.length, 18);
  header.writeUInt16LE(Buffer.byteLength(name), 22);
  return header;
}

function localHeader(file: ZippedFile): Buffer {
  return Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common(file)]);
}

function directoryHeader(file: ZippedFile, offset: number): Buffer {
  const madeBy = Buffer.alloc(2);
  madeBy.writeUInt16LE(VERSION);
  // No comment, first disk, no attributes; then where the entry begins.
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), madeBy, common(file), rest]);
}

function endOfDirectory(count: number, listing: { at: number; size: number }): Buffer {
  const end = Buffer.alloc(18);
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(listing.size, 8);
  end.writeUInt32LE(listing.at, 12);
  return Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), end]);
}
