/** What a cost does to a bucket. */
export const CHARGE = `
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
`;
