/** In bytes; of a key in base64, as sent. */
export const maxKeyBytes = 250;

export const maxDataBytes = 0x7fff_ffff - 2;

export const badFormat = 'CLIENT_ERROR bad command line format';
