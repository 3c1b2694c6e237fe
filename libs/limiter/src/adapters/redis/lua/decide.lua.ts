/** Each bucket of the call, one after the other. */
export const DECIDE = `
-- Nobody is charged; the one that refused may block from now on.
local function refuseAll(refused)
  pending, order, result, count = {}, {}, {}, 0
  for place = 1, refused do
    local call = calls[place]
    local bucket = load(keys[place], call.limits)
    if place == refused then block(bucket, tonumber(ARGV[call.from + 1])) end
    answer(bucket.ahead)
    answerReading(bucket, call.whole)
    answer(place < refused and 1 or 0)
    if call.whole then
      answer(0)
      answerReading(bucket, true)
    end
    if bucket.changed then save(keys[place], bucket) end
  end
end

for place = 1, #calls do
  local key, call = keys[place], calls[place]
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
