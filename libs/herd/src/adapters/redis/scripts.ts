/**
 * Stores a value if the present one has the hash that `gets` gave.
 *
 * KEYS[1] the key. ARGV[1] SHA-1 of the value that is expected, in hex. ARGV[2] the new value. ARGV[3] its life in
 * milliseconds, or '' for ever. Returns 'stored', 'exists' or 'missing'.
 */
export const casScript = `
local present = redis.call('GET', KEYS[1])
if not present then return 'missing' end
if redis.sha1hex(present) ~= ARGV[1] then return 'exists' end
if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 'stored'
`;

/**
 * Adds to a counter that exists, and keeps its life; never goes below 0, and refuses what is below 0.
 *
 * KEYS[1] the key. ARGV[1] what to add, in decimal; may be negative. Returns the count in decimal, or nil without a counter.
 */
export const countScript = `
local present = redis.call('GET', KEYS[1])
if not present then return false end
if string.sub(present, 1, 1) == '-' then return redis.error_reply('ERR value is not an integer or out of range') end
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if count < 0 then
  redis.call('INCRBY', KEYS[1], string.format('%.0f', -count))
  count = 0
end
return string.format('%.0f', count)
`;

/** Gives a value a life without end. KEYS[1] the key. Returns 1 where there is a value, else 0. */
export const persistScript = `
redis.call('PERSIST', KEYS[1])
return redis.call('EXISTS', KEYS[1])
`;

/**
 * A value and the life that is left to it, at one moment.
 *
 * KEYS[1] the key. Returns the value and its milliseconds, negative for ever; nil without a value of a string's kind.
 */
export const copyScript = `
if redis.call('TYPE', KEYS[1]).ok ~= 'string' then return false end
return { redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1]) }
`;
