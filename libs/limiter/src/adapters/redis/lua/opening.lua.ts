/** The clock, the mode and the reply, which all that follows uses. */
export const OPENING = `
local floor, ceil, max, min, pack, unpack = math.floor, math.ceil, math.max, math.min, struct.pack, struct.unpack
local MAX, FORGET, OTHERS = 9007199254740991, 3600000000, 8
local mode, skew = ARGV[1], tonumber(ARGV[2])
local keys = KEYS

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local at = 2
local function argument()
  at = at + 1
  return tonumber(ARGV[at])
end

-- For how many milliseconds to keep what is over at that moment.
local function lifetime(last)
  return string.format('%d', ceil((last - now) / 1000) + 1)
end

local result, count = {}, 0
`;
