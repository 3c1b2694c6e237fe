import { createHash } from 'node:crypto';

/**
 * Decides costs on one bucket or many in one atomic step, by the server's clock: what `applyCosts` does, in Lua.
 *
 * KEYS[…]  the buckets: each one key, so that a cluster always finds it whole; several only where there is no cluster
 * ARGV[1]  `0`: each bucket for itself. `1`: all or none, with one cost for each
 * ARGV[2]  how many policies follow
 * ARGV[…]  for each policy: how many limits, then four whole numbers each: drainPerTick, unitsPerToken, capacity, tickMicros
 * ARGV[…]  for each bucket: the policy's place from 1, how many runs of equal costs, then for each run the cost, below zero to
 *          give tokens back, and how often in turn. Without runs the bucket is only read
 *
 * Returns whole numbers, for each bucket: the level of each limit before its first cost, then how many of each run were
 * admitted: always the first ones. One nil stands for all of that where the stored value is no bucket. Where it is all or
 * none, the answer ends with the first bucket that refuses, and the levels are those without any charge.
 *
 * Stores `updatedAt level unitsPerToken level unitsPerToken …`, in microseconds and units, as big-endian doubles, which Lua
 * packs and unpacks several times faster than text; nothing where nothing was admitted.
 *
 * Numbers in Lua are doubles: every value here is a whole number of at most 2^53, and no step leaves that range.
 * Only commands and functions that Redis 5 and later and Valkey share.
 */
export const APPLY_LUA = `
local floor, ceil, max, pack, unpack = math.floor, math.ceil, math.max, struct.pack, struct.unpack
local together = ARGV[1] == '1'

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local at = 2
local function argument()
  at = at + 1
  return tonumber(ARGV[at])
end

local policies = {}
for place = 1, tonumber(ARGV[2]) do
  local limits = {}
  for index = 1, argument() do
    limits[index] = { drain = argument(), units = argument(), capacity = argument(), tick = argument() }
  end
  policies[place] = limits
end

-- ceil(level * units / from), at most capacity. The product of the remainder may need 106 bits: it is built bit by bit.
local function convert(level, from, units, capacity)
  local rest = math.fmod(level, from)
  local whole = (level - rest) / from * units
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
    if floor(units / bit) % 2 == 1 then add(rest, 0) end
    bit = bit / 2
  end
  if remainder > 0 then quotient = quotient + 1 end
  if quotient > capacity - whole then return capacity end
  return whole + quotient
end

-- The numbers of a stored bucket, or nothing where it is none.
local function parse(value)
  local size = #value / 8
  if size < 3 or size % 2 ~= 1 then return end
  local stored = { unpack('>' .. string.rep('d', size), value) }
  -- Beyond the numbers it returns where it stopped.
  stored[size + 1] = nil
  for index = 1, size do
    local number = stored[index]
    -- Every second one from the third is a divisor.
    if not (number >= index % 2 and number <= 9007199254740991 and number % 1 == 0) then return end
  end
  return stored
end

-- What is to be written once all have been admitted.
local pending, order = {}, {}

-- The levels at this moment and when the bucket was changed last, or nothing where it is no bucket.
local function load(key, limits)
  local value = pending[key] and pending[key].value or redis.pcall('GET', key)
  local levels, since = {}, now
  if not value then
    for index = 1, #limits do levels[index] = 0 end
    return levels, since
  end
  if type(value) == 'table' then
    if string.find(value.err, 'WRONGTYPE', 1, true) then return end
    redis.call('GET', key) -- raises it
  end
  local stored = parse(value)
  if not stored then return end
  since = stored[1]
  for index = 1, #limits do
    local limit, level, from = limits[index], stored[index * 2], stored[index * 2 + 1]
    if level then
      if from ~= limit.units then level = convert(level, from, limit.units, limit.capacity) end
      if level > limit.capacity then level = limit.capacity end
      local ticks = floor(now / limit.tick) - floor(since / limit.tick)
      if ticks >= ceil(level / limit.drain) then
        level = 0
      elseif ticks > 0 then
        level = level - limit.drain * ticks
      end
    end
    levels[index] = level or 0
  end
  return levels, since
end

local function save(key, limits, levels, since)
  local updatedAt, ttlMs = max(since, now), 0
  local value = pack('>d', updatedAt)
  for index = 1, #limits do
    local limit, level = limits[index], levels[index]
    local ticks = floor(updatedAt / limit.tick) - floor(now / limit.tick) + ceil(level / limit.drain)
    ttlMs = max(ttlMs, ceil(ticks * limit.tick / 1000))
    value = value .. pack('>dd', level, limit.units)
  end
  local px = string.format('%.0f', ttlMs + 1)
  if together then
    if not pending[key] then order[#order + 1] = key end
    pending[key] = { value = value, px = px }
  else
    redis.call('SET', key, value, 'PX', px)
  end
end

-- How many of a run fit. The quotient of whole numbers below 2^53 never rounds up across a whole number.
local function admitted(limits, levels, cost, times)
  if cost < 0 then return times end
  for index = 1, #limits do
    local limit = limits[index]
    local room = floor((limit.capacity - levels[index]) / (cost * limit.units))
    if room < times then times = room end
  end
  return times
end

local result, count = {}, 0
local function answer(value)
  count = count + 1
  result[count] = value
end

-- As text close to 2^53, where ioredis 6 reads a number wrong by one.
local function answerLevel(level)
  answer(level > 9007199254740900 and string.format('%.0f', level) or level)
end

for place = 1, #KEYS do
  local key = KEYS[place]
  local limits, runs = policies[argument()], argument()
  local levels, since = load(key, limits)
  if not levels then
    if together then return redis.error_reply('BUCKET_MALFORMED ' .. key) end
    answer(false)
    at = at + 2 * runs
  else
    for index = 1, #limits do answerLevel(levels[index]) end
    local charged = false
    for _ = 1, runs do
      local cost, times = argument(), argument()
      local passed = admitted(limits, levels, cost, times)
      answer(passed)
      if passed > 0 then
        charged = true
        for index = 1, #limits do levels[index] = max(0, levels[index] + cost * passed * limits[index].units) end
      end
    end
    if charged then
      save(key, limits, levels, since)
    elseif together and place > 1 then
      -- A bucket may have been named twice: what it was charged before counts no more.
      pending, order, result, count, at = {}, {}, {}, 0, at - 4 * place
      for again = 1, place do
        local kept = policies[argument()]
        at = at + 3
        for _, level in ipairs((load(KEYS[again], kept))) do answerLevel(level) end
        answer(again < place and 1 or 0)
      end
      return result
    elseif together then
      return result
    end
  end
end

for index = 1, #order do redis.call('SET', order[index], pending[order[index]].value, 'PX', pending[order[index]].px) end
return result
`;

/** What EVALSHA calls it by. */
export const APPLY_SHA1 = createHash('sha1').update(APPLY_LUA).digest('hex');
