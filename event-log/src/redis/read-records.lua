-- Reads some records of several streams at one moment.
--
-- KEYS     streams
-- ARGV[1]  bytes of values to read from each stream; one record is read however long it is
-- ARGV[n+1] id of the first entry to read from KEYS[n]; '-' for the oldest
--
-- Returns for each stream a list: the last id that it ever gave out ('0-0' for none), then id,
-- value, id, value …
local bytesMax = tonumber(ARGV[1])
local FIRST_COUNT, COUNT_MAX = 4, 512

local function lastId(key)
  if redis.call('EXISTS', key) == 0 then return '0-0' end
  local info = redis.call('XINFO', 'STREAM', key)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return info[i + 1] end
  end
end

local function read(key, from)
  local answer = { lastId(key) }
  local bytes, records, count = 0, 0, FIRST_COUNT
  repeat
    local entries = redis.call('XRANGE', key, from, '+', 'COUNT', count)
    for _, entry in ipairs(entries) do
      answer[#answer + 1] = entry[1]
      answer[#answer + 1] = entry[2][2]
      bytes = bytes + #entry[2][2]
      records = records + 1
      from = '(' .. entry[1]
      if bytes >= bytesMax then return answer end
    end
    local wasShort = #entries < count
    -- As many as are likely to fit, by the length of those read.
    count = math.floor((bytesMax - bytes) / (bytes / math.max(records, 1) + 1))
    count = math.max(1, math.min(COUNT_MAX, count))
  until wasShort
  return answer
end

local answers = {}
for n, key in ipairs(KEYS) do answers[n] = read(key, ARGV[n + 1]) end
return answers
