/** The part of pngjs that tests use: it comes without types. */
declare module 'pngjs' {
  type Picture = { readonly data: Uint8Array; readonly width: number; readonly height: number };
  class PNG implements Picture {
    constructor(options: { readonly width: number; readonly height: number });
    readonly data: Uint8Array;
    readonly width: number;
    readonly height: number;
    static readonly sync: {
      read(png: Uint8Array): Picture;
      write(picture: PNG): Buffer;
    };
  }
}
