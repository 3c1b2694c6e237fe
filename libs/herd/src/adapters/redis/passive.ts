/** Health, retries and deadlines are the herd's: ioredis is configured to do none of its own. */
export const passive = {
  lazyConnect: true,
  retryStrategy: null,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  disableClientInfo: true,
} as const;
