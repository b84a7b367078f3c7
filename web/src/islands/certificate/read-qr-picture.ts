import { decodeQR } from 'qr/decode.js';

/** Longest side that a picture is read at, in pixels: a photograph has more than it takes. */
const SIDES = [1_600, 2_600, 900] as const;

/** The text of the QR code in a picture; undefined where none can be read, or it is no picture. */
export async function readQrPicture(file: Blob): Promise<string | undefined> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    // The browser does not know such pictures.
    return undefined;
  }
  for (const side of SIDES) {
    const found = decode(pixelsOf(bitmap, side));
    if (found !== undefined) return found;
  }
  return undefined;
}

function pixelsOf(bitmap: ImageBitmap, sideMax: number): ImageData {
  const scale = Math.min(1, sideMax / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser has no canvas');
  // What is transparent counts as paper.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

function decode(pixels: ImageData): string | undefined {
  try {
    return decodeQR(pixels);
  } catch {
    // The library throws where it finds no code.
    return undefined;
  }
}
