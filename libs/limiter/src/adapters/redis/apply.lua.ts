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
 * Stores `updatedAt level unitsPerToken level unitsPerToken …`, in microseconds and units; nothing where nothing was admitted.
 *
 * Numbers in Lua are doubles: every value here is a whole number of at most 2^53, and no step leaves that range.
 * Only commands and functions that Redis 5 and later and Valkey share.
 */
export const APPLY_LUA = `
local key, count = KEYS[1], tonumber(ARGV[1])

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])

local stored = {}
local value = redis.call('GET', key)
if value then
  for number in string.gmatch(value, '%S+') do stored[#stored + 1] = tonumber(number) end
  if #stored < 3 or #stored % 2 == 0 then return redis.error_reply('BUCKET_MALFORMED ' .. key) end
end
local since = stored[1] or now

-- ceil(level * to / from), clamped to capacity. The product of the remainder may need 106 bits: it is built bit by bit.
local function convert(level, from, to, capacity)
  if from == to then return math.min(level, capacity) end
  local rest = math.fmod(level, from)
  local whole = (level - rest) / from * to
  if whole > capacity then return capacity end
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
    if math.floor(to / bit) % 2 == 1 then add(rest, 0) end
    bit = bit / 2
  end
  if remainder > 0 then quotient = quotient + 1 end
  if quotient > capacity - whole then return capacity end
  return whole + quotient
end

local function tick(micros, tickMicros) return math.floor(micros / tickMicros) end

local limits, levels, result = {}, {}, {}
for index = 1, count do
  local at = index * 4 - 2
  local limit = { drain = tonumber(ARGV[at]), units = tonumber(ARGV[at + 1]), capacity = tonumber(ARGV[at + 2]), tick = tonumber(ARGV[at + 3]) }
  local level = stored[index * 2]
  if level then
    level = convert(level, stored[index * 2 + 1], limit.units, limit.capacity)
    local ticks = tick(now, limit.tick) - tick(since, limit.tick)
    if ticks >= math.ceil(level / limit.drain) then
      level = 0
    elseif ticks > 0 then
      level = level - limit.drain * ticks
    end
  end
  limits[index], levels[index], result[index] = limit, level or 0, level or 0
end

local admitted = false
for at = count * 4 + 2, #ARGV do
  local cost, fits = tonumber(ARGV[at]), true
  for index = 1, count do
    if cost * limits[index].units > limits[index].capacity - levels[index] then fits = false end
  end
  if fits then
    admitted = true
    for index = 1, count do levels[index] = math.max(0, levels[index] + cost * limits[index].units) end
  end
  result[#result + 1] = fits and 1 or 0
end

if admitted then
  local updatedAt, ttlMs = math.max(since, now), 0
  local fields = { string.format('%.0f', updatedAt) }
  for index = 1, count do
    local limit = limits[index]
    local ticks = tick(updatedAt, limit.tick) - tick(now, limit.tick) + math.ceil(levels[index] / limit.drain)
    ttlMs = math.max(ttlMs, math.ceil(ticks * limit.tick / 1000))
    fields[#fields + 1] = string.format('%.0f', levels[index])
    fields[#fields + 1] = string.format('%.0f', limit.units)
  end
  redis.call('SET', key, table.concat(fields, ' '), 'PX', string.format('%.0f', ttlMs + 1))
end

return result
`;

/** What EVALSHA calls it by. */
export const APPLY_SHA1 = createHash('sha1').update(APPLY_LUA).digest('hex');
