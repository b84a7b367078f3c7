/** What browsers on phones have to read bar codes (Shape Detection API); the types of the DOM do not know it. */
type BarcodeReader = {
  detect(image: ImageBitmap): Promise<readonly { readonly rawValue: string }[]>;
};

type WithReader = { readonly BarcodeDetector?: new () => BarcodeReader };

/** 17 characters in a row of those that a VIN has: bar codes on cars have a letter before it, some of them. */
const inCode = /(?:^|[^A-Z0-9]|^I)([A-HJ-NPR-Z0-9]{17})(?![A-Z0-9])/;

/** Whether this browser reads bar codes. */
export function readsBarCodes(): boolean {
  return (globalThis as WithReader).BarcodeDetector !== undefined;
}

/** The VIN in a picture of a car's bar code; undefined where none can be read. */
export async function readVinPicture(file: Blob): Promise<string | undefined> {
  const { BarcodeDetector: Reader } = globalThis as WithReader;
  if (Reader === undefined) return undefined;
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    // The browser does not know such pictures.
    return undefined;
  }
  const codes = await new Reader().detect(picture);
  return codes.flatMap(({ rawValue }) => inCode.exec(rawValue)?.[1] ?? [])[0];
}
