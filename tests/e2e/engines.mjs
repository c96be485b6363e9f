// C-MAPSS files made up for a test: as NASA's look, with engines whose sensors drift with wear.
import { deflateRawSync } from "node:zlib";

/** Numbers in [0, 1), the same for the same seed. */
const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};

const rows = (unit, cycles, life, next) => {
  let text = "";
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const wear = (cycle / life) ** 3;
    text += `${unit} ${cycle} ${(next() * 0.004 - 0.002).toFixed(4)} ${(next() * 0.0006 - 0.0003).toFixed(4)} 100.0`;
    for (let sensor = 1; sensor <= 21; sensor += 1) text += ` ${(400 + 10 * sensor + wear * sensor + next()).toFixed(2)}`;
    text += "  \n";
  }
  return text;
};

/** The three files of a subset, by their names. */
export const subset = (name, { engines = 24, seed = 1, life = 150 } = {}) => {
  const next = random(seed);
  let [train, test, rul] = ["", "", ""];
  for (let unit = 1; unit <= engines; unit += 1) {
    const whole = life + Math.floor(next() * 60);
    train += rows(unit, whole, whole, next);
    const left = 10 + Math.floor(next() * 90);
    test += rows(unit, whole - left, whole, next);
    rul += `${left} \n`;
  }
  return { [`train_${name}.txt`]: train, [`test_${name}.txt`]: test, [`RUL_${name}.txt`]: rul };
};

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit += 1) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte >>> 0;
});
const crc32 = (bytes) => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 255];
  return (crc ^ 0xffffffff) >>> 0;
};

/** A zip archive of files by their names. */
export const zip = (files) => {
  const [entries, list] = [[], []];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const [bytes, named] = [Buffer.from(content), Buffer.from(name)];
    const packed = deflateRawSync(bytes);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(8, 4);
    about.writeUInt16LE(0x5a21, 8);
    about.writeUInt32LE(crc32(bytes), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(bytes.length, 18);
    about.writeUInt16LE(named.length, 22);
    const entry = Buffer.concat([Buffer.from("PK\x03\x04"), about, named, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    list.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), about, place, named]));
    entries.push(entry);
    offset += entry.length;
  }
  const listed = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(list.length, 8);
  end.writeUInt16LE(list.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...entries, listed, end]);
};
