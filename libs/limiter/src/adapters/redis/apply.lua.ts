import { createHash } from 'node:crypto';

/**
 * Decides a list of costs on one bucket in one atomic step, by the server's clock: what `applyCosts` does, in Lua.
 *
 * KEYS[1]  the bucket: one key, so that a cluster always finds it whole
 * ARGV[1]  how many limits follow
 * ARGV[…]  for each limit four whole numbers: drainPerTick, unitsPerToken, capacity, tickMicros
 * ARGV[…]  the costs, below zero to give tokens back; with none, the script only reads
 *
 * Returns whole numbers: the level of each limit before the first cost, then 1 or 0 for each cost, admitted or refused.
 *
 * Stores `updatedAt level unitsPerToken level unitsPerToken …`, in microseconds and units, as big-endian doubles, which Lua
 * packs and unpacks several times faster than text; nothing where nothing was admitted.
 *
 * Numbers in Lua are doubles: every value here is a whole number of at most 2^53, and no step leaves that range.
 * Only commands and functions that Redis 5 and later and Valkey share.
 */
export const APPLY_LUA = `
local key, count = KEYS[1], tonumber(ARGV[1])
local floor, ceil = math.floor, math.ceil

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local since, stored = now, {}
local value = redis.call('GET', key)
if value then
  local size = #value / 8
  local sound = size >= 3 and size % 2 == 1
  if sound then
    stored = { struct.unpack('>' .. string.rep('d', size), value) }
    -- Beyond the numbers it returns where it stopped.
    stored[size + 1] = nil
    for index = 1, size do
      local number = stored[index]
      -- Every second one from the third is a divisor.
      if not (number >= index % 2 and number <= 9007199254740991 and number % 1 == 0) then sound = false end
    end
  end
  if not sound then return redis.error_reply('BUCKET_MALFORMED ' .. key) end
  since = stored[1]
end

local levels, result = {}, {}
for index = 1, count do
  local level = stored[index * 2]
  if level then
    local at, from = index * 4 - 2, stored[index * 2 + 1]
    local units, capacity, tick = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
    if from ~= units then
      -- ceil(level * units / from). The product of the remainder may need 106 bits: it is built bit by bit.
      local rest = math.fmod(level, from)
      level = (level - rest) / from * units
      if level <= capacity then
        local quotient, remainder = 0, 0
        local function add(term, carry)
          if remainder >= from - term then
            remainder = remainder - (from - term)
            quotient = quotient + carry + 1
          else
            remainder = remainder + term
            quotient = quotient + carry
          end
        end
        local bit = 4503599627370496
        while bit >= 1 do
          add(remainder, quotient)
          if floor(units / bit) % 2 == 1 then add(rest, 0) end
          bit = bit / 2
        end
        if remainder > 0 then quotient = quotient + 1 end
        if quotient > capacity - level then level = capacity else level = level + quotient end
      end
    end
    if level > capacity then level = capacity end
    local drain, ticks = tonumber(ARGV[at]), floor(now / tick) - floor(since / tick)
    if ticks >= ceil(level / drain) then
      level = 0
    elseif ticks > 0 then
      level = level - drain * ticks
    end
  else
    level = 0
  end
  levels[index], result[index] = level, level
end

local admitted = false
for at = count * 4 + 2, #ARGV do
  local cost, fits = tonumber(ARGV[at]), 1
  for index = 1, count do
    if cost * ARGV[index * 4 - 1] > ARGV[index * 4] - levels[index] then fits = 0 end
  end
  if fits == 1 then
    admitted = true
    for index = 1, count do
      local level = levels[index] + cost * ARGV[index * 4 - 1]
      levels[index] = level > 0 and level or 0
    end
  end
  result[#result + 1] = fits
end

if admitted then
  local updatedAt, ttlMs = math.max(since, now), 0
  local packed = struct.pack('>d', updatedAt)
  for index = 1, count do
    local at, level = index * 4 - 2, levels[index]
    local tick = tonumber(ARGV[at + 3])
    local ticks = floor(updatedAt / tick) - floor(now / tick) + ceil(level / ARGV[at])
    ttlMs = math.max(ttlMs, ceil(ticks * tick / 1000))
    packed = packed .. struct.pack('>dd', level, ARGV[at + 1])
  end
  redis.call('SET', key, packed, 'PX', string.format('%.0f', ttlMs + 1))
end

return result
`;

/** What EVALSHA calls it by. */
export const APPLY_SHA1 = createHash('sha1').update(APPLY_LUA).digest('hex');
