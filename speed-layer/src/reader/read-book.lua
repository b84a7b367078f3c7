-- Reads a vehicle's lines and where the partition stands, at one moment.
-- KEYS[1]  position (hash)
-- KEYS[2]  epochs (set)
-- ARGV[1]  the first epoch that is wanted
-- ARGV[2]  what keys of vehicles begin with   ARGV[3]  what keys of lines begin with   ARGV[4]  vehicle
-- The other keys have the same hash tag as these two.
-- returns  {name, value, … of the position}, {packed lines, …} in the order of the ledger
local epochs = {}
for _, text in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  local epoch = tonumber(text)
  if epoch >= tonumber(ARGV[1]) then epochs[#epochs + 1] = epoch end
end
table.sort(epochs)
local lines = {}
for _, epoch in ipairs(epochs) do
  local name = string.format('%.0f', epoch)
  local held = redis.call('HGETALL', ARGV[2] .. name)
  local firsts = {}
  for each = 1, #held, 2 do
    if string.find(held[each + 1], '\n' .. ARGV[4] .. '\n', 1, true) then
      firsts[#firsts + 1] = tonumber(held[each])
    end
  end
  table.sort(firsts)
  for _, first in ipairs(firsts) do
    local packed = redis.call('HGET', ARGV[3] .. name, string.format('%.0f', first))
    if packed then lines[#lines + 1] = packed end
  end
end
return { redis.call('HGETALL', KEYS[1]), lines }
