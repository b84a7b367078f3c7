-- Applies what a range of blocks adds to one partition: all of it, or nothing.
-- KEYS[1]  position (hash)
-- KEYS[2]  epochs (set)
-- KEYS[3]  packed facts of the epoch (hash)
-- KEYS[4]  packed lines of the epoch (hash)
-- KEYS[5]  vehicles of the epoch (hash)
-- KEYS[6]  tables (hash: name -> measures in JSON)
-- KEYS[7…] the hashes of cells, one for each table
-- ARGV[1]  block that the position has to be at; -1 where there is none yet
-- ARGV[2]  the epoch
-- then     a count of arguments, and these, of: the position (name, value, …); packed facts (first
--          block, bytes, …); packed lines (first block, bytes, …); vehicles (first block, list, …)
-- then     for each table: its name; the measures of its rows, in JSON; in MessagePack a list of cell, row, cell, row, …,
--          a row being a list of what is added to these measures, in MessagePack itself
-- returns  1 when it was applied, 0 when the position is another one; an error where a sum is larger
--          than a number can be exactly
local call = redis.call
local stands = call('HGET', KEYS[1], 'block') or '-1'
if stands ~= ARGV[1] then return 0 end
local LARGEST = 2 ^ 53 - 1
-- Arguments of one command: Lua's stack has room for some thousand.
local CELLS_AT_ONCE = 500
local at = 3
local writes = {}
local function take_pairs(key)
  local count = tonumber(ARGV[at])
  writes[#writes + 1] = { key = key, from = at + 1, to = at + count }
  at = at + 1 + count
end
for each = 1, 5 do
  if each ~= 2 then take_pairs(KEYS[each]) end
end
-- Where measures of what is added are among those of the table, which new ones are put behind.
local function places_of(measures, added)
  local known = {}
  for place, measure in ipairs(measures) do known[measure] = place end
  local places = {}
  for _, measure in ipairs(added) do
    if not known[measure] then
      measures[#measures + 1] = measure
      known[measure] = #measures
    end
    places[#places + 1] = known[measure]
  end
  return places
end
-- The row of a cell, in which a row is added; nil where a sum is too large.
local function added(held, row, places, width)
  local sums = {}
  for place = 1, width do sums[place] = 0 end
  if held then
    for place, sum in ipairs(cmsgpack.unpack(held)) do sums[place] = sum end
  end
  for column, delta in ipairs(cmsgpack.unpack(row)) do
    local place = places[column]
    local sum = sums[place] + delta
    if sum > LARGEST or sum < -LARGEST then return nil end
    sums[place] = sum
  end
  return cmsgpack.pack(sums)
end
-- Nothing is written before all is added up: what fails here has changed nothing.
local tables = {}
for key = 7, #KEYS do
  local name, measures, rows = ARGV[at], ARGV[at + 1], cmsgpack.unpack(ARGV[at + 2])
  at = at + 3
  local held = call('HGET', KEYS[6], name)
  if held then
    local all = cjson.decode(held)
    local places = places_of(all, cjson.decode(measures))
    measures = cjson.encode(all)
    for from = 1, #rows, 2 * CELLS_AT_ONCE do
      local cells = {}
      for cell = from, math.min(from + 2 * CELLS_AT_ONCE, #rows + 1) - 1, 2 do
        cells[#cells + 1] = rows[cell]
      end
      for number, sums in ipairs(call('HMGET', KEYS[key], unpack(cells))) do
        local place = from + 2 * number - 1
        rows[place] = added(sums, rows[place], places, #all)
        if not rows[place] then return redis.error_reply('a sum of ' .. cells[number] .. ' is too large') end
      end
    end
  end
  tables[#tables + 1] = { key = KEYS[key], name = name, measures = measures, rows = rows }
end
call('SADD', KEYS[2], ARGV[2])
for _, write in ipairs(writes) do
  for pair = write.from, write.to, 2 do call('HSET', write.key, ARGV[pair], ARGV[pair + 1]) end
end
for _, each in ipairs(tables) do
  call('HSET', KEYS[6], each.name, each.measures)
  for from = 1, #each.rows, 2 * CELLS_AT_ONCE do
    call('HSET', each.key, unpack(each.rows, from, math.min(from + 2 * CELLS_AT_ONCE - 1, #each.rows)))
  end
end
return 1
