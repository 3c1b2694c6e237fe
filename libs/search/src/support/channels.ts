import { channel } from 'node:diagnostics_channel';
import { searchChannels } from '../contracts/diagnostics.js';

export const requestChannel = channel(searchChannels.request);
export const bulkChannel = channel(searchChannels.bulk);
export const retryChannel = channel(searchChannels.retry);
export const relayChannel = channel(searchChannels.relay);
