/** The reply. */
export const ANSWERS = `
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
`;
