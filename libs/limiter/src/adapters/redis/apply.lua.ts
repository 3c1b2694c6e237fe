import { createHash } from 'node:crypto';

/**
 * Decides costs on one bucket or many in one atomic step, by the server's clock: what `applyRequest` does, in Lua.
 *
 * KEYS[…]  the buckets: each one key, so that a cluster always finds it whole; several only where there is no cluster
 * ARGV[1]  `0`: each bucket for itself. `1`: all or none, with one cost for each
 * ARGV[2]  how many microseconds a bucket may be of the future before it is healed
 * ARGV[3]  how many policies follow
 * ARGV[…]  for each policy: how many limits, then for each its kind and whole numbers:
 *          1 or 2 (a rate in microseconds or milliseconds): drainPerTick, unitsPerToken, capacity, maxDebt, blockMicros or 0
 *          3 (a quota): capacity, blockMicros or 0, the four boundaries
 *          4 (calls at once): capacity, leaseMicros
 * ARGV[…]  for each bucket: the policy's place from 1, `1` where the costs settle, the lease to end or 0, how many runs of equal
 *          costs, then for each run the cost, below zero to give tokens back, and how often in turn. Without runs the bucket is
 *          only read
 *
 * Returns whole numbers, for each bucket: how far it was ahead where it was healed, else 0; a reading before its first cost; then
 * how many of each run were admitted: always the first ones. A reading is the level of each limit, and where the policy is not
 * plain rates, or the costs settle, the waits and the blocks of each too; each cost is a run of its own then, and its answer is
 * 0 or 1, its lease or 0, and a reading. One nil stands for all of that where the stored value is no bucket. Where it is all or
 * none, the answer ends with the first bucket that refuses, and the readings are those without any charge.
 *
 * Stores the numbers of `toNumbers` as big-endian doubles, which Lua packs and unpacks several times faster than text; nothing
 * where nothing has changed.
 *
 * Numbers in Lua are doubles: every value here is a whole number of at most 2^53, and no step leaves that range.
 * Only commands and functions that Redis 5 and later and Valkey share.
 */
export const APPLY_LUA = `
local floor, ceil, max, min, pack, unpack = math.floor, math.ceil, math.max, math.min, struct.pack, struct.unpack
local together = ARGV[1] == '1'
local MAX, FORGET, OTHERS = 9007199254740991, 3600000000, 8

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local skew = tonumber(ARGV[2])

local at = 3
local function argument()
  at = at + 1
  return tonumber(ARGV[at])
end

local policies = {}
for place = 1, tonumber(ARGV[3]) do
  local limits = { plain = true }
  for index = 1, argument() do
    local kind = argument()
    local limit = { kind = kind, units = 1, debt = 0, block = 0 }
    if kind <= 2 then
      limit.drain, limit.units, limit.capacity = argument(), argument(), argument()
      limit.debt, limit.block, limit.tick = argument(), argument(), kind == 1 and 1 or 1000
    elseif kind == 3 then
      limit.capacity, limit.block = argument(), argument()
      local edges = { argument(), argument(), argument(), argument() }
      local period = now < edges[2] and 1 or now < edges[3] and 2 or 3
      limit.edges, limit.starts, limit.ends = edges, edges[period], edges[period + 1]
    else
      limit.capacity, limit.lease = argument(), argument()
      limits.lease = limit.lease
    end
    if kind > 2 or limit.block > 0 then limits.plain = false end
    limits[index] = limit
  end
  policies[place] = limits
end

-- level * units / from, rounded up or down, at most 2^53 - 1. The product of the remainder may need 106 bits: it is built bit by bit.
local function scaled(level, from, units, up)
  if from == units then return level end
  local rest = math.fmod(level, from)
  local whole = (level - rest) / from * units
  if whole > MAX then return MAX end
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
  if up and remainder > 0 then quotient = quotient + 1 end
  if quotient > MAX - whole then return MAX end
  return whole + quotient
end

-- The stored limits, the leases and when it was changed last, or nothing where it is no bucket.
local function parse(value)
  local size = #value / 8
  if size < 2 or size % 1 ~= 0 then return end
  local numbers = {}
  -- Few at a time: what is returned at once must fit on the stack.
  for from = 1, size, 100 do
    local count = min(100, size - from + 1)
    local part = { unpack('>' .. string.rep('d', count), value, 8 * (from - 1) + 1) }
    for index = 1, count do
      local number = part[index]
      if not (number >= 0 and number <= MAX and number % 1 == 0) then return end
      numbers[from + index - 1] = number
    end
  end
  local count = numbers[2]
  if size < 2 + 7 * count then return end
  local stored, leases = {}, {}
  for index = 1, count do
    local base = 2 + 7 * (index - 1)
    local kind, a, b = numbers[base + 1], numbers[base + 2], numbers[base + 3]
    if kind < 1 or kind > 3 or (kind < 3 and (a == 0 or b == 0)) then return end
    stored[index] = {
      kind = kind, a = a, b = b, units = kind < 3 and b or 1, tick = kind == 2 and 1000 or 1,
      capacity = numbers[base + 4], level = numbers[base + 5], blocked = numbers[base + 6], seen = numbers[base + 7]
    }
  end
  for index = 3 + 7 * count, size do leases[#leases + 1] = numbers[index] end
  return stored, leases, numbers[1]
end

local function same(stored, limit)
  if limit.kind == 4 or stored.kind ~= limit.kind then return false end
  if limit.kind < 3 then return stored.a == limit.drain and stored.b == limit.units end
  for period = 1, 3 do
    if limit.edges[period] == stored.a then return limit.edges[period + 1] == stored.b end
  end
  return false
end

local function startingLevel(limit, limits, stored)
  local level = 0
  if limit.kind == 4 then return level end
  for _, before in ipairs(stored) do
    local goesOn = false
    for _, each in ipairs(limits) do
      if same(before, each) and each.capacity <= before.capacity then goesOn = true end
    end
    if not goesOn then
      local start = scaled(before.level, before.units, limit.units, true)
      local faster = limit.kind < 3 and before.kind < 3
        and limit.drain / limit.units / limit.tick >= before.a / before.units / before.tick
      if not faster then
        start = start + max(0, limit.capacity - scaled(before.capacity, before.units, limit.units, false))
      end
      level = max(level, min(MAX, start))
    end
  end
  return level
end

-- What is to be written once all have been admitted.
local pending, order = {}, {}

-- The bucket at this moment for these limits, or nothing where it is none.
local function load(key, limits)
  local value = pending[key] and pending[key].value or redis.pcall('GET', key)
  local bucket = { limits = limits, levels = {}, blocked = {}, periods = {}, others = {}, leases = {}, since = now, ahead = 0 }
  local stored, leases, since = {}, {}, now
  if value then
    if type(value) == 'table' then
      if string.find(value.err, 'WRONGTYPE', 1, true) then return end
      redis.call('GET', key) -- raises it
    end
    stored, leases, since = parse(value)
    if not stored then return end
  end
  if since - now > skew then
    bucket.ahead = since - now
    for _, each in ipairs(stored) do
      each.blocked, each.seen = max(0, each.blocked - bucket.ahead), max(0, each.seen - bucket.ahead)
    end
    for index = 1, #leases do leases[index] = max(0, leases[index] - bucket.ahead) end
    since, bucket.changed = now, true
  end
  local alive = {}
  for _, each in ipairs(stored) do
    if each.kind == 3 then
      if each.b > now then alive[#alive + 1] = each end
    else
      local ticks = floor(now / each.tick) - floor(since / each.tick)
      if ticks >= ceil(each.level / each.a) then
        if ticks > 0 then each.level = 0 end
      elseif ticks > 0 then
        each.level = each.level - each.a * ticks
      end
      alive[#alive + 1] = each
    end
  end
  for _, ends in ipairs(leases) do
    if ends > now then bucket.leases[#bucket.leases + 1] = ends end
  end
  bucket.since = max(since, now)
  for index = 1, #limits do
    local limit, found = limits[index], nil
    for _, each in ipairs(alive) do
      if not found and same(each, limit) then found = each end
    end
    if found then
      found.own = true
      bucket.levels[index], bucket.blocked[index] = found.level, found.blocked
      if limit.kind == 3 then bucket.periods[index] = found end
    else
      bucket.levels[index], bucket.blocked[index] = startingLevel(limit, limits, alive), 0
    end
  end
  for _, each in ipairs(alive) do
    if not each.own then bucket.others[#bucket.others + 1] = each end
  end
  return bucket
end

local function levelOf(bucket, index)
  return bucket.limits[index].kind == 4 and #bucket.leases or bucket.levels[index]
end

local function roomFor(bucket, index, cost)
  local limit = bucket.limits[index]
  if limit.kind == 4 then return #bucket.leases < limit.capacity end
  return cost * limit.units <= limit.capacity - bucket.levels[index]
end

-- A block is kept for the release that has it, and holds under a policy that blocks.
local function blocks(bucket, index)
  return bucket.limits[index].block > 0 and bucket.blocked[index] > now
end

local function chargeOthers(bucket, cost)
  bucket.changed = true
  for _, each in ipairs(bucket.others) do each.level = max(0, min(MAX, each.level + cost * each.units)) end
end

local function chargeAll(bucket, cost)
  for index = 1, #bucket.limits do
    local limit = bucket.limits[index]
    if limit.kind < 4 then bucket.levels[index] = max(0, min(MAX, bucket.levels[index] + cost * limit.units)) end
  end
  chargeOthers(bucket, cost)
end

local function force(bucket, cost)
  for index = 1, #bucket.limits do
    local limit, level = bucket.limits[index], bucket.levels[index]
    if limit.kind < 4 then
      bucket.levels[index] = max(level, min(limit.capacity + limit.debt, min(MAX, level + cost * limit.units)))
    end
  end
  chargeOthers(bucket, cost)
end

local function takeLease(bucket)
  local ends, taken = now + bucket.limits.lease, {}
  for _, each in ipairs(bucket.leases) do taken[each] = true end
  while taken[ends] do ends = ends + 1 end
  bucket.leases[#bucket.leases + 1] = ends
  return ends
end

local function endLease(bucket, lease)
  for index = 1, #bucket.leases do
    if bucket.leases[index] == lease then
      table.remove(bucket.leases, index)
      bucket.changed = true
      return
    end
  end
end

-- What lacks room, and does not block already, blocks from now on.
local function block(bucket, cost)
  for index = 1, #bucket.limits do
    local limit = bucket.limits[index]
    if limit.block > 0 and bucket.blocked[index] <= now and not roomFor(bucket, index, cost) then
      bucket.blocked[index] = now + limit.block
      bucket.changed = true
    end
  end
end

-- Whether one cost was admitted, and its lease or 0.
local function decide(bucket, cost, settles)
  if cost > 0 and settles then
    force(bucket, cost)
    return 1, 0
  end
  if cost > 0 then
    for index = 1, #bucket.limits do
      if blocks(bucket, index) or not roomFor(bucket, index, cost) then
        block(bucket, cost)
        return 0, 0
      end
    end
  end
  chargeAll(bucket, cost)
  return 1, cost > 0 and bucket.limits.lease and takeLease(bucket) or 0
end

-- How many of a run fit under plain limits. The quotient of whole numbers below 2^53 never rounds up across a whole number.
local function decideRun(bucket, cost, times)
  local passed = times
  if cost > 0 then
    for index = 1, #bucket.limits do
      local limit = bucket.limits[index]
      passed = max(0, min(passed, floor((limit.capacity - bucket.levels[index]) / (cost * limit.units))))
    end
  end
  if passed > 0 then
    -- Giving back stops at zero each time, and so at once.
    chargeAll(bucket, cost * passed)
  end
  return passed
end

local function forgottenAt(kind, a, b, tick, capacity, seen)
  local whole = kind == 3 and b - a or ceil(capacity / a) * tick
  return seen + max(FORGET, whole)
end

local function save(key, bucket)
  local since, count, last = bucket.since, 0, bucket.since
  local parts = {}
  local function add(kind, a, b, tick, capacity, level, blocked, seen)
    count = count + 1
    parts[count] = pack('>ddddddd', kind, a, b, capacity, level, blocked, seen)
    local empty = 0
    if kind < 3 then empty = (floor(since / tick) + ceil(level / a)) * tick
    elseif level > 0 then empty = b end
    if seen ~= since then empty = min(empty, forgottenAt(kind, a, b, tick, capacity, seen)) end
    last = max(last, empty, blocked)
  end
  for index = 1, #bucket.limits do
    local limit = bucket.limits[index]
    if limit.kind < 3 then
      add(limit.kind, limit.drain, limit.units, limit.tick, limit.capacity, bucket.levels[index], bucket.blocked[index], since)
    elseif limit.kind == 3 then
      local period = bucket.periods[index]
      local starts, ends = period and period.a or limit.starts, period and period.b or limit.ends
      add(3, starts, ends, 1, limit.capacity, bucket.levels[index], bucket.blocked[index], since)
    end
  end
  local others = {}
  for place, each in ipairs(bucket.others) do
    if since < forgottenAt(each.kind, each.a, each.b, each.tick, each.capacity, each.seen) then
      each.place = place
      others[#others + 1] = each
    end
  end
  if #others > OTHERS then
    table.sort(others, function(x, y)
      if x.seen ~= y.seen then return x.seen > y.seen end
      return x.place < y.place
    end)
  end
  for index = 1, min(#others, OTHERS) do
    local each = others[index]
    add(each.kind, each.a, each.b, each.tick, each.capacity, each.level, each.blocked, each.seen)
  end
  local value = pack('>dd', since, count) .. table.concat(parts)
  for _, ends in ipairs(bucket.leases) do
    value = value .. pack('>d', ends)
    last = max(last, ends)
  end
  local px = string.format('%.0f', ceil((last - now) / 1000) + 1)
  if together then
    if not pending[key] then order[#order + 1] = key end
    pending[key] = { value = value, px = px }
  else
    redis.call('SET', key, value, 'PX', px)
  end
end

local result, count = {}, 0
-- As text close to 2^53, where ioredis 6 reads a number wrong by one.
local function answer(value)
  count = count + 1
  result[count] = value > 9007199254740900 and string.format('%.0f', value) or value
end

local function answerReading(bucket, whole)
  for index = 1, #bucket.limits do answer(levelOf(bucket, index)) end
  if not whole then return end
  for index = 1, #bucket.limits do
    local limit, wait = bucket.limits[index], 0
    if limit.kind == 3 then
      wait = max(0, (bucket.periods[index] and bucket.periods[index].b or limit.ends) - now)
    elseif limit.kind == 4 and #bucket.leases > 0 then
      wait = MAX
      for _, ends in ipairs(bucket.leases) do wait = min(wait, ends - now) end
    end
    answer(wait)
  end
  for index = 1, #bucket.limits do answer(blocks(bucket, index) and bucket.blocked[index] - now or 0) end
end

-- Each bucket's arguments from where it is.
local function callArguments()
  local call = { limits = policies[argument()], settles = argument() == 1, lease = argument(), runs = argument(), from = at }
  call.whole = call.settles or not call.limits.plain
  at = at + 2 * call.runs
  return call
end

local calls = {}
for place = 1, #KEYS do calls[place] = callArguments() end

-- Nobody is charged; the one that refused may block from now on.
local function refuseAll(refused)
  pending, order, result, count = {}, {}, {}, 0
  for place = 1, refused do
    local call = calls[place]
    local bucket = load(KEYS[place], call.limits)
    if place == refused then block(bucket, tonumber(ARGV[call.from + 1])) end
    answer(bucket.ahead)
    answerReading(bucket, call.whole)
    answer(place < refused and 1 or 0)
    if call.whole then
      answer(0)
      answerReading(bucket, true)
    end
    if bucket.changed then save(KEYS[place], bucket) end
  end
end

for place = 1, #calls do
  local key, call = KEYS[place], calls[place]
  local bucket = load(key, call.limits)
  if not bucket then
    if together then return redis.error_reply('BUCKET_MALFORMED ' .. key) end
    count = count + 1
    result[count] = false
  else
    if call.lease > 0 then endLease(bucket, call.lease) end
    answer(bucket.ahead)
    answerReading(bucket, call.whole)
    at = call.from
    local refused = false
    for _ = 1, call.runs do
      local cost, times = argument(), argument()
      if call.whole then
        local passed, lease = decide(bucket, cost, call.settles)
        answer(passed)
        answer(lease)
        answerReading(bucket, true)
        refused = passed == 0
      else
        local passed = decideRun(bucket, cost, times)
        answer(passed)
        refused = passed < times
      end
    end
    if together and refused then
      refuseAll(place)
      break
    end
    if bucket.changed then save(key, bucket) end
  end
end

for index = 1, #order do redis.call('SET', order[index], pending[order[index]].value, 'PX', pending[order[index]].px) end
return result
`;

/** What EVALSHA calls it by. */
export const APPLY_SHA1 = createHash('sha1').update(APPLY_LUA).digest('hex');
