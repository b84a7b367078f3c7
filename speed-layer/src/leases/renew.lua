-- Renews the leases that an instance holds, takes free ones up to its share, gives up those above it.
-- KEYS[1]  instances (sorted set: instance -> until when it is taken to be alive, ms)
-- KEYS[2]  leases (hash: partition -> "instance until")
-- ARGV[1]  instance   ARGV[2]  number of partitions   ARGV[3]  how long a lease lasts, ms
-- ARGV[4]  '1' to leave: gives all leases up
-- returns  the partitions that the instance holds now
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local till = now + tonumber(ARGV[3])
local me = ARGV[1]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if ARGV[4] == '1' then redis.call('ZREM', KEYS[1], me) else redis.call('ZADD', KEYS[1], till, me) end
local share = 0
if ARGV[4] ~= '1' then share = math.ceil(tonumber(ARGV[2]) / redis.call('ZCARD', KEYS[1])) end
local mine = {}
local free = {}
for partition = 0, tonumber(ARGV[2]) - 1 do
  local lease = redis.call('HGET', KEYS[2], partition)
  local holder, ends = nil, 0
  if lease then holder, ends = string.match(lease, '^(%S+) (%d+)$') end
  if holder == me then
    if #mine < share then mine[#mine + 1] = partition else redis.call('HDEL', KEYS[2], partition) end
  elseif holder == nil or tonumber(ends) <= now then
    free[#free + 1] = partition
  end
end
for _, partition in ipairs(free) do
  if #mine < share then mine[#mine + 1] = partition end
end
for _, partition in ipairs(mine) do
  redis.call('HSET', KEYS[2], partition, me .. ' ' .. string.format('%.0f', till))
end
return mine
