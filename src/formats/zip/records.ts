/**
 * Signatures and fixed sizes of the records that both sides use. Source: PKWARE APPNOTE.TXT 6.3.10, section 4.3;
 * all numbers are little-endian.
 */
export const SIGNATURE = {
  localHeader: 0x04034b50,
  centralHeader: 0x02014b50,
  end: 0x06054b50,
  zip64End: 0x06064b50,
  zip64Locator: 0x07064b50,
} as const;

/** Bytes of each record before its variable part. */
export const SIZE = { localHeader: 30, centralHeader: 46, end: 22, zip64End: 56, zip64Locator: 20 } as const;

export const METHOD = { stored: 0, deflated: 8 } as const;

/** Extra fields: 64-bit sizes and offsets, and the padding with which torch aligns data. */
export const EXTRA = { zip64: 0x0001, padding: 0x4246 } as const;

/** General purpose flags. */
export const FLAG = { encrypted: 1 << 0, utf8: 1 << 11 } as const;

/** In a 16 or 32 bit field: the true number stands in the zip64 record. */
export const MAX_16 = 0xffff;
export const MAX_32 = 0xffffffff;
